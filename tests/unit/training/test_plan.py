"""The plan: steps and batches as the recipe says, split as memory allows, refused with numbers."""

from pathlib import Path

import pytest
import torch

from ftkernel import messages
from ftkernel.data.report import DataReport
from ftkernel.machine import Machine
from ftkernel.models.precision import Precision
from ftkernel.models.report import Report
from ftkernel.models.source import ModelSource
from ftkernel.recipe.model_files import EMBEDDED, ModelShape
from ftkernel.runs.folder import RunFolder
from ftkernel.training import needs
from ftkernel.training.plan import make_plan, size
from ftkernel.training.prepare import RunData
from ftkernel.views import amounts
from tests.unit.training.support import make_recipe, random_rows

SMALL = EMBEDDED["smollm2-135m"]
SEVEN_B = ModelShape("llama", 6_738_415_616, 32, 4096, 11008, 32, 32, 128, 32000, False, 4096)
FP32 = Precision(torch.float32, torch.float32, False, False)
GB = 10**9


class Heard(Report):
    def __init__(self):
        self.said = []

    def adjusted(self, code, **params):
        self.said.append((code, params))

    def warned(self, code, **params):
        self.said.append((code, params))


class Here(Machine):
    def disk_free(self, path):
        return self.free


@pytest.fixture
def plan(monkeypatch, tmp_path):
    monkeypatch.setattr(needs, "product_rate", lambda _: 1e11)

    def plan(
        *, rows=100, shape=SMALL, longest=100, memory=32 * GB, disk=500 * GB, kept=None, **keys
    ):
        available = memory
        monkeypatch.setattr(needs, "_available", lambda *_: available)
        report = DataReport("alpaca", rows, rows, 0, rows * longest, rows * longest // 2, longest)
        source = ModelSource("folder", Path("/m"), "m")
        data = RunData(source, shape, None, random_rows(rows), [], report)
        machine = Here(2.0, memory, memory, (), "host", "boot")
        object.__setattr__(machine, "free", disk)
        recipe = make_recipe(**{"max_steps": -1, **keys})
        heard = Heard()
        made = make_plan(recipe, data, FP32, RunFolder(tmp_path), heard, kept=kept, machine=machine)
        return made, made.refusal(recipe, "/runs/first"), dict(heard.said)

    return plan


def split(made):
    return made.decided.micro_batch, made.decided.accumulation


@pytest.mark.parametrize(
    ("keys", "steps", "epochs", "batches"),
    [
        ({}, 39, 3.0, (8, 1)),  # 13 steps of 8 an epoch, the last one smaller
        ({"max_steps": 40}, 40, 40 / 13, (8, 1)),
        ({"num_train_epochs": 0.5}, 7, 7 / 13, (8, 1)),
        ({"per_device_train_batch_size": 3}, 102, 3.0, (3, 1)),
        ({"gradient_accumulation_steps": 4}, 39, 3.0, (2, 4)),
        ({"per_device_train_batch_size": 3, "gradient_accumulation_steps": 5}, 21, 3.0, (3, 5)),
        ({"per_device_train_batch_size": 3, "dataloader_drop_last": True}, 99, 3.0, (3, 1)),
    ],
)
def test_steps_and_epochs_follow_from_rows_and_batches(keys, steps, epochs, batches, plan):
    made, refusal, _ = plan(**keys)
    assert (made.total_steps, made.epochs, split(made)) == (steps, pytest.approx(epochs), batches)
    assert made.tokens_per_epoch == 10_000
    assert refusal is None


def test_long_rows_are_computed_fewer_at_once_and_this_is_said(plan):
    made, _, said = plan(longest=500)
    assert split(made) == (2, 4)
    assert said["training.batch_split"] == {"effective": 8, "micro_batch": 2, "accumulation": 4}


def test_a_resume_keeps_the_batches_of_the_first_attempt(plan):
    made, _, said = plan(longest=500, kept=(8, 1))
    assert split(made) == (8, 1)
    assert "training.batch_split" not in said


def test_activations_are_computed_twice_only_where_memory_would_not_suffice(plan):
    roomy, _, _ = plan(longest=1000)
    assert not roomy.decided.checkpoints_activations
    tight, refusal, said = plan(longest=1000, memory=int(2.6 * GB))
    assert tight.decided.checkpoints_activations
    assert "training.activations_recomputed" in said
    assert refusal is None
    asked, _, said = plan(activation_checkpointing=True)
    assert asked.decided.checkpoints_activations
    assert "training.activations_recomputed" not in said


def test_what_can_not_fit_is_refused_with_numbers(plan):
    made, refusal, _ = plan(shape=SEVEN_B, memory=8 * GB, longest=400)
    assert refusal.code == "training.too_little_memory"
    assert made.memory_bytes > 25 * GB
    assert refusal.lines("en")[0].startswith("This run needs about 30.0 GB")
    assert refusal.lines("en")[0].endswith("GB of memory, and 8.0 GB is available.")
    assert 2 <= len(refusal.lines("en")) <= 6


def test_a_batch_that_was_asked_for_and_does_not_fit_is_named(plan):
    _, refusal, _ = plan(longest=1000, memory=4 * GB, per_device_train_batch_size=16)
    assert refusal.code == "training.too_big_batch"
    assert refusal.where.key == "per_device_train_batch_size"
    assert "with 16 rows at once" in refusal.message("en")


def test_a_batch_larger_than_all_rows_is_planned_as_all_rows_and_this_is_said(plan):
    made, refusal, said = plan(rows=64, memory=32 * GB, per_device_train_batch_size=100_000)
    whole, _, unsaid = plan(rows=64, memory=32 * GB, per_device_train_batch_size=64)
    assert refusal is None
    assert (split(made), made.memory_bytes) == ((64, 1), whole.memory_bytes)
    assert (made.total_steps, made.epochs) == (3, 3.0)
    assert messages.text("training.batch_is_all", said["training.batch_is_all"], "en") == (
        "per_device_train_batch_size 100000 is more than there are: a batch holds all 64 rows."
    )
    assert "training.batch_is_all" not in unsaid
    few, _, said = plan(rows=3)
    assert (split(few), said["training.batch_split"]["effective"]) == ((3, 1), 3)


def test_sizes_are_decimal_as_in_every_view():
    assert size(610_198_000_000) == "610.2 GB"
    assert amounts.data_size(610_198_000_000) == "610 GB"


def test_force_starts_it_all_the_same_and_says_so(plan):
    _, refusal, said = plan(shape=SEVEN_B, memory=8 * GB, force=True)
    assert refusal is None
    assert said["training.forced"]["available"] == "8.0 GB"


def test_checkpoints_that_do_not_fit_on_the_disk_are_refused(plan):
    made, refusal, _ = plan(finetuning_type="full", save_steps=1, disk=20 * GB)
    assert made.checkpoints == 39
    assert refusal.code == "training.too_little_disk"
    assert "20.0 GB is free at /runs/first" in refusal.message("en")
    assert "save_total_limit: 2" in refusal.hint("en")
    made, refusal, _ = plan(finetuning_type="full", save_steps=1, disk=20 * GB, save_total_limit=2)
    assert made.checkpoints == 3
    assert refusal is None


def test_a_model_of_unknown_shape_is_planned_without_figures(plan):
    made, refusal, _ = plan(shape=None)
    assert (made.memory_bytes, made.seconds, refusal) == (0, None, None)
    assert split(made) == (8, 1)


def test_time_follows_from_tokens_and_the_measured_rate(plan):
    once, _, _ = plan(num_train_epochs=1)
    thrice, _, _ = plan(num_train_epochs=3)
    assert thrice.seconds == pytest.approx(3 * once.seconds)
    assert 100 < once.seconds < 400  # 10,000 tokens of 135M at 35 GFLOP/s


def test_a_plan_is_json_with_the_fields_of_its_event(plan):
    import json

    made, _, _ = plan()
    found = json.loads(json.dumps(made.to_json()))
    assert {"total_steps", "epochs", "micro_batch", "accumulation", "tokens_per_epoch",
            "memory_bytes", "memory_available", "seconds"} <= found.keys()  # fmt: skip
