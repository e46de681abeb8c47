"""A row beside what it would be without a cutoff: what fell away, for people to see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ftkernel.data.encoded import Encoded, EncodedFeedback, EncodedPair, Options
from ftkernel.data.fast_encoder import FastEncoder
from ftkernel.data.pipeline import Result
from ftkernel.data.preview.cutting import Lost, characters, lost, struck
from ftkernel.data.preview.row import token_texts

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_UNLIMITED = 2**31 - 1
_SHOWN = 400
"""Tokens of one stretch that are shown; of more, so many and their number."""

Decode = Callable[[Sequence[int]], str]


@dataclass(frozen=True)
class _Side:
    """One field of tokens: as it is, as it would be, and what it lost."""

    name: str
    whole: list[int]
    losses: list[Lost]


class Uncut:
    """Encodes single rows without a cutoff.

    Args:
        tokenizer: of the recipe; nobody else uses it meanwhile.
        options: of the recipe.
        decode: ids into text.
        special: ids of special tokens.
    """

    def __init__(
        self,
        tokenizer: "PreTrainedTokenizerBase",
        options: Options,
        decode: Decode,
        special: frozenset[int],
    ) -> None:
        self._encoder = FastEncoder(tokenizer, replace(options, cutoff=_UNLIMITED))
        self._decode = decode
        self._special = special

    def add(self, row: dict[str, Any], result: Result) -> None:
        """Say in a row what it lost.

        ``lost`` has for each field of tokens the stretches that fell away (``at`` which of its
        tokens they stood, the ``text`` of each token, how many ``more`` there are), ``struck`` for
        each list of messages the stretches of characters of each. What cannot be told is left out.
        """
        sides = self._sides(result)
        texts = {side.name: token_texts(side.whole, self._decode) for side in sides}
        row["lost"] = {
            side.name: [_shown(loss, texts[side.name]) for loss in side.losses] for side in sides
        }
        row["struck"] = {
            part: list(struck(said, "".join(texts[side.name]), gone))[begin:]
            for side in sides
            for part, said, begin in _messages(row, side.name)
            if (gone := characters(texts[side.name], side.losses))
        }

    def _sides(self, result: Result) -> list[_Side]:
        if not result.encoded.cut or len(result.contents) != 1:
            return []
        [found] = self._encoder.encode_all(list(result.contents))
        if not isinstance(found, list) or len(found) != 1:
            return []
        whole, kept = found[0], result.encoded
        pairs: Mapping[str, tuple[Encoded, Encoded]] = {}
        if isinstance(whole, Encoded) and isinstance(kept, Encoded):
            pairs = {"input_ids": (whole, kept)}
        elif isinstance(whole, EncodedPair) and isinstance(kept, EncodedPair):
            pairs = {
                "chosen_input_ids": (whole.chosen, kept.chosen),
                "rejected_input_ids": (whole.rejected, kept.rejected),
            }
        elif isinstance(whole, EncodedFeedback) and isinstance(kept, EncodedFeedback):
            pairs = {"input_ids": (whole.own, kept.own)}
        return [
            _Side(name, one.input_ids, lost(one.input_ids, other.input_ids, self._special))
            for name, (one, other) in pairs.items()
        ]


def _shown(loss: Lost, texts: Sequence[str]) -> dict[str, Any]:
    start, stop = loss.span
    shown = texts[start : min(stop, start + _SHOWN)]
    return {"at": loss.at, "text": list(shown), "more": stop - start - len(shown)}


def _messages(row: Mapping[str, Any], field: str) -> list[tuple[str, list[Any], int]]:
    """The lists of messages that a field's tokens are made of, each after those before it."""
    prompt = list(row.get("messages") or ())
    if field == "input_ids":
        return [("messages", prompt, 0)]
    part = field.removesuffix("_input_ids")
    own = ("messages", prompt, 0) if part == "chosen" else None
    answer = (part, [*prompt, *(row.get(part) or ())], len(prompt))
    return [one for one in (own, answer) if one is not None]
