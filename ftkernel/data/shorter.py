"""A conversation with less in it: without its oldest rounds, and with long contents shortened.

Pure functions over messages; which of them are answers is carried along.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from ftkernel.data.content import Message, texts_of
from ftkernel.data.spans import Said


def droppable(messages: Sequence[Message], limit: int) -> list[frozenset[int]]:
    """What can be left out, step by step: each step holds the indices of those before it.

    First the rounds before the last, a question and its answers each; then, within the last round,
    each call of tools with what they answered. The system prompt, the last question and everything
    from ``limit`` on stay.
    """
    first = next((i for i, m in enumerate(messages) if m["role"] != "system"), limit)
    rounds = [first] + [
        index
        for index in range(first + 1, limit)
        if messages[index]["role"] == "user" and messages[index - 1]["role"] != "user"
    ]
    steps: list[frozenset[int]] = []
    gone: frozenset[int] = frozenset()
    answers = [i for i in range(rounds[-1] + 1, limit) if messages[i]["role"] == "assistant"]
    for start, stop in (*itertools.pairwise(rounds), *itertools.pairwise([*answers, limit])):
        gone |= frozenset(range(start, stop))
        steps.append(gone)
    return steps


def without(said: Said, gone: frozenset[int]) -> Said:
    """The conversation without some messages, and without what was learned of them."""
    kept = [index for index in range(len(said.messages)) if index not in gone]
    place = {index: number for number, index in enumerate(kept)}
    return replace(
        said,
        messages=tuple(said.messages[index] for index in kept),
        answers=tuple((place[i], weight) for i, weight in said.answers if i in place),
    )


def shortened(said: Said, limit: int, characters: int) -> Said:
    """A conversation that is far too long, with about as much text as will be cut to the cutoff.

    Args:
        said: the conversation.
        limit: messages from here on are not left out.
        characters: more than the cutoff can hold.
    """
    steps = droppable(said.messages, limit)
    sizes = [sum(map(len, texts_of(message))) for message in said.messages]
    total = sum(sizes)
    # One more round stays than there seems to be room for: a round that is left out here must not
    # be one that would have fitted.
    chosen = frozenset[int]()
    for gone in steps:
        if total - sum(sizes[index] for index in gone) < characters:
            break
        chosen = gone
    return _with_shorter_contents(without(said, chosen), characters)


def _with_shorter_contents(said: Said, characters: int) -> Said:
    messages = list(said.messages)
    last = said.answers[-1][0] if said.answers else len(messages)
    for index, message in enumerate(messages):
        content = message["content"]
        if len(content) <= characters:
            continue
        if index == last:
            messages[index] = {**message, "content": content[:characters]}
            if "parts" in message:
                messages[index]["parts"] = _beginning(message["parts"], characters)
        elif message["role"] not in ("system", "assistant"):
            messages[index] = {**message, "content": content[-characters:]}
    return replace(said, messages=tuple(messages))


def _beginning(parts: Sequence[Message], characters: int) -> list[Message]:
    """Parts of a content with so many characters together."""
    out: list[Message] = []
    for part in parts:
        if characters > 0:
            out.append({**part, "content": part["content"][:characters]})
        characters -= len(part["content"])
    return out
