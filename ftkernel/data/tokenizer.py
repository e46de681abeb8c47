"""What the room asks of a tokenizer: the part of transformers' fast tokenizers that it uses.

Typed here because the annotations there cover every way of calling at once.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class AddedToken(Protocol):
    """A token that stands outside the vocabulary's own words."""

    content: str
    special: bool


class Encoding(Protocol):
    """One tokenized text of the library underneath."""

    ids: list[int]
    offsets: list[tuple[int, int]]

    def char_to_token(self, char_pos: int) -> int | None: ...  # noqa: D102

    def token_to_chars(self, token_index: int) -> tuple[int, int] | None: ...  # noqa: D102


class Backend(Protocol):
    """The library underneath, without transformers' conversions."""

    truncation: Mapping[str, object] | None
    padding: Mapping[str, object] | None
    encode_special_tokens: bool
    """Whether special tokens are spelled."""

    def encode_batch(  # noqa: D102
        self, batch: list[str], /, *, add_special_tokens: bool
    ) -> list[Encoding]: ...


class Tokenizer(Protocol):
    """A fast tokenizer, with a chat template or without."""

    is_fast: bool
    backend_tokenizer: Backend
    chat_template: str | dict[str, str] | None
    bos_token: str | None
    eos_token: str | None
    bos_token_id: int | None
    eos_token_id: int | None
    model_max_length: int
    added_tokens_decoder: Mapping[int, AddedToken]
    special_tokens_map: Mapping[str, str]

    def __call__(  # noqa: D102
        self, text: str | Sequence[str], **options: bool
    ) -> Mapping[str, Any]: ...

    def decode(self, token_ids: Sequence[int], **options: bool) -> str: ...  # noqa: D102

    def get_chat_template(self, chat_template: str | None = None) -> str: ...  # noqa: D102

    def apply_chat_template(  # noqa: D102
        self, conversation: Sequence[Mapping[str, str]], **options: object
    ) -> str: ...
