"""A tokenizer as LLaMA-Factory changes it for a template: its end, padding, other stop words."""

import copy
from typing import Any

from ftkernel.data.parity.settings import Settings
from ftkernel.data.templates.spec import TemplateSpec


def opened(tokenizer: Any, settings: Settings) -> Any:  # noqa: ANN401 - transformers' own
    """A copy of a tokenizer as a recipe loads it: with further tokens at the vocabulary's end."""
    own = copy.deepcopy(tokenizer)
    if settings.split_special:
        own.split_special_tokens = True
    if settings.added:
        own.add_tokens(list(settings.added), special_tokens=False)
    if settings.added_special:
        own.add_tokens(list(settings.added_special), special_tokens=True)
    return own


def fit(own: Any, spec: TemplateSpec) -> Any:  # noqa: ANN401 - transformers' own
    """The same tokenizer, changed, with the special tokens of a template.

    Tokens that are not in the vocabulary are added at its end.
    """
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
