"""Plain text as tokens: no template, begun as the tokenizer begins texts, ended by its end token.

Such text may be rendered already, so special tokens in it stay special.
"""

from collections.abc import Iterator

from ftkernel.data.special import Reader
from ftkernel.data.truncation import Answer, Uncut
from ftkernel.errors import FtError


class Plain:
    """Reads plain text with one tokenizer.

    Args:
        reader: of the tokenizer.
        cutoff: of rows; what lies far behind it is not read.
        longest: characters that are always read.
        keeps_answers: whether a prompt loses its beginning before its answer loses its end.
    """

    def __init__(self, reader: Reader, cutoff: int, longest: int, *, keeps_answers: bool) -> None:
        self._tokenizer = reader.tokenizer
        self._cutoff = cutoff
        self._longest = longest
        self._keeps_answers = keeps_answers

    def text(self, text: str) -> Uncut:
        """A text that is learned as a whole."""
        ids, whole = self._read(text)
        ids = self._with_end(ids) if whole else ids
        return Uncut(ids, (Answer(0, len(ids), ends=whole),), 0, whole=whole)

    def prompt(self, text: str) -> Uncut:
        """A text that is to be gone on from."""
        return self.completion(text, "")

    def completion(self, prompt: str, completion: str) -> Uncut:
        """A text and how it goes on, which alone is learned; none of it if it is empty."""
        limit = self._longest
        while True:
            short = prompt[-limit:] if self._keeps_answers else prompt
            found = self._completion(short, completion[:limit], ended=len(completion) <= limit)
            count = len(found.ids) - (len(completion) > limit) * found.prompt
            complete = len(short) == len(prompt) and len(completion) <= limit
            if complete or not found.whole or count > self._cutoff:
                return found
            limit *= 4

    def _completion(self, prompt: str, completion: str, *, ended: bool) -> Uncut:
        before, whole = self._read(prompt)
        while before and before[-1] == self._tokenizer.eos_token_id:
            before.pop()
        begins = self._tokenizer.bos_token_id
        kept = int(begins is not None and before[:1] == [begins])
        region = [(kept, len(before))]
        if not whole or not completion:
            beyond = (Answer(len(before), len(before)),) if completion else ()
            return Uncut(before, beyond, len(before), regions=lambda: region, whole=whole)
        ids, _ = self._read(prompt + completion, enough=False)
        if ids[: len(before)] != before:
            ids = [*before, *self._read(completion, begin=False, enough=False)[0]]
        if ended:
            ids = self._with_end(ids)
        answer = Answer(len(before), len(ids), ends=ended)
        return Uncut(ids, (answer,), len(before), regions=lambda: region)

    def ids(self, text: str) -> list[int]:
        """A text that goes on from another one, ended; enough of it to pass the cutoff."""
        ids, whole = self._read(text, begin=False)
        return self._with_end(ids) if whole else ids

    def _with_end(self, ids: list[int]) -> list[int]:
        eos = self._tokenizer.eos_token_id
        if eos is None:
            raise FtError("data.no_end_token_eos")
        return ids if ids[-1:] == [eos] else [*ids, eos]

    def _read(
        self, text: str, *, begin: bool = True, enough: bool = True
    ) -> tuple[list[int], bool]:
        """The tokens, and whether they are all; ``enough`` of them to pass the cutoff will do."""
        ids: list[int] = []
        part = text
        for part in (*(self._beginnings(text) if enough else ()), text):
            read = self._tokenizer(part, add_special_tokens=begin, verbose=False)
            ids = list(read["input_ids"])
            if len(ids) > self._cutoff:
                break
        bos, eos = self._tokenizer.bos_token_id, self._tokenizer.eos_token_id
        # A text that spells the first token itself would begin with it twice.
        if bos is not None and ids[:2] == [bos, bos]:
            ids = ids[1:]
        # Tokenizers that end what they are given would end it twice, or in its middle.
        if len(part) < len(text):
            while ids and ids[-1] == eos:
                ids.pop()
        return ids, len(part) == len(text)

    def _beginnings(self, text: str) -> Iterator[str]:
        """Longer and longer beginnings of a text that is far too long; none of other texts."""
        length = self._longest
        while length < len(text):
            yield text[:length]
            length *= 2
