"""A tokenizer as LLaMA-Factory changes it for a template: its end, padding, other stop words."""

import copy
from typing import Any

from ftkernel.data.templates.spec import TemplateSpec


def prepared(tokenizer: Any, spec: TemplateSpec) -> Any:  # noqa: ANN401 - transformers' own
    """A copy of a tokenizer with the special tokens of a template.

    Tokens that are not in the vocabulary are added at its end.
    """
    own = copy.deepcopy(tokenizer)
    further = list(spec.stop)
    if spec.replace_eos:
        _end_with(own, further.pop(0))
    if own.eos_token_id is None:
        _end_with(own, "<|endoftext|>")
    if own.pad_token_id is None:
        own.pad_token = own.eos_token
    if further:
        extra = {"additional_special_tokens": further}
        try:
            own.add_special_tokens(extra, replace_additional_special_tokens=False)
        except TypeError:  # newer versions of transformers have no such argument
            own.add_special_tokens(extra)
    return own


def _end_with(tokenizer: Any, token: str) -> None:  # noqa: ANN401 - transformers' own
    if tokenizer.eos_token != token:
        tokenizer.add_special_tokens({"eos_token": token})
