"""What ends an answer: found by writing a stand-in for one, as the last word and as history.

The end is the last special token that follows an answer in both. A token that stands there only
after the very last answer (some templates close a whole conversation) is not what a turn ends with;
one that follows in the history alone begins the next turn. Answers that call tools may end on
another token than others; both are found.
"""

from collections.abc import Sequence

from ftkernel.data.rendered import Renderer
from ftkernel.data.rows import RowFault
from ftkernel.data.special import Reader
from ftkernel.errors import FtError

# Private characters outside those of ftkernel.data.special; long enough that no row has them by
# chance.
STAND_IN = "\U0010fff0\U0010fff1" * 4


class Ends:
    """The tokens that end answers, and where they stand in a text.

    Args:
        renderer: writes conversations.
        reader: turns texts into tokens.
        to_look: rows are only looked at: what would refuse a run is kept in :attr:`fault`, and an
            end that is no token of the tokenizer counts as the text that it is spelled with.

    Raises:
        FtError: if nothing ends an answer, so that no model could learn to stop.
    """

    def __init__(self, renderer: Renderer, reader: Reader, *, to_look: bool = False) -> None:
        self.fault: FtError | None = None
        eos = reader.tokenizer.eos_token
        self._specials = reader.guard.names
        added = tuple(reader.added)
        plain = _tails(renderer, {"content": STAND_IN})
        if not plain:
            self._refuse(_why_not(renderer), to_look=to_look)
            plain = ("",)
        found = _end_in(plain, self._specials) or _end_in(plain, added)
        if found is None and eos and eos in plain[0]:
            found = eos
        if found is None and self.fault is None:
            self._refuse(_without_end(renderer, reader), to_look=to_look)
            spelled: tuple[str, ...] = getattr(renderer, "ends", ())
            found = next((text for text in spelled if text in plain[0]), None)
        called = _tails(renderer, {"content": "", "tool_calls": [_CALL]})
        other = (_end_in(called, self._specials) or _end_in(called, added)) if called else None
        self.texts = tuple(dict.fromkeys(text for text in (found, other) if text is not None))
        self.ids = frozenset(reader.added[text] for text in self.texts if text in reader.added)
        if len(self.ids) < len(self.texts) and self.fault is None:
            self._refuse(FtError("data.no_end_token_template"), to_look=to_look)
        self.stop_ids = self.ids | (
            {reader.tokenizer.eos_token_id} if reader.tokenizer.eos_token_id is not None else set()
        )
        stops = getattr(getattr(renderer, "spec", None), "stop", ())
        self.stop_ids |= {reader.added[word] for word in stops if word in reader.added}
        tails = [tail[0] for tail in (plain, called) if tail]
        self._closings = tuple(
            dict.fromkeys(
                tail[tail.rindex(end) :] for tail in tails for end in self.texts if end in tail
            )
        )

    def _refuse(self, fault: FtError, *, to_look: bool) -> None:
        self.fault = fault
        if not to_look:
            raise fault

    def without_specials(self, text: str) -> str:
        """A text without the special tokens in it."""
        for special in self._specials:
            text = text.replace(special, "")
        return text

    def after(self, text: str, start: int) -> int | None:
        """The character after the end of the answer that a text ends with.

        Args:
            text: ends with the answer and whatever the template puts after it.
            start: the first character of the answer.

        Returns:
            ``None`` where no end token closes it.
        """
        for closing in self._closings:
            if text.endswith(closing, start):
                end = next(e for e in self.texts if closing.startswith(e))
                return len(text) - len(closing) + len(end)
        stop = len(text)
        while stop > start:
            if text.endswith(self.texts, start, stop):
                return stop
            if text[stop - 1].isspace():
                stop -= 1
                continue
            closing = next((s for s in self._specials if text.endswith(s, start, stop)), None)
            if closing is None:
                return None
            stop -= len(closing)
        return None


_CALL = {
    "type": "function",
    "id": "abcdefghi",
    "function": {"name": "find", "arguments": {"what": STAND_IN}},
}
_TOOL = {
    "type": "function",
    "function": {
        "name": "find",
        "description": "Finds.",
        "parameters": {"type": "object", "properties": {"what": {"type": "string"}}},
    },
}


def _why_not(renderer: Renderer) -> FtError:
    """Why a template writes no conversation at all, in its own words."""
    try:
        renderer.conversation([{"role": "user", "content": "a"}, _ANSWER], [])
    except RowFault as fault:
        return FtError("data.template_fails", problem=fault.params.get("problem", fault.code))
    return FtError("data.no_end_token_template")


_ANSWER = {"role": "assistant", "content": "b"}


def _without_end(renderer: Renderer, reader: Reader) -> FtError:
    missing = getattr(renderer, "missing", None)
    if missing and (words := missing(reader.added)):
        name = str(getattr(renderer, "name", ""))
        return FtError("data.end_not_in_vocabulary", template=name, token=words[0])
    return FtError("data.no_end_token_template")


def _tails(renderer: Renderer, said: dict[str, object]) -> tuple[str, ...]:
    """What follows an answer as the last word, and then as history where that can be written."""
    calls = "tool_calls" in said
    tools = [_TOOL] if calls else []
    asked = {"role": "user", "content": "a"}
    answer = {"role": "assistant", **said}
    reply = {"role": "tool", "name": "find", "tool_call_id": "abcdefghi", "content": "c"}
    after = [reply if calls else asked, {"role": "assistant", "content": "b"}]
    for before in ([asked], [{"role": "system", "content": "s"}, asked]):
        out: list[str] = []
        for messages in ([*before, answer], [*before, answer, *after]):
            try:
                text = renderer.conversation(messages, tools).text
            except RowFault:
                break
            _, found, tail = text.rpartition(STAND_IN)
            if not found:
                break
            out.append(tail)
        if out:
            return tuple(out)
    return ()


def _end_in(tails: Sequence[str], tokens: Sequence[str]) -> str | None:
    """The last token of those that lies whole in what all tails begin with."""
    short = min(tails, key=len)
    size = next((i for i in range(len(short)) if len({t[i] for t in tails}) > 1), len(short))
    common = short[:size]
    places = [(common.rfind(token), len(token), token) for token in tokens]
    found = max(((at + size, size, token) for at, size, token in places if at >= 0), default=None)
    return found[2] if found else None
