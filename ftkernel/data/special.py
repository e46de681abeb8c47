"""Special tokens in what people wrote: ``<|im_end|>`` in a question is text, not the end of a turn.

Before a conversation is rendered, each special token's text in it is replaced by as many private
characters (:class:`Guard`), so that the template's own special tokens are the only ones left and
all positions stay. :class:`Reader` turns the rendered text into tokens and puts the characters back
as ordinary text.
"""

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache

from ftkernel.data.rows import RowFault
from ftkernel.data.tokenizer import Tokenizer
from ftkernel.data.tokens import Tokens

# Of the last private plane of Unicode: no template and no tokenizer gives these characters a
# meaning, and icon fonts use the plane before it.
_FIRST = 0x100000
_PRIVATE = re.compile("[\U00100000-\U0010fffd]+")


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
        backend = self.tokenizer.backend_tokenizer
        if backend.truncation is not None or backend.padding is not None:
            # Kept in some tokenizer files; only the library's own call sets them aside for once.
            return [self._read_part(text, spelled=False) for text in texts]
        # The library would build lists of every token's characters, a fifth of the whole time.
        found = backend.encode_batch(list(texts), add_special_tokens=False)
        return [Tokens(encoding.ids, encoding=encoding) for encoding in found]

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
            shown = self.guard.show(part)
            got = self._read_part(shown, spelled=shown != part)
            ids.extend(got.ids)
            offsets.extend((start + begin, end + begin) for start, end in got.offsets)
            begin += len(part)
        return Tokens(ids, offsets=offsets)

    def read_on(self, text: str, *, guarded: bool = False) -> Tokens:
        """A text that goes on from another one, so that no token is put before its first word."""
        before = self.tokenizer.eos_token or ""
        tokens = self.read(before + text, guarded=guarded)
        if not before or tokens.ids[:1] != [self.tokenizer.eos_token_id]:
            return self.read(text, guarded=guarded)
        shift = len(before)
        offsets = [(max(a - shift, 0), b - shift) for a, b in tokens.offsets[1:]]
        return Tokens(tokens.ids[1:], offsets=offsets)

    def _parts(self, text: str) -> list[str]:
        cuts = [0]
        for match in self.guard.pattern.finditer(text):
            cuts.extend(match.span())
        cuts.append(len(text))
        return [text[a:b] for a, b in itertools.pairwise(cuts) if b > a]

    def _read_part(self, text: str, *, spelled: bool) -> Tokens:
        out = self.tokenizer(
            text,
            add_special_tokens=False,
            return_offsets_mapping=True,
            split_special_tokens=spelled,
            verbose=False,
        )
        return Tokens(list(out["input_ids"]), offsets=list(out["offset_mapping"]))

    def _ids_of(self, text: str, guarded: bool) -> tuple[int, ...]:
        return tuple(self.read(text, guarded=guarded).ids)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of tokens, special ones included, nothing cleaned up."""
        return self.tokenizer.decode(
            list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False
        )
