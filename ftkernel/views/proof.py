"""The proof of a merge: how far the written model is from base and adapter, against the bound."""

from ftkernel import messages
from ftkernel.views import amounts, facts, fields
from ftkernel.views.facts import Facts
from ftkernel.views.fields import Event


def mime_bundle(proof: Event) -> dict[str, object]:
    """The proof by mime type.

    Args:
        proof: the fields of a ``merge_verified`` event, or the result of a merge job; ``bytes``,
            ``files`` and ``seconds`` are shown where they are there.
    """
    return facts.mime_bundle(proof_facts(proof))


def proof_facts(proof: Event) -> Facts:
    """The proof as facts with a verdict."""
    kl, bound = fields.number(proof, "kl"), fields.number(proof, "kl_bound")
    is_proven = kl is not None and bound is not None and kl <= bound
    agreement = fields.number(proof, "token_agreement")
    shown = {
        "path": fields.text(proof, "path"),
        "dtype": fields.text(proof, "dtype"),
        "kl": _of_bound(kl, bound),
        "logit": amounts.significant(fields.number(proof, "largest_logit_difference")),
        "agreement": amounts.percent(None if agreement is None else 100 * agreement),
        "compared": _compared(proof),
        "size": _size(proof),
        "seconds": amounts.duration(fields.number(proof, "seconds")),
    }
    rows = [
        (messages.text(f"views.proof.{name}"), value)
        for name, value in shown.items()
        if value not in ("", amounts.MISSING)
    ]
    verdict = messages.text(f"views.proof.{'proven' if is_proven else 'not_proven'}")
    return Facts(messages.text("views.proof.title"), verdict, is_proven, rows)


def _of_bound(kl: float | None, bound: float | None) -> str:
    parts = {"kl": amounts.significant(kl), "bound": amounts.significant(bound)}
    return messages.text("views.proof.kl_of", parts)


def _compared(proof: Event) -> str:
    prompts, tokens = fields.whole(proof, "prompts"), fields.whole(proof, "tokens")
    if prompts is None or tokens is None:
        return ""
    parts = {"prompts": amounts.count(prompts), "tokens": amounts.count(tokens)}
    return messages.text("views.proof.compared_of", parts)


def _size(proof: Event) -> str:
    size, files = fields.whole(proof, "bytes"), fields.whole(proof, "files")
    if size is None:
        return ""
    if files is None:
        return amounts.data_size(size)
    parts = {"size": amounts.data_size(size), "files": amounts.count(files)}
    return messages.text("views.proof.size_of", parts)
