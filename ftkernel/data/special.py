"""Special tokens in what people wrote: ``<|im_end|>`` in a question is text, not the end of a turn.

Before a conversation is rendered, each special token's text in it is replaced by as many private
characters (:class:`Guard`), so that the template's own special tokens are the only ones left and
all positions stay. :class:`Reader` turns the rendered text into tokens and puts the characters back
as ordinary text.
"""

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ftkernel.data.rows import RowFault
from ftkernel.data.tokenizer import Tokenizer

# Of the last private plane of Unicode: no template and no tokenizer gives these characters a
# meaning, and icon fonts use the plane before it.
_FIRST = 0x100000
_PRIVATE = re.compile("[\U00100000-\U0010fffd]+")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token ids with the range of characters that each stands for."""

    ids: list[int]
    offsets: list[tuple[int, int]]


class Guard:
    """Hides special tokens in contents behind private characters, and brings them back."""

    def __init__(self, specials: Sequence[str]) -> None:
        self._specials = sorted(specials, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, self._specials)) or r"(?!)")

    def needed(self, texts: Sequence[str]) -> bool:
        """Whether any of the texts spells a special token."""
        return any(self.pattern.search(text) for text in texts)

    def hide(self, text: str) -> str:
        """The text with special tokens as private characters, of the same length.

        Raises:
            RowFault: if the text has characters of that plane itself.
        """
        if _PRIVATE.search(text):
            raise RowFault("data.private_characters")
        return self.pattern.sub(self._hidden, text)

    def _hidden(self, match: re.Match[str]) -> str:
        return chr(_FIRST + self._specials.index(match.group())) * len(match.group())

    def show(self, text: str) -> str:
        """The text as it was before :meth:`hide`."""
        return _PRIVATE.sub(self._shown, text)

    def _shown(self, match: re.Match[str]) -> str:
        out: list[str] = []
        run = match.group()
        while run:
            special = self._specials[ord(run[0]) - _FIRST]
            out.append(special)
            run = run[len(special) :]
        return "".join(out)


class Reader:
    """Text to tokens with one tokenizer, never adding tokens of its own."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        added = tokenizer.added_tokens_decoder
        self.special_ids = frozenset(
            {number for number, token in added.items() if token.special}
            | ({tokenizer.eos_token_id} if tokenizer.eos_token_id is not None else set())
        )
        names = {token.content for token in added.values() if token.special}
        if tokenizer.eos_token:
            names.add(str(tokenizer.eos_token))
        self.guard = Guard(sorted(names))
        self.ids_of = lru_cache(maxsize=1024)(self._ids_of)

    def read_all(self, texts: Sequence[str]) -> list[Tokens]:
        """Texts that no guard has touched, in one go."""
        if not texts:
            return []
        out = self.tokenizer(
            list(texts),
            add_special_tokens=False,
            return_offsets_mapping=True,
            return_attention_mask=False,
            return_token_type_ids=False,
            verbose=False,
        )
        pairs = zip(out["input_ids"], out["offset_mapping"], strict=True)
        return [Tokens(ids, offsets) for ids, offsets in pairs]

    def read(self, text: str, *, guarded: bool = False) -> Tokens:
        """One text; where it was guarded, what private characters hide is read as plain text."""
        if not guarded or not _PRIVATE.search(text):
            return self.read_all([text])[0]
        ids: list[int] = []
        offsets: list[tuple[int, int]] = []
        begin = 0
        # Special tokens cut a text into parts that are tokenized independently, so whole parts may
        # be read on their own: the same tokens come out, but specials that people wrote are
        # spelled.
        for part in self._parts(text):
            got = self._read_part(part)
            ids.extend(got.ids)
            offsets.extend((start + begin, end + begin) for start, end in got.offsets)
            begin += len(part)
        return Tokens(ids, offsets)

    def _parts(self, text: str) -> list[str]:
        cuts = [0]
        for match in self.guard.pattern.finditer(text):
            cuts.extend(match.span())
        cuts.append(len(text))
        return [text[a:b] for a, b in itertools.pairwise(cuts) if b > a]

    def _read_part(self, part: str) -> Tokens:
        shown = self.guard.show(part)
        if shown == part:
            return self.read_all([part])[0]
        out = self.tokenizer(
            shown,
            add_special_tokens=False,
            return_offsets_mapping=True,
            split_special_tokens=True,
            verbose=False,
        )
        return Tokens(list(out["input_ids"]), list(out["offset_mapping"]))

    def _ids_of(self, text: str, guarded: bool) -> tuple[int, ...]:
        return tuple(self.read(text, guarded=guarded).ids)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of tokens, special ones included, nothing cleaned up."""
        return self.tokenizer.decode(
            list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False
        )


def first_after(offsets: Sequence[tuple[int, int]], position: int) -> int:
    """The index of the first token that has a character at or after ``position``."""
    return bisect_right(offsets, position, key=lambda pair: pair[1])


def first_from(offsets: Sequence[tuple[int, int]], position: int) -> int:
    """The index of the first token that begins at or after ``position``."""
    index = bisect_right(offsets, position - 1, key=lambda pair: pair[0])
    return min(index, len(offsets))
