"""What a recipe asks of LLaMA-Factory, with that project's own defaults for what it leaves out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ftkernel.errors import FtError

Stage = Literal["pt", "sft", "pairs", "kto", "prompts"]
"""What is made of a row; ``rm`` and ``dpo`` make the same, ``ppo`` and ``grpo`` as well."""

_STAGES: dict[str, Stage] = {
    "pt": "pt",
    "sft": "sft",
    "rm": "pairs",
    "dpo": "pairs",
    "kto": "kto",
    "ppo": "prompts",
    "grpo": "prompts",
}


@dataclass(frozen=True)
class Settings:
    """How rows are read, ordered and encoded.

    ``cutoff`` counts tokens and is already one less where ``packing`` was asked for in so many
    words; ``batch`` is the number of rows that are looked at together, ``processes`` into how many
    parts the rows fall before that.
    """

    stage: Stage = "sft"
    template: str | None = None
    tool_format: str | None = None
    default_system: str | None = None
    enable_thinking: bool | None = True
    preserve_thinking: bool = False
    cutoff: int = 2048
    train_on_prompt: bool = False
    mask_history: bool = False
    packing: bool = False
    neat: bool = False
    batch: int = 1000
    processes: int = 1
    max_samples: int | None = None
    val_size: float = 0.0
    mix: str = "concat"
    probabilities: tuple[float, ...] | None = None
    seed: int = 42
    streaming: bool = False
    buffer: int = 16384
    shards: int = 1
    answers_generated: bool = False
    split_special: bool = False
    added: tuple[str, ...] = ()
    added_special: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, object]) -> "Settings":
        """The settings of a recipe's written keys (``recipe.given``); others have their defaults.

        Raises:
            FtError: where LLaMA-Factory refuses the combination, or knows no such stage.
        """
        name = str(given.get("stage") or "sft")
        if name not in _STAGES:
            raise FtError("parity.stage", stage=name, known=[*_STAGES])
        stage = _STAGES[name]
        if given.get("mask_history") and given.get("train_on_prompt"):
            raise FtError("parity.both_masks")
        neat = bool(given.get("neat_packing"))
        packing = True if neat else given.get("packing")
        cutoff = _count(given, "cutoff_len", 2048) - (1 if packing else 0)
        if stage == "pt" and cutoff < 1:
            raise FtError("parity.cutoff")
        thinking = given.get("enable_thinking", True)
        limit = given.get("max_samples")
        return cls(
            stage=stage,
            template=_text(given, "template"),
            tool_format=_text(given, "tool_format"),
            default_system=_text(given, "default_system"),
            enable_thinking=None if thinking is None else bool(thinking),
            preserve_thinking=bool(given.get("preserve_thinking")),
            cutoff=cutoff,
            train_on_prompt=bool(given.get("train_on_prompt")),
            mask_history=bool(given.get("mask_history")),
            packing=stage == "pt" if packing is None else bool(packing),
            neat=neat,
            batch=_count(given, "preprocessing_batch_size", 1000),
            processes=_count(given, "preprocessing_num_workers", 1),
            max_samples=None if limit is None else int(str(limit)),
            val_size=float(str(given.get("val_size") or 0)),
            mix=str(given.get("mix_strategy") or "concat"),
            probabilities=_shares(given.get("interleave_probs")),
            seed=int(str(given.get("seed", 42))),
            streaming=bool(given.get("streaming")),
            buffer=_count(given, "buffer_size", 16384),
            shards=_count(given, "dataloader_num_workers", 1),
            answers_generated=bool(given.get("predict_with_generate")),
            split_special=bool(given.get("split_special_tokens")),
            added=_names(given.get("add_tokens")),
            added_special=_names(given.get("add_special_tokens")),
        )


def _text(given: Mapping[str, object], key: str) -> str | None:
    value = given.get(key)
    return None if value is None else str(value)


def _count(given: Mapping[str, object], key: str, default: int) -> int:
    return int(str(given.get(key) or default))


def _names(value: object) -> tuple[str, ...]:
    return tuple(name.strip() for name in str(value).split(",")) if value else ()


def _shares(value: object) -> tuple[float, ...] | None:
    if value is None:
        return None
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(float(part) for part in parts)  # type: ignore[union-attr]
