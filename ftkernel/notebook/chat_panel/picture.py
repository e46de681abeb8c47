"""A panel as the page draws it: JSON, every text a person reads in both languages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ftkernel import messages
from ftkernel.api.chat_keeping import kept_memory
from ftkernel.api.chat_live import costs
from ftkernel.api.chat_sides import Subject, side_label, sides_of, trains_for
from ftkernel.api.conversation import Conversation, Reply, Round, Turn
from ftkernel.api.transcript import Known
from ftkernel.errors import FtError, from_json
from ftkernel.subcommands.following import phase_text
from ftkernel.views.amounts import data_size

LANGUAGES: tuple[messages.Language, ...] = ("en", "zh")


def both(code: str, **params: object) -> list[str]:
    """A text in English and in Chinese."""
    return [messages.text(code, params, language) for language in LANGUAGES]


def phase(line: Mapping[str, Any]) -> list[str]:
    """What a worker is doing while it loads, in English and in Chinese."""
    out: list[str] = []
    for language in LANGUAGES:
        with messages.speaking(language):
            out.append(phase_text(line))
    return out


def lines(error: FtError) -> list[list[str]]:
    """An error's lines in English and in Chinese."""
    return [error.lines(language) for language in LANGUAGES]


def together(errors: Iterable[list[list[str]]]) -> list[list[str]]:
    """The lines of several errors, one after the other."""
    return [[line for one in parts for line in one] for parts in zip(*errors, strict=True)]


def turns(conversation: Conversation, start: int = 0) -> list[dict[str, Any]]:
    """What is meant of a conversation, from one turn on."""
    return [_turn(turn, round_) for turn, round_ in conversation.path()[start:]]


def _turn(turn: Turn, round_: Round | None) -> dict[str, Any]:
    return {
        "id": turn.id,
        "text": turn.text,
        "versions": [one.id for one in turn.after.turns],
        "rounds": [one.id for one in turn.rounds],
        "round": round_.id if round_ is not None else None,
        "replies": [_reply(one) for one in round_.replies.values()] if round_ is not None else [],
    }


def _reply(reply: Reply) -> dict[str, Any]:
    code, params = side_label(reply.side)
    details = reply.details
    facts = [] if not details.get("tokens") else [_facts(details)]
    return {
        "side": reply.side,
        "label": both(code, **params),
        "text": reply.text,
        "state": reply.state,
        "inside": bool(details.get("inside")),
        "thinking": details.get("thinking"),
        "facts": facts,
        "notes": [both(str(one["code"]), **one.get("params", {})) for one in reply.notes],
        "error": lines(from_json(reply.error)) if reply.error is not None else None,
    }


def _facts(details: Mapping[str, Any]) -> list[str]:
    finish = details.get("finish")
    known = finish if finish in ("stop", "length", "cancelled") else "stop"
    return both(
        f"chat_panel.facts.{known}",
        tokens=details.get("tokens"),
        seconds=f"{float(details.get('seconds') or 0):.1f}",
        rate=f"{float(details.get('tokens_per_second') or 0):.1f}",
        seed=details.get("seed"),
    )


def sides(subject: Subject) -> list[dict[str, Any]]:
    """The sides that can be asked now."""
    out: list[dict[str, Any]] = []
    for side in sides_of(subject):
        code, params = side_label(side)
        out.append({"id": side, "label": both(code, **params)})
    return out


def sources(subject: Subject, chosen: Sequence[str]) -> list[list[str]]:
    """Who answers for the chosen sides, and what that costs, in sentences."""
    if subject.folder is None:
        return []
    training = [side for side in chosen if trains_for(subject, side)]
    other = [side for side in chosen if side not in training]
    out: list[list[str]] = []
    if training:
        out += [both(code, **params) for code, params in costs(subject.folder).said()]
    if other and subject.is_live:
        out.append(both("chat_panel.source.second", name=subject.name))
    held = kept_memory(subject.folder.path)
    if held:
        out.append(both("chat_panel.source.held", memory=data_size(held)))
    if len(other) > 1 and any(side.startswith("step-") for side in other):
        out.append(both("chat_panel.source.in_turn"))
    return out


def conversations(found: Sequence[Known], current: str | None) -> list[dict[str, Any]]:
    """The conversations that can be opened."""
    return [
        {"name": one.name, "title": one.title, "changed": one.changed, "open": one.name == current}
        for one in found
    ]
