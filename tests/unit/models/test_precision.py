"""Number types follow the hardware unless the recipe decides."""

import pytest
import torch

from ftkernel import messages
from ftkernel.errors import FtError
from ftkernel.models import precision
from ftkernel.models.precision import Precision, choose_device, choose_precision
from tests.unit.models.recipes import recipe

F32, BF16, F16 = torch.float32, torch.bfloat16, torch.float16


@pytest.fixture
def fast_bf16(monkeypatch):
    monkeypatch.setattr(precision, "bf16_speed", lambda: 6.0)


@pytest.fixture
def slow_bf16(monkeypatch):
    monkeypatch.setattr(precision, "bf16_speed", lambda: 0.02)


def kinds(chosen: Precision):
    return chosen.weights, chosen.compute, chosen.autocast, chosen.masters


def test_adapters_compute_in_bf16_with_masters_where_the_hardware_has_it(fast_bf16):
    chosen = choose_precision(recipe("x"), "cpu")
    assert kinds(chosen) == (BF16, BF16, False, True)
    assert chosen.name == "bfloat16"
    assert [code for code, _ in chosen.notes] == ["models.precision_bf16"]


def test_full_training_keeps_float32_weights_under_autocast(fast_bf16):
    chosen = choose_precision(recipe("x", method="full"), "cpu")
    assert kinds(chosen) == (F32, BF16, True, True)


def test_hardware_without_bf16_computes_in_float32_and_says_so(slow_bf16):
    chosen = choose_precision(recipe("x"), "cpu")
    assert kinds(chosen) == (F32, F32, False, False)
    assert [messages.text(*note) for note in chosen.notes] == [
        "Computing in float32: this cpu has no fast bfloat16."
    ]


def test_bf16_that_is_asked_for_is_honoured_with_the_measured_ratio(slow_bf16):
    chosen = choose_precision(recipe("x", bf16=True), "cpu")
    assert chosen.compute == BF16
    assert [messages.text(*note) for note in chosen.warnings] == [
        "bfloat16 was asked for, but this cpu only emulates it: measured 50.0 times slower than float32."
    ]


def test_bf16_false_means_float32_without_a_word(fast_bf16):
    chosen = choose_precision(recipe("x", bf16=False), "cpu")
    assert kinds(chosen) == (F32, F32, False, False)
    assert (chosen.notes, chosen.warnings) == ((), ())


def test_fp16_is_refused_on_a_cpu_and_scaled_on_a_gpu():
    with pytest.raises(FtError) as caught:
        choose_precision(recipe("x", fp16=True), "cpu")
    assert str(caught.value) == (
        "float16 does not train or run on a CPU.\n"
        "  at fp16\n"
        "  Leave it out: the number type is chosen by what the hardware is fast at."
    )
    chosen = choose_precision(recipe("x", fp16=True), "cuda")
    assert kinds(chosen) == (F16, F16, True, True)
    chosen = choose_precision(recipe("x", fp16=True, method="full"), "cuda")
    assert kinds(chosen) == (F32, F16, True, True)


def test_chat_takes_the_type_that_infer_dtype_names(fast_bf16):
    for name, kind in (("float32", F32), ("bfloat16", BF16), ("auto", BF16)):
        chosen = choose_precision(recipe("x", infer_dtype=name), "cpu", "infer")
        assert kinds(chosen) == (kind, kind, False, False)
    with pytest.raises(FtError) as caught:
        choose_precision(recipe("x", infer_dtype="float16"), "cpu", "infer")
    assert caught.value.where.key == "infer_dtype"


def test_use_cpu_keeps_a_run_off_the_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device(recipe("x")) == "cuda"
    assert choose_device(recipe("x", use_cpu=True)) == "cpu"


def test_the_measurement_is_short_and_done_once():
    import time

    precision.bf16_speed.cache_clear()
    start = time.perf_counter()
    ratio = precision.bf16_speed()
    assert time.perf_counter() - start < 2  # 50 ms on a quiet machine
    assert 0 < ratio < 100
    assert precision.bf16_speed.cache_info().misses == 1
    assert precision.bf16_speed() == ratio
