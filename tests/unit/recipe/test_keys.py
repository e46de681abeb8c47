"""Every key that a user may know is declared, classified, and described in both languages."""

import dataclasses
import re

import pytest

from ftkernel.errors import Where
from ftkernel.recipe import registry
from ftkernel.recipe.document import Scalar
from ftkernel.recipe.reading import read_value
from tests.unit.recipe.known_names import LLAMA_FACTORY, TRAINING_ARGUMENTS

KEYS = list(registry.KEYS.values())


def test_every_name_of_llama_factory_is_classified():
    assert len(LLAMA_FACTORY) == 275
    assert LLAMA_FACTORY - set(registry.KEYS) == set()


def test_every_training_argument_of_the_installed_transformers_is_classified():
    from transformers import TrainingArguments

    installed = {field.name for field in dataclasses.fields(TrainingArguments)}
    assert installed - set(registry.KEYS) == set()
    assert installed >= TRAINING_ARGUMENTS, "the list in known_names.py is older than transformers"
    assert len(installed) == 114


def test_about_forty_training_arguments_are_implemented():
    statuses = [registry.KEYS[name].status for name in TRAINING_ARGUMENTS]
    assert statuses.count("implemented") == 46
    assert statuses.count("translated") == 2


def test_optimizers_and_schedules_are_all_of_the_installed_transformers():
    from transformers import SchedulerType
    from transformers.training_args import OptimizerNames

    for key, known in (("optim", OptimizerNames), ("lr_scheduler_type", SchedulerType)):
        declared = {*registry.KEYS[key].choices, *registry.KEYS[key].choices_later}
        assert declared == {item.value for item in known}


def test_schedule_settings_are_those_of_the_installed_transformers():
    import inspect

    from transformers import SchedulerType
    from transformers.optimization import TYPE_TO_SCHEDULER_FUNCTION

    from ftkernel.recipe.settings import SCHEDULE_SETTINGS

    set_elsewhere = {"optimizer", "num_warmup_steps", "num_training_steps", "last_epoch"}
    for name in registry.KEYS["lr_scheduler_type"].choices:
        function = TYPE_TO_SCHEDULER_FUNCTION[SchedulerType(name)]
        assert set(inspect.signature(function).parameters) - set_elsewhere == set(
            SCHEDULE_SETTINGS.get(str(name), ())
        ), name


def test_every_declaration_is_complete():
    for key in KEYS:
        assert key.group in registry.GROUPS, key.name
        assert key.en.endswith("."), key.name
        assert re.search("[\u4e00-\u9fff]", key.zh), key.name
        assert bool(key.auto_en) == bool(key.auto_zh), key.name
        assert bool(key.reason_en) == bool(key.reason_zh), key.name
        if key.status == "translated":
            assert registry.KEYS[key.becomes].status == "implemented", key.name
        if key.status == "ours":
            assert key.reason_en, key.name
        if key.status == "implemented":
            assert key.becomes is None, key.name
            assert key.nullable or key.default is not None, key.name


def test_every_default_and_example_is_a_value_of_its_key():
    for key in registry.implemented():
        for value in (key.default, key.example):
            if value is not None and not key.secret:
                raw = Scalar(value, plain=False) if isinstance(value, str) else value
                assert read_value(key, raw, Where()) in (
                    value,
                    list(value) if isinstance(value, tuple) else value,
                    [value],
                    str(value).split(","),
                ), key.name


def test_no_alias_hides_a_key():
    assert not set(registry.ALIASES) & set(registry.KEYS)
    assert registry.ALIASES == {
        "model": "model_name_or_path",
        "data": "dataset",
        "method": "finetuning_type",
        "epochs": "num_train_epochs",
        "steps": "max_steps",
        "lr": "learning_rate",
        "name": "run_name",
    }


def test_secret_keys_are_marked_as_such():
    secret = {key.name for key in KEYS if key.secret}
    looks_secret = {
        key.name for key in KEYS if re.search("token$|api_key|secret|webhook", key.name)
    }
    assert secret == looks_secret


def test_a_name_is_found_through_aliases_and_hyphens():
    assert registry.find("lr").name == "learning_rate"
    assert registry.find("learning-rate").name == "learning_rate"
    assert registry.find("nonsense") is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("lerning_rate", "learning_rate"),
        ("modle", "model"),
        ("epoch", "epochs"),
        ("rank", "lora_rank"),
        ("--steps", "steps"),
    ],
)
def test_the_nearest_name_comes_first(written, meant):
    assert registry.nearest(written)[0] == meant
