"""An encoder that takes the quick way where it is open, and the usual one for everything else.

What comes out is the same either way, see :mod:`ftkernel.data.fast` and, for plain text,
:mod:`ftkernel.data.fast_plain`; so is what is counted.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast

from ftkernel.data.content import Completion, Content, Conversation, Text
from ftkernel.data.encode import Counts, Encoder
from ftkernel.data.encoded import AnyEncoded, Options
from ftkernel.data.fast import Fast, fast_of
from ftkernel.data.fast_plain import FastPlain, fast_plain_of
from ftkernel.data.rows import RowFault
from ftkernel.data.template import Template
from ftkernel.data.tokenizer import Tokenizer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class FastEncoder(Encoder):
    """Encodes rows as :class:`~ftkernel.data.encode.Encoder` does, mostly quicker.

    Attributes:
        tokenizer: of the checkpoint.
    """

    def __init__(
        self, tokenizer: "PreTrainedTokenizerBase", options: Options | None = None
    ) -> None:
        super().__init__(tokenizer, options)
        self.tokenizer = tokenizer

    @cached_property
    def fast(self) -> Fast | None:
        """The quick way; ``None`` where it is not open with this tokenizer and template."""
        if type(self.template) is not Template:
            return None
        return fast_of(
            cast("Tokenizer", self.tokenizer),
            self.template,
            ends=lambda: frozenset({*self.end_ids, *self.ends.ids}),
            cutoff=self.options.cutoff,
            usual=lambda conversation: self._usually([conversation])[0],
        )

    @cached_property
    def plain(self) -> FastPlain | None:
        """The quick way of plain text; ``None`` where it is not open with this tokenizer."""
        return fast_plain_of(
            cast("Tokenizer", self.tokenizer),
            self.options.cutoff,
            self._usually,
            everything=self.options.train_on_prompt,
        )

    def encode_all(self, contents: Sequence[Content]) -> list[list[AnyEncoded] | RowFault]:
        """Encode some rows; each gives its examples, or the fault that refuses it."""
        # Verdicts depend on the rows beside them.
        kinds = {type(content) for content in contents}
        quick: Fast | FastPlain | None = None
        if kinds == {Conversation}:
            quick = self.fast
        elif kinds and kinds <= {Text, Completion}:
            quick = self.plain
        if quick is None:
            return super().encode_all(contents)
        encode = quick.encode
        found = [encode(content) for content in contents]
        left = [content for content, one in zip(contents, found, strict=True) if one is None]
        if quick is self.fast:
            self.counts.conversations += len(contents) - len(left)
        else:
            self.counts.plain += len(contents) - len(left)
        usual = iter(super().encode_all(left) if left else ())
        return [next(usual) if one is None else [one] for one in found]

    def _usually(self, contents: Sequence[Content]) -> list[list[AnyEncoded] | RowFault]:
        """What becomes of contents that are no rows, so that they are not counted."""
        counts, self.counts = self.counts, Counts()
        try:
            return super().encode_all(contents)
        finally:
            self.counts = counts
