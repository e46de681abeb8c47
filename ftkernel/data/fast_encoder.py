"""An encoder that takes the quick way where it is open, and the usual one for everything else.

What comes out is the same either way, see :mod:`ftkernel.data.fast`; so is what is counted.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast

from ftkernel.data.content import Content, Conversation
from ftkernel.data.encode import Counts, Encoder
from ftkernel.data.encoded import AnyEncoded, Options
from ftkernel.data.fast import Fast, fast_of
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
            usual=self._usually,
        )

    def encode_all(self, contents: Sequence[Content]) -> list[list[AnyEncoded] | RowFault]:
        """Encode some rows; each gives its examples, or the fault that refuses it."""
        # Verdicts depend on the rows beside them.
        if not all(type(content) is Conversation for content in contents) or self.fast is None:
            return super().encode_all(contents)
        encode = self.fast.encode
        found = [encode(content) for content in contents]
        left = [content for content, one in zip(contents, found, strict=True) if one is None]
        self.counts.conversations += len(contents) - len(left)
        usual = iter(super().encode_all(left) if left else ())
        return [next(usual) if one is None else [one] for one in found]

    def _usually(self, conversation: Conversation) -> list[AnyEncoded] | RowFault:
        """What becomes of a conversation that is no row, so that it is not counted."""
        counts, self.counts = self.counts, Counts()
        try:
            [found] = super().encode_all([conversation])
        finally:
            self.counts = counts
        return found
