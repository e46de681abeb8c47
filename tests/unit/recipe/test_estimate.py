"""Memory and computing are told from a model's figures, near what was measured."""

from dataclasses import replace

import pytest

from ftkernel.recipe.estimate import (
    Load,
    flops_per_token,
    lora_parameters,
    memory_bytes,
    split_batch,
)
from ftkernel.recipe.model_files import EMBEDDED

SMOL = EMBEDDED["smollm2-135m"]
GB = 1 << 30
LORA = Load(shape=SMOL, trainable=lora_parameters(SMOL, 8), longest=1024)


def test_adapter_parameters_are_those_of_peft():
    assert lora_parameters(SMOL, 8) == 2_442_240
    assert lora_parameters(SMOL, 8, ["q_proj", "v_proj"]) == 30 * 8 * (576 + 576 + 576 + 192)


@pytest.mark.parametrize(
    ("load", "measured_mb"),
    [
        (replace(LORA, longest=128, label_share=0.5), 1406),
        (replace(LORA, longest=1024, label_share=0.05), 3856),
        (replace(LORA, longest=1024, label_share=0.5), 4348),
        (replace(LORA, longest=256, micro_batch=4, label_share=0.5), 4322),
        (replace(LORA, longest=1024, checkpointing=True, label_share=0.5), 2575),
        (replace(LORA, trainable=SMOL.parameters, longest=512, label_share=0.5), 3612),
    ],
)
def test_memory_is_within_a_quarter_of_what_was_measured(load, measured_mb):
    assert memory_bytes(load) / 2**20 == pytest.approx(measured_mb, rel=0.25)


def test_half_the_bytes_make_half_the_activations():
    fp32, bf16 = memory_bytes(LORA), memory_bytes(replace(LORA, weight_bytes=2, masters=True))
    assert 0.5 < bf16 / fp32 < 0.7


def test_a_step_of_an_adapter_takes_two_thirds_of_a_full_one():
    full = replace(LORA, trainable=SMOL.parameters)
    assert 0.5 < flops_per_token(LORA) / flops_per_token(full) < 0.75
    assert flops_per_token(replace(LORA, checkpointing=True)) > 1.3 * flops_per_token(LORA)
    assert 4e8 < flops_per_token(LORA) < 1.2e9


@pytest.mark.parametrize(
    ("longest", "available", "on_cpu", "micro"),
    [
        (100, 16 * GB, True, 8),
        (300, 16 * GB, True, 2),
        (900, 16 * GB, True, 1),
        (900, 64 * GB, False, 8),
        (900, 8 * GB, False, 2),
        (900, 1 * GB, False, 1),
    ],
)
def test_a_batch_is_split_as_memory_asks(longest, available, on_cpu, micro):
    split = split_batch(replace(LORA, longest=longest), 8, available, on_cpu=on_cpu)
    assert (split.micro_batch, split.accumulation) == (micro, 8 // micro)


def test_a_batch_that_does_not_divide_is_computed_row_by_row():
    assert split_batch(replace(LORA, longest=500), 7, 16 * GB).micro_batch == 1
    assert split_batch(replace(LORA, longest=100), 7, 16 * GB).micro_batch == 7
