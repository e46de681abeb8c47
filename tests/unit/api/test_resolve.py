"""A model may be an earlier run; the worker then gets its base and what it has learnt."""

import shutil

import pytest

from ftkernel.api.chat_target import target_of
from ftkernel.api.finetune import as_recipe
from ftkernel.api.resolve import named_run, with_model
from ftkernel.api.run import Run
from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.events import RunFinished, RunStopped
from tests.unit.api.folders import make_checkpoint, make_run

pytestmark = pytest.mark.usefixtures("here")

FINISHED = RunFinished(step=3, result="result")
STOPPED = RunStopped(step=3, reason="command", checkpoint=None)


def recipe(**keys):
    return Recipe.from_mapping({"data": "demo", **keys})


def test_a_run_stands_for_its_base_and_its_adapter(here):
    folder = make_run(here, FINISHED)
    folder.result.mkdir()
    made = with_model(recipe(model="first"))
    assert made["model_name_or_path"] == "smollm2-135m"
    assert made["adapter_name_or_path"] == str(folder.result)


def test_a_run_with_a_step_stands_for_its_checkpoint(here):
    folder = make_run(here, FINISHED)
    folder.result.mkdir()
    make_checkpoint(folder, 20)
    made = with_model(recipe(model="first@20"))
    assert made["adapter_name_or_path"] == str(folder.checkpoint(20).path)


def test_a_run_that_tuned_the_whole_model_stands_for_that(here):
    folder = make_run(here, FINISHED, finetuning_type="full")
    folder.result.mkdir()
    made = with_model(recipe(model="first"))
    assert made["model_name_or_path"] == str(folder.result)
    assert made["adapter_name_or_path"] is None


def test_a_base_beside_the_folder_of_a_run_is_named_without_dots(here, monkeypatch):
    (here / "wide").mkdir()
    (here / "k4").mkdir()
    monkeypatch.chdir(here / "k4")
    folder = make_run(here, FINISHED, model="../wide")
    folder.result.mkdir()
    assert target_of(Run(folder)).model["base"] == str(here / "wide")


def test_a_run_may_be_the_adapter_of_a_model(here):
    folder = make_run(here, FINISHED)
    folder.result.mkdir()
    made = with_model(recipe(model="smollm2-135m", adapter_name_or_path="first"))
    assert made["adapter_name_or_path"] == str(folder.result)


def test_two_adapters_are_refused(here):
    make_run(here, FINISHED).result.mkdir()
    with pytest.raises(FtError) as caught:
        with_model(recipe(model="first", adapter_name_or_path="other/adapter"))
    assert caught.value.lines()[0] == (
        "The model 'first' is a run that has its own adapter, and the recipe names another one."
    )


def test_names_of_other_things_are_left_alone(here):
    (here / "model").mkdir()
    for name in ("smollm2-135m", "model", "org/name", "file.gguf"):
        assert named_run(name) is None
        assert with_model(recipe(model=name))["model_name_or_path"] == name


def test_an_unknown_run_with_a_step_is_said(here):
    with pytest.raises(FtError) as caught:
        named_run("nobody@3")
    assert caught.value.code == "run.none_yet"


def test_a_chat_with_a_run_that_ended_without_a_checkpoint_tells_nobody_to_wait(here):
    make_run(here, STOPPED)
    with pytest.raises(FtError) as caught:
        target_of("first")
    assert caught.value.lines() == [
        "Run first has no checkpoint: it ended before the first one.",
        "  `%ft wait first` says why it ended; `%ft resume first` starts it again from the beginning.",
    ]


def test_a_chat_with_a_run_whose_folder_is_gone_says_that(here):
    folder = make_run(here, STOPPED)
    run = Run(folder)
    shutil.rmtree(folder.path)
    with pytest.raises(FtError) as caught:
        target_of(run)
    assert caught.value.lines()[0] == f"The folder of the run is gone: {folder.path}"


def test_a_chat_with_a_bare_unknown_name_looks_for_a_run(here):
    with pytest.raises(FtError) as caught:
        target_of("nobody")
    assert caught.value.code == "run.none_yet"


def test_any_model_with_an_adapter_can_be_talked_to(here):
    target = target_of("org/name", adapter="org/adapter")
    assert target.model == {"base": "org/name", "adapter": "org/adapter"}
    assert target.folder is None


def test_a_recipe_comes_from_whatever_the_caller_has(here):
    (here / "r.yaml").write_text("model: smollm2-135m\ndata: demo\nsteps: 7\n")
    given = {"model": "smollm2-135m", "data": "demo", "steps": 7}
    for made in (
        as_recipe(None, given),
        as_recipe(given, {}),
        as_recipe({**given, "steps": 1}, {"steps": 7}),
        as_recipe("r.yaml", {}),
        as_recipe(here / "r.yaml", {}),
        as_recipe(Recipe.from_mapping(given), {}),
    ):
        assert made["max_steps"] == 7


def test_an_adapter_on_a_run_that_has_its_own_is_refused_at_once(here):
    folder = make_run(here, FINISHED)
    folder.result.mkdir()
    for model in ("first", Run(folder)):
        with pytest.raises(FtError) as caught:
            target_of(model, adapter="x")
        assert caught.value.lines() == [
            "'first' is a run that has its own adapter, so 'x' can not be put on it.",
            "  Leave the adapter out, or name the base model in place of the run: smollm2-135m",
        ]


def test_an_adapter_goes_on_a_run_that_tuned_the_whole_model(here):
    folder = make_run(here, FINISHED, finetuning_type="full")
    folder.result.mkdir()
    (folder.result / "config.json").write_text("{}")
    (folder.result / "tokenizer.json").write_text("{}")
    (folder.result / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    target = target_of("first", adapter="org/adapter")
    assert target.name == "first"
    assert target.model == {"base": str(folder.result), "adapter": "org/adapter"}


def test_an_adapter_that_is_not_there_is_said_before_a_worker_starts(here):
    with pytest.raises(FtError) as caught:
        target_of("smollm2-135m", adapter="x")
    assert caught.value.lines() == [
        "x holds no adapter: there is no adapter_config.json.",
        "  Give the folder of an adapter, or the name of an earlier run.",
    ]
