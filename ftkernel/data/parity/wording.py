"""Turns to tokens, in LLaMA-Factory's way: each piece on its own, thoughts added or taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ftkernel.data.parity.prompting import Prompting, pieces_of
from ftkernel.data.parity.reading import Turn, problem
from ftkernel.data.rows import RowFault
from ftkernel.data.templates.spec import BOS, Pieces, Token

Pair = tuple[list[int], list[int]]
"""The tokens of what is asked, and of its answer."""


@dataclass(frozen=True)
class Wording:
    """A template and the tokenizer that was prepared for it."""

    prompting: Prompting
    tokenizer: Any

    @property
    def end_id(self) -> int:
        """The token that ends an answer."""
        return self.tokenizer.eos_token_id

    def last(self, turns: Sequence[Turn], system: object, tools: object) -> Pair:
        """Everything before the last turn, and the last turn.

        Raises:
            RowFault: if the row says nothing that can be put into words.
        """
        how = self.prompting
        if how.spec.thinks:
            turns = list(turns)
            history = range(1, len(turns) - 2, 2) if not how.preserve_thinking else ()
            final = [len(turns) - 1] if how.enable_thinking is False else []
            turns = _without_thoughts(how, turns, [*history, *final])
        *before, answer = self._encoded(turns, system, tools)
        prompt = list(chain.from_iterable(before))
        if how.spec.thinks and not how.has_thought(turns[-1].content):
            prompt, answer = self._with_empty_thought(prompt, answer)
        return prompt, answer

    def all(
        self, turns: Sequence[Turn], system: object, tools: object, *, forgetting: bool
    ) -> list[Pair]:
        """What is asked and answered, one pair after another.

        Args:
            turns: an even number.
            system: prompt of the row.
            tools: of the row, JSON.
            forgetting: whether the thoughts of earlier answers are taken away.

        Raises:
            RowFault: if the row says nothing that can be put into words.
        """
        how = self.prompting
        answers = range(1, len(turns), 2)
        thoughtful = answers
        if how.spec.thinks:
            if how.enable_thinking is False:
                turns = _without_thoughts(how, turns, answers)
            if forgetting:
                turns = _without_thoughts(how, turns, answers[:-1])
                thoughtful = answers[-1:]
        encoded = self._encoded(turns, system, tools)
        pairs = [(encoded[index - 1], encoded[index]) for index in answers]
        for index in thoughtful if how.spec.thinks else ():
            if not how.has_thought(turns[index].content):
                pairs[index // 2] = self._with_empty_thought(*pairs[index // 2])
        return pairs

    def _with_empty_thought(self, prompt: list[int], answer: list[int]) -> Pair:
        """An empty thought is learned where thinking is on, else it is part of the prompt."""
        thought = self._ids(self.prompting.spec.empty_thought)
        if self.prompting.enable_thinking:
            return prompt, thought + answer
        return prompt + thought, answer

    def _encoded(self, turns: Sequence[Turn], system: object, tools: object) -> list[list[int]]:
        try:
            pieces = pieces_of(self.prompting.spec, turns, system, tools)
        except RowFault:
            raise
        except (TypeError, ValueError, KeyError, AttributeError, IndexError) as fault:
            raise RowFault("parity.unusable", problem=problem(fault)) from fault
        return [self._of_pieces(one) for one in pieces]

    def _of_pieces(self, pieces: Pieces) -> list[int]:
        out: list[int] = []
        for piece in pieces:
            if isinstance(piece, str):
                out += self._ids(piece) if piece else []
            elif isinstance(piece, Token):
                out.append(self.tokenizer.convert_tokens_to_ids(piece.name))
            else:
                is_first = piece == BOS
                found = self.tokenizer.bos_token_id if is_first else self.tokenizer.eos_token_id
                out += [] if found is None else [found]
        if None in out:
            raise RowFault("parity.token_unknown")
        return out

    def _ids(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False))


def _without_thoughts(how: Prompting, turns: Sequence[Turn], places: Sequence[int]) -> list[Turn]:
    """The turns, those at some places without their thoughts."""
    out = list(turns)
    for place in places:
        content = out[place].content
        if not isinstance(content, str):
            raise RowFault("parity.no_text")
        out[place] = out[place]._replace(content=how.without_thought(content))
    return out
