"""Token after token with as little as possible in between, for models that are plain decoders.

``generate`` of the library prepares, checks and copies for every token what here is known once. A
model with inputs or a cache of its own kind is left to it (:func:`is_plain`).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ftkernel.inference.drawing import draw
from ftkernel.inference.sampling import Sampling

if TYPE_CHECKING:
    import torch


def is_plain(model: Any) -> bool:  # noqa: ANN401 - a PreTrainedModel or the PeftModel around one
    """Whether a model takes tokens and the usual cache, and nothing else."""
    from transformers import GenerationMixin

    inner = _inner(model)
    kind: Any = type(inner)
    usual: Any = GenerationMixin
    return (
        isinstance(inner, usual)
        and kind.prepare_inputs_for_generation is usual.prepare_inputs_for_generation
        and not inner.config.is_encoder_decoder
        and not getattr(inner, "_is_stateful", False)
        and inner._supports_default_dynamic_cache()
        and "mamba" not in kind.__name__.lower()
    )


def decode(
    model: Any,  # noqa: ANN401
    prompt: "torch.Tensor",
    sampling: Sampling,
    take: Callable[[int], bool],
) -> None:
    """Let a plain decoder go on from a prompt.

    Args:
        model: see :func:`is_plain`.
        prompt: its tokens, (1, tokens), on the model's device.
        sampling: how tokens are drawn; the random state in force draws them.
        take: is given each token and returns whether it was the last.
    """
    import torch
    from transformers import DynamicCache

    inner = _inner(model)
    cache = DynamicCache(config=inner.config.get_text_config(decoder=True))
    ids, seen = prompt, prompt[0]
    for _ in range(sampling.max_new_tokens):
        out = inner(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        token = draw(out.logits[0, -1].float(), seen, sampling)
        if take(int(token)):
            return
        ids = token.view(1, 1)
        if sampling.repetition_penalty != 1.0:
            seen = torch.cat([seen, token.view(1)])


def _inner(model: Any) -> Any:  # noqa: ANN401
    """The model inside an adapter; the adapter's layers are in it."""
    inside = getattr(model, "get_base_model", None)
    return inside() if inside is not None else model
