"""Which number types a run computes in: what the hardware is fast at, or what the recipe says.

bfloat16 where the hardware has it (on a CPU a short measurement decides, on CUDA its capability),
else float32. What trains keeps float32 masters in either case: bfloat16 has eight bits, and most
updates of a fine-tuning learning rate round away in it.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe

if TYPE_CHECKING:
    import torch

Note = tuple[str, dict[str, object]]
"""A code and its parameters: what is to be said as an adjustment or a warning."""

_FAST_ENOUGH = (
    1.3  # bfloat16 counts as the hardware's own when it is so many times faster than float32
)


@dataclass(frozen=True)
class Precision:
    """The number types of a run, and where it runs."""

    weights: "torch.dtype"
    """What the base model's weights are loaded as."""
    compute: "torch.dtype"
    autocast: bool
    """Whether training runs under autocast to ``compute`` (weights are wider then)."""
    masters: bool
    """Whether trainable weights are float32 while ``compute`` is narrower."""
    device: str = "cpu"
    notes: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()

    @property
    def name(self) -> str:
        """The computing type by its plain name, such as ``bfloat16``."""
        return str(self.compute).removeprefix("torch.")


def choose_device(recipe: Recipe) -> str:
    """``cuda``, ``mps`` or ``cpu``: the fastest there is, unless ``use_cpu`` is set."""
    import torch

    if recipe["use_cpu"]:
        return "cpu"
    if torch.cuda.is_available():
        return "cuda"
    if torch.backends.mps.is_available():
        return "mps"
    return "cpu"


def choose_precision(
    recipe: Recipe, device: str | None = None, job: Literal["train", "infer"] = "train"
) -> Precision:
    """The number types for a recipe on a device (by default the fastest there is).

    Raises:
        FtError: ``models.fp16_needs_gpu``.
    """
    import torch

    device = device or choose_device(recipe)
    wanted, notes, warnings = _wanted(recipe, device, job)
    full = recipe["finetuning_type"] == "full"
    if wanted == torch.float32 or job == "infer":
        return Precision(wanted, wanted, False, False, device, notes, warnings)
    if full:
        return Precision(torch.float32, wanted, True, True, device, notes, warnings)
    # fp16 needs autocast with loss scaling; bf16 adapters compute through copies, without autocast.
    return Precision(wanted, wanted, wanted == torch.float16, True, device, notes, warnings)


def _wanted(
    recipe: Recipe, device: str, job: str
) -> tuple["torch.dtype", tuple[Note, ...], tuple[Note, ...]]:
    """The computing type, what to say about it, and what to warn of."""
    import torch

    chosen = str(recipe["infer_dtype"]) if job == "infer" else "auto"
    half = chosen == "float16" or (chosen == "auto" and recipe["fp16"])
    if half:
        if device == "cpu":
            key = "infer_dtype" if job == "infer" else "fp16"
            raise FtError("models.fp16_needs_gpu", where=recipe.where(key))
        return torch.float16, (), ()
    if chosen == "bfloat16" or (chosen == "auto" and recipe["bf16"]):
        return torch.bfloat16, (), _slow_bf16(device)
    if chosen == "float32" or recipe["bf16"] is False:
        return torch.float32, (), ()
    if has_bf16(device):
        return torch.bfloat16, (("models.precision_bf16", {"device": device}),), ()
    return torch.float32, (("models.precision_fp32", {"device": device}),), ()


def _slow_bf16(device: str) -> tuple[Note, ...]:
    """A warning with the measured ratio where bfloat16 was asked for and is not faster."""
    if has_bf16(device):
        return ()
    ratio = bf16_speed() if device == "cpu" else 1.0
    return (("models.bf16_slow", {"device": device, "times": round(1 / ratio, 1)}),)


def has_bf16(device: str) -> bool:
    """Whether a device computes bfloat16 in hardware."""
    import torch

    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device == "cpu" and bf16_speed() >= _FAST_ENOUGH


@lru_cache(maxsize=1)
def bf16_speed() -> float:
    """How many times faster this CPU multiplies bfloat16 than float32; takes about 50 ms."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so that this thread's clock sees the whole product
    times: dict[torch.dtype, float] = {}
    try:
        with torch.inference_mode():
            for dtype in (torch.float32, torch.bfloat16):
                rows = torch.full((64, 512), 0.5, dtype=dtype)
                weight = torch.full((512, 512), 0.5, dtype=dtype)
                times[dtype] = _best_time(rows, weight)
    finally:
        torch.set_num_threads(threads)
    return times[torch.float32] / times[torch.bfloat16]


def _best_time(rows: "torch.Tensor", weight: "torch.Tensor") -> float:
    """The shortest of at least ten products in 20 ms; the first one sets things up.

    Of the thread's own time: on a busy machine each of a few products may have been put aside.
    """
    import torch

    torch.mm(rows, weight)
    best, count, end = float("inf"), 0, time.perf_counter() + 0.02
    while count < 10 or time.perf_counter() < end:
        start = time.thread_time()
        torch.mm(rows, weight)
        best, count = min(best, time.thread_time() - start), count + 1
    return best
