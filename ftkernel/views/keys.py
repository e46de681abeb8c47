"""The recipe's keys as tables by group, and one key in full; drawn from their declarations."""

from collections.abc import Iterable

from ftkernel import messages
from ftkernel.recipe import showing
from ftkernel.recipe.key import Key
from ftkernel.recipe.narrow import items_of
from ftkernel.recipe.registry import GROUPS
from ftkernel.views import amounts, facts, markup, text
from ftkernel.views.escape import escape
from ftkernel.views.facts import Facts

_COLUMNS = ("name", "type", "default", "help")


def mime_bundle(keys: Iterable[Key], *, folded: bool = True) -> dict[str, object]:
    """The keys by mime type.

    Args:
        keys: the keys to show; they are put into the order of the groups.
        folded: whether the reader opens each group in the page.
    """
    groups = _grouped(keys)
    return {"text/html": _html(groups, folded=folded), "text/plain": _plain(groups)}


def key_bundle(key: Key) -> dict[str, object]:
    """One key in full, by mime type."""
    return facts.mime_bundle(key_facts(key))


def key_facts(key: Key) -> Facts:
    """Everything that is known about a key."""
    shown = {
        "type": type_words(key),
        "default": default_words(key),
        "example": f"{key.name}: {showing.example(key)}" if key.example is not None else "",
        "aliases": ", ".join(key.aliases),
        "jobs": ", ".join(key.jobs),
        "stages": ", ".join(key.stages),
        "methods": ", ".join(key.methods),
        "becomes": key.becomes or "",
        "reason": _chosen(key.reason_en, key.reason_zh),
    }
    rows = [(messages.text(f"views.keys.{name}"), value) for name, value in shown.items() if value]
    status = messages.text(f"views.keys.status.{key.status}")
    is_usable = key.status in ("implemented", "translated")
    return Facts(key.name, status, is_usable, rows, [_chosen(key.en, key.zh)])


def type_words(key: Key) -> str:
    """The choices, or the type with its range."""
    if key.choices:
        return " | ".join(str(choice) for choice in key.choices)
    bounds = (("≥", key.ge), (">", key.gt), ("≤", key.le), ("<", key.lt))
    limits = [f"{sign} {bound:g}" for sign, bound in bounds if bound is not None]
    kind = messages.text(f"views.keys.kind.{key.kind}")
    return " ".join([kind, *([", ".join(limits)] if limits else [])])


def default_words(key: Key) -> str:
    """The default, or who decides it."""
    if key.default is None:
        return _chosen(key.auto_en, key.auto_zh) or amounts.MISSING
    if isinstance(key.default, bool):
        return str(key.default).lower()
    if (several := items_of(key.default)) is not None:
        return ", ".join(str(one) for one in several)
    return f"{key.default:g}" if isinstance(key.default, float) else str(key.default)


def _chosen(english: str, chinese: str) -> str:
    return chinese if messages.language() == "zh" else english


def _row(key: Key) -> list[str]:
    return [key.name, type_words(key), default_words(key), _chosen(key.en, key.zh)]


def _grouped(keys: Iterable[Key]) -> dict[str, list[Key]]:
    """The keys by the title of their group, groups in their order."""
    wanted = list(keys)
    groups = {
        _chosen(*titles): [key for key in wanted if key.group == group]
        for group, titles in GROUPS.items()
    }
    return {title: found for title, found in groups.items() if found}


def _html(groups: dict[str, list[Key]], *, folded: bool) -> str:
    head = [messages.text(f"views.keys.{name}") for name in _COLUMNS]
    opened = "" if folded else " open"
    return "".join(
        f'<details{opened} class="ftkernel" style="margin:2px 0"><summary style="cursor:pointer">'
        f"<strong>{escape(title)}</strong> ({len(keys)})</summary>"
        + markup.table("", head, [_cells(key) for key in keys])
        + "</details>"
        for title, keys in groups.items()
    )


def _cells(key: Key) -> list[str]:
    name, *rest = _row(key)
    return [markup.code(name), *(escape(cell) for cell in rest)]


def _plain(groups: dict[str, list[Key]]) -> str:
    blocks = [
        "\n".join(
            [
                f"{title}:",
                text.columns([(f"  {key.name}", default_words(key), _row(key)[3]) for key in keys]),
            ]
        )
        for title, keys in groups.items()
    ]
    return "\n".join(blocks)
