"""The loss with the head on label positions only, in chunks, forward and backward in one pass.

Most positions of a batch are prompt or padding; scoring them costs vocabulary x hidden for
nothing. The hidden states are taken where they enter the output embeddings, the positions whose
next token is learned are picked out, and only they go through the head. The head is the model's
own code, called with its backbone replaced by the picked states, so soft-capping and logit scales
of any architecture hold.

Each chunk computes its loss and its gradient at once and frees its logits, so that memory is one
chunk of logits, whatever the batch. The result equals the plain path (fp32: 1e-5, under test).
"""

# ruff: noqa: ANN401 - models, tokenizers and the Trainer's own signatures are typed loosely

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import torch
from torch import nn
from torch.nn import functional
from transformers import PreTrainedModel
from transformers.modeling_outputs import BaseModelOutputWithPast

from ftkernel.training.batches import BESIDE, Batch
from ftkernel.training.token_row import IGNORED

_CHUNK_ELEMENTS = 1 << 24
"""Logits of one chunk: 64 MiB in fp32, 341 positions of a vocabulary of 49,152."""

Head = Callable[[torch.Tensor], torch.Tensor]


class LabelLoss:
    """Computes the summed cross-entropy of a batch through a causal language model.

    Args:
        model: the model without its adapter's wrapper (adapters inside it count).
        smoothing: label smoothing.
        chunk_elements: positions x vocabulary that are computed at once.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        *,
        smoothing: float = 0.0,
        chunk_elements: int = _CHUNK_ELEMENTS,
    ) -> None:
        self.model = model
        self.smoothing = smoothing
        self.chunk_elements = chunk_elements

    @property
    def fits(self) -> bool:
        """Whether the model has what this needs: a backbone, and a head above it."""
        backbone = self.model.base_model
        return backbone is not self.model and self.model.get_output_embeddings() is not None

    def __call__(self, forward: Callable[..., Any], batch: Batch) -> torch.Tensor:
        """The cross-entropy summed over the batch's learned tokens, a scalar in fp32.

        Where the batch has ``label_weights``, each token's counts as often as its weight says.

        Args:
            forward: the model as the trainer calls it (with its wrappers).
            batch: what :class:`~ftkernel.training.batches.Collator` gives, on the model's device.
        """
        inputs = {name: v for name, v in batch.items() if name not in ("labels", *BESIDE)}
        targets = batch["labels"][:, 1:]
        learned = targets != IGNORED
        weights = batch.get("label_weights")
        picked: list[torch.Tensor] = []

        def pick(_module: nn.Module, arguments: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor]:
            hidden = arguments[0][:, :-1]
            picked.append(hidden[learned.to(hidden.device)])
            # The head still runs, since it is the model's code, but on one position only.
            return (arguments[0][:1, :1].detach(),)

        handle = self._output_embeddings().register_forward_pre_hook(pick)
        try:
            forward(**inputs, use_cache=False)
        finally:
            handle.remove()
        hidden = picked[-1]
        labels = targets[learned].to(hidden.device)
        counts = None if weights is None else weights[:, 1:][learned].to(hidden.device)
        if len(labels) == 0:  # stays connected, so that backward has something to walk
            return hidden.sum().float() * 0
        chunk = max(1, self.chunk_elements // self._output_embeddings_size())
        with self._head() as head:
            if not torch.is_grad_enabled():
                return _without_gradient(head, hidden, labels, counts, chunk, self.smoothing)
            trained = [p for p in self._head_parameters() if p.requires_grad]
            return cast(
                "torch.Tensor",
                _OnePass.apply(hidden, labels, counts, head, chunk, self.smoothing, *trained),
            )

    def _output_embeddings(self) -> nn.Module:
        return cast("nn.Module", self.model.get_output_embeddings())

    def _output_embeddings_size(self) -> int:
        return int(self.model.config.get_text_config().vocab_size)

    def _head_parameters(self) -> list[nn.Parameter]:
        return list(self._output_embeddings().parameters())

    @contextmanager
    def _head(self) -> Iterator[Head]:
        """The model's forward with its backbone standing aside: hidden states in, logits out."""
        backbone = self.model.base_model
        given: list[torch.Tensor] = []
        # In the instance's dictionary, which nn.Module.__call__ prefers; deleted again below.
        before = backbone.__dict__.get("forward")

        def stand_in(*_args: object, **_kwargs: object) -> BaseModelOutputWithPast:
            return BaseModelOutputWithPast(last_hidden_state=cast("Any", given[-1]))

        def head(hidden: torch.Tensor) -> torch.Tensor:
            given[:] = [hidden.unsqueeze(0)]
            return self.model(inputs_embeds=given[0], use_cache=False).logits.squeeze(0)

        backbone.forward = stand_in
        try:
            yield head
        finally:
            if before is None:
                del backbone.__dict__["forward"]
            else:
                backbone.forward = before


def _cross_entropy(
    logits: torch.Tensor, labels: torch.Tensor, counts: torch.Tensor | None, smoothing: float
) -> torch.Tensor:
    """The sum over the labels, each times its weight where there are weights."""
    if counts is None:
        return functional.cross_entropy(
            logits.float(), labels, reduction="sum", label_smoothing=smoothing
        )
    each = functional.cross_entropy(
        logits.float(), labels, reduction="none", label_smoothing=smoothing
    )
    return (each * counts).sum()


def _part(counts: torch.Tensor | None, part: slice) -> torch.Tensor | None:
    return None if counts is None else counts[part]


def _without_gradient(
    head: Head,
    hidden: torch.Tensor,
    labels: torch.Tensor,
    counts: torch.Tensor | None,
    chunk: int,
    smoothing: float,
) -> torch.Tensor:
    total = hidden.new_zeros((), dtype=torch.float32)
    for start in range(0, len(labels), chunk):
        part = slice(start, start + chunk)
        total += _cross_entropy(head(hidden[part]), labels[part], _part(counts, part), smoothing)
    return total


class _OnePass(torch.autograd.Function):
    """Sums the loss over chunks and takes each chunk's gradient while its logits are at hand."""

    @staticmethod
    def forward(
        ctx: Any,
        hidden: torch.Tensor,
        labels: torch.Tensor,
        counts: torch.Tensor | None,
        head: Head,
        chunk: int,
        smoothing: float,
        *weights: torch.Tensor,
    ) -> torch.Tensor:
        total = hidden.new_zeros((), dtype=torch.float32)
        hidden_gradient = torch.empty_like(hidden)
        gradients = [torch.zeros_like(weight) for weight in weights]
        for start in range(0, len(labels), chunk):
            part = slice(start, start + chunk)
            with torch.enable_grad():
                states = hidden[part].detach().requires_grad_()
                own = _part(counts, part)
                loss = _cross_entropy(head(states), labels[part], own, smoothing)
                found = torch.autograd.grad(loss, [states, *weights])
            total += loss.detach()
            hidden_gradient[part] = found[0]
            for whole, new in zip(gradients, found[1:], strict=True):
                whole += new
        ctx.save_for_backward(hidden_gradient, *gradients)
        return total

    @staticmethod
    def backward(ctx: Any, *grad_outputs: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        scale = grad_outputs[0]
        hidden_gradient, *gradients = ctx.saved_tensors
        return (
            hidden_gradient * scale.to(hidden_gradient.dtype),
            None,
            None,
            None,
            None,
            None,
            *(gradient * scale.to(gradient.dtype) for gradient in gradients),
        )
