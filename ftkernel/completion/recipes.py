"""Offers in the body of a recipe: its keys, and the values that each can have."""

import re
from collections.abc import Iterator, Mapping

from ftkernel import messages
from ftkernel.completion import values
from ftkernel.completion.offers import Completion, Completions, Surroundings, matching
from ftkernel.completion.places import Place, place_at, top_level
from ftkernel.recipe import registry
from ftkernel.recipe.key import Key
from ftkernel.recipe.narrow import pairs_of
from ftkernel.recipe.source_values import OPTIONS, PLACES
from ftkernel.views import facts
from ftkernel.views import keys as view

_COLON_FOLLOWS = re.compile(r"[\w-]*[\"']?\s*:")
_LONGEST_NOTE = 28
_LONGEST_NAME = 60
_NESTED = {"model": ("base", "adapter"), "source": ("file", "hub", "variable", *OPTIONS)}
"""The keys below a key of this kind."""


def complete(body: str, position: int, first: int, surroundings: Surroundings) -> Completions:
    """What can stand at a position of the cell.

    Args:
        body: the recipe.
        position: of the cursor in the cell.
        first: where the recipe begins in the cell.
        surroundings: what else can be spoken of.
    """
    before = body[: position - first]
    after = body[position - first :].split("\n", 1)[0]
    place = place_at(before.split("\n"))
    offers = list(_offers(place, _written(body, before), after, surroundings))
    return Completions(position - len(values.part(place).fragment), position, tuple(offers))


def explain(body: str, position: int) -> str | None:
    """What the key at a position of a recipe means, in full."""
    start = body.rfind("\n", 0, position) + 1
    line = body[start:].split("\n", 1)[0]
    before = line[: position - start]
    place = place_at([*body[:start].split("\n")[:-1], before])
    if place.kind == "none":
        return None
    word = re.compile(r"[\w-]*")
    begin = len(before) - len(re.search(r"[\w-]*$", before).group())  # pyright: ignore[reportOptionalMemberAccess]
    match = word.match(line, begin)
    key = registry.find(match.group()) if place.kind == "key" and match else None
    if key is None and place.path:
        key = registry.find(place.path[0])
    return facts.lines(view.key_facts(key)) if key is not None else None


def _written(body: str, before: str) -> dict[str, str]:
    """The keys at the top with their values, without the line that the cursor is in."""
    start = before.count("\n")
    lines = body.split("\n")
    found = top_level(lines[:start] + lines[start + 1 :])
    return {(key.name if (key := registry.find(name)) else name): v for name, v in found.items()}


def _offers(
    place: Place, written: Mapping[str, str], after: str, surroundings: Surroundings
) -> Iterator[Completion]:
    if place.kind == "none":
        return
    if place.kind == "variable":
        key = registry.find(place.path[0]) if place.path else None
        yield from values.variables(place.fragment, key, surroundings, "")
        return
    key = registry.find(place.path[0]) if place.path else None
    nested = _nested(key) if key is not None else ()
    # An item of several sources is a place as a rule, and a mapping only where one was begun.
    begins = nested and place.lead == "- " and len(place.path) == 1
    if place.kind == "key" or (begins and key is not None and key.kind != "source"):
        colon = "" if _COLON_FOLLOWS.match(after) else ": "
        names = _below(key, nested, place) if place.path else _keys(place, written)
        for offer in names:
            text = f"{(place.quote and offer.text + place.quote) or offer.text}{colon}"
            yield Completion(text, offer.kind, offer.note, offer.help)
    elif key is not None and len(place.path) == 1:
        yield from values.offers(key, place, after, written, surroundings)
    elif key is not None and len(place.path) == 2 and key.kind == "model":
        inner = registry.KEYS["model_name_or_path" if place.path[1] == "base" else _ADAPTER]
        yield from values.offers(inner, place, after, written, surroundings)
    elif key is not None and len(place.path) == 2 and key.kind == "source":
        inner = key if place.path[1] in PLACES else OPTIONS.get(place.path[1])
        if inner is not None:
            yield from values.offers(inner, place, after, written, surroundings)
    elif key is not None and len(place.path) == 2:
        given = (pairs_of(key.example) or {}).get(place.path[1])
        yield from values.examples(place, given)


_ADAPTER = "adapter_name_or_path"


def _nested(key: Key) -> tuple[str, ...]:
    if key.names:
        return key.names
    if key.kind == "mapping":
        return tuple(pairs_of(key.example) or ())
    return _NESTED.get(key.kind, ())


def _below(key: Key | None, names: tuple[str, ...], place: Place) -> Iterator[Completion]:
    if key is None or len(place.path) != 1:
        return
    offers = [Completion(name, "key", key.name) for name in names if name not in place.beside]
    yield from matching(place.fragment, offers)


def _keys(place: Place, written: Mapping[str, str]) -> list[Completion]:
    """The keys that are not there yet, those that apply first."""
    beside = {key.name for name in place.beside if (key := registry.find(name))}
    free = [
        key for key in registry.implemented() if key.name not in written and key.name not in beside
    ]
    misfits = {key.name: _misfit(key, written) for key in free}
    free.sort(key=lambda key: bool(misfits[key.name]))
    offers = [offer for key in free for offer in _named(key, misfits[key.name])]
    found = matching(place.fragment, offers)
    return found or _meant(place.fragment, {key.name for key in free})


def _meant(fragment: str, free: set[str]) -> list[Completion]:
    """What people of other tools write, and near misspellings, where nothing begins so."""
    if not 2 <= len(fragment) <= _LONGEST_NAME:
        return []
    names = [name for name in registry.nearest(fragment) if name in registry.KEYS or name]
    keys = [key for name in names if (key := registry.find(name)) and key.name in free]
    return [_named(key, "")[0] for key in keys if key.status == "implemented"]


def _named(key: Key, note: str) -> list[Completion]:
    """A key under its name and its short names."""
    about = key.zh if messages.language() == "zh" else key.en
    words = note or _cut(_type_and_default(key))
    short = messages.text("completion.short_for", {"name": key.name})
    return [
        Completion(key.name, "key", words, about),
        *(Completion(alias, "key", note or short, about) for alias in key.aliases),
    ]


def _type_and_default(key: Key) -> str:
    """``float = 0.1``, ``lora, full``: short, since it stands beside the name."""
    words = ", ".join(map(str, key.choices)) if key.choices else key.kind
    known = key.default not in (None, (), "")
    return f"{words} = {view.default_words(key)}" if known and not key.choices else words


def _misfit(key: Key, written: Mapping[str, str]) -> str:
    """Why a key has no effect in this recipe; empty where it has one."""
    stage = written.get("stage") or str(registry.KEYS["stage"].default)
    method = written.get("finetuning_type") or str(registry.KEYS["finetuning_type"].default)
    if key.stages and stage not in key.stages:
        return messages.text("completion.only_stage", {"names": " / ".join(key.stages)})
    if key.methods and method not in key.methods:
        return messages.text("completion.only_method", {"names": " / ".join(key.methods)})
    if "train" not in key.jobs:
        return messages.text("completion.not_training")
    return ""


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_NOTE else f"{text[: _LONGEST_NOTE - 1]}…"
