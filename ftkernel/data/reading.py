"""A rendered conversation as tokens, with its answers as ranges of them.

Tokens are those that a chat has: where an answer begins inside a token of the whole text, the text
is tokenized in parts. What lies far behind the cutoff is not tokenized.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ftkernel.data.ends import Ends
from ftkernel.data.rendered import Renderer
from ftkernel.data.rows import RowFault
from ftkernel.data.shorter import droppable, shortened, without
from ftkernel.data.spans import Example, Said, Span, content_of
from ftkernel.data.special import Reader
from ftkernel.data.tokens import Parted, Tokens
from ftkernel.data.truncation import Answer, Regions, Uncut


class Reading:
    """Turns examples into rows of tokens that may still be too long.

    Args:
        reader: of the tokenizer.
        renderer: of the conversations.
        ends: the tokens that end answers.
        locate: renders a conversation again, as one example.
        cutoff: of rows, in tokens.
        longest: characters that are always read.
        way: what becomes of rows that are too long, see :mod:`ftkernel.data.truncation`.
    """

    def __init__(
        self, reader: Reader, renderer: Renderer, ends: Callable[[], Ends],
        locate: Callable[[Said, bool], Example], cutoff: int, longest: int, way: str,
    ) -> None:  # fmt: skip
        self._reader = reader
        self._renderer = renderer
        self._ends = ends
        self._locate = locate
        self._cutoff = cutoff
        self._longest = longest
        self._way = way

    def read_all(self, examples: Sequence[Example]) -> dict[int, Tokens]:
        """The tokens of all examples that are read in one go, by the identity of the example."""
        able = [e for e in examples if not e.guarded and len(e.text) <= self._longest]
        whole = [example for example in able if not example.cuts]
        parted = [example for example in able if example.cuts]
        found = self._reader.read_all([example.text for example in whole])
        apart = self._reader.read_parted([(e.text, _cuts_of(e)) for e in parted])
        return dict(zip(map(id, [*whole, *parted]), [*found, *apart], strict=True))

    def uncut(self, example: Example, tokens: Tokens | None, *, pair: bool = False) -> Uncut:
        """The row of an example.

        Args:
            example: rendered.
            tokens: of its text; ``None``: they are read here.
            pair: it is one side of a pair: its prompt ends before its first answer.

        Raises:
            RowFault: if an answer cannot be told apart from its prompt, or nothing ends it.
        """
        messages = len(example.said.messages)
        whole = tokens is not None
        if tokens is None:
            example, tokens, whole = self._read_enough(example, pair)
        tokens = parted(self._reader, example, tokens, whole)
        answers = tuple(self._answers(example, tokens, whole))
        prompt = len(tokens.ids)
        if answers:
            prompt = min(answers[0 if pair else _last_begin(example)].start, prompt)
        # The short side of a pair is cut with the long one.
        if (len(tokens.ids) <= self._cutoff and not pair) or self._way != "turns":
            return Uncut(tokens.ids, answers, prompt, whole=whole)
        steps = droppable(example.said.messages, _limit(example.said, pair))

        def shorter(count: int) -> Uncut:
            said = without(example.said, steps[count - 1])
            found = self._locate(said, example.guarded)
            row = self.uncut(found, None, pair=pair)
            dropped = messages - len(example.said.messages) + len(steps[count - 1])
            return replace(row, dropped=dropped)

        return Uncut(
            tokens.ids,
            answers,
            prompt,
            units=len(steps),
            shorter=shorter,
            regions=lambda: self._regions(example, tokens, pair),
            align=lambda index, stop: _align(tokens, index, stop),
            dropped=messages - len(example.said.messages),
            whole=whole,
        )

    def _answers(self, example: Example, tokens: Tokens, whole: bool) -> Iterator[Answer]:
        count, spans = len(tokens.ids), example.spans
        for number, span in enumerate(spans):
            before = spans[number - 1] if span.goes_on else None
            after = spans[number + 1] if not span.ends and number + 1 < len(spans) else None
            first = min(tokens.first_after(span.start), count)
            if before is not None:
                first = min(_border(tokens, before, span), count)
            stop = tokens.after(span.stop) if span.ends else tokens.first_from(span.stop)
            if after is not None and after.goes_on:
                stop = _border(tokens, span, after)
            stop = min(stop, count)
            reaches = whole or stop < count
            ends = self._ends()
            is_token = tokens.ids[stop - 1] in ends.ids or ends.fault is not None
            if span.ends and reaches and not is_token:
                raise RowFault("data.row_no_end")
            yield Answer(first, max(stop, first), span.ends and reaches, span.weight)

    def _read_enough(self, example: Example, pair: bool) -> tuple[Example, Tokens, bool]:
        """The tokens of a text, or of so much of it that the cutoff is passed."""
        if self._way == "turns":
            length = self._longest
            while length < len(example.text):
                said = shortened(example.said, _limit(example.said, pair), length)
                if said == example.said:
                    break
                short = self._locate(said, example.guarded)
                tokens = self._read(short)
                count = len(tokens.ids)
                if len(said.messages[-1]["content"]) < len(example.said.messages[-1]["content"]):
                    # Its end is not there, so that it must be sure to be cut.
                    count -= tokens.first_after(short.spans[-1].start) if short.spans else 0
                if count > self._cutoff:
                    return short, tokens, True
                length *= 2
        elif self._way in ("tail", "error"):
            for part in self._beginnings(example.text):
                tokens = self._reader.read(part, guarded=example.guarded)
                if len(tokens.ids) > self._cutoff:
                    return example, tokens, False
        return example, self._read(example), True

    def _read(self, example: Example) -> Tokens:
        if not example.cuts:
            return self._reader.read(example.text, guarded=example.guarded)
        texts = [(example.text, _cuts_of(example))]
        return self._reader.read_parted(texts, guarded=example.guarded)[0]

    def _beginnings(self, text: str) -> Iterator[str]:
        """Longer and longer beginnings of a text that is far too long; none of other texts."""
        length = self._longest
        while length < len(text):
            yield text[:length]
            length *= 2

    def _regions(self, example: Example, tokens: Tokens, pair: bool) -> Regions:
        """The tokens of what was asked, message by message, between the template's own words."""
        out: Regions = []
        for index in range(_limit(example.said, pair)):
            if example.said.messages[index]["role"] in ("system", "assistant"):
                continue
            place = content_of(example.said, index, example.text, self._renderer)
            if place is not None:
                start, stop = tokens.first_from(place[0]), tokens.first_after(place[1])
                if stop > start:
                    out.append((start, stop))
        return out


def parted(reader: Reader, example: Example, tokens: Tokens, whole: bool = True) -> Tokens:
    """The tokens of an example, parted where an answer begins inside one.

    In a chat the prompt is tokenized without its answer. Where the whole text gives other tokens
    for the prompt, it is tokenized in parts, so that training sees what a chat sees.

    Args:
        reader: of the tokenizer.
        example: the text.
        tokens: of the text, or of its beginning.
        whole: whether they are of all of it.

    Raises:
        RowFault: if the parts would say something else than the whole.
    """
    if isinstance(tokens, Parted):
        return tokens
    end = len(example.text) if whole else tokens.offsets[-1][1]
    starts = sorted({*example.begun, *_begins(example)} - {0})
    cuts = [at for at in starts if at < end and not _is_clean(reader, example, tokens, at)]
    if not cuts:
        return tokens
    first = reader.read(example.text[: cuts[0]], guarded=example.guarded)
    ids, offsets = list(first.ids), list(first.offsets)
    for start, stop in zip(cuts, [*cuts[1:], end], strict=True):
        part = reader.read_on(example.text[start:stop], guarded=example.guarded)
        ids.extend(part.ids)
        offsets.extend((a + start, b + start) for a, b in part.offsets)
    if reader.decode(ids) != reader.decode(tokens.ids):
        raise RowFault("data.answer_inside_token")
    return Tokens(ids, offsets=offsets)


def _is_clean(reader: Reader, example: Example, tokens: Tokens, start: int) -> bool:
    """Whether the tokens before an answer are those that its prompt has on its own."""
    first = tokens.first_after(start)
    if first >= len(tokens.ids):
        return True
    # Special tokens part a text, so it is enough to look from the last one on; that piece is
    # nearly always the same few words of the template, and remembered.
    back = first - 1
    while back > 0 and tokens.ids[back] not in reader.special_ids:
        back -= 1
    back = max(back, 0)
    piece = example.text[tokens.start_of(back) if back else 0 : start]
    return reader.ids_of(piece, example.guarded) == tuple(tokens.ids[back:first])


def _border(tokens: Tokens, before: Span, after: Span) -> int:
    """The first token of the later part of an answer; one of both counts as the lesser does."""
    if after.weight < before.weight:
        return tokens.first_after(after.start)
    return tokens.first_from(after.start)


def _limit(said: Said, pair: bool) -> int:
    """The first message that is no prompt's."""
    if not said.answers:
        return len(said.messages)
    return said.answers[0 if pair else -1][0]


def _last_begin(example: Example) -> int:
    """The index of the first span of the last answer."""
    ended = [number for number, span in enumerate(example.spans[:-1]) if span.ends]
    return ended[-1] + 1 if ended else 0


def _cuts_of(example: Example) -> tuple[int, ...]:
    """Where a text is parted: answers begin at a token of their own in any case."""
    return tuple(sorted({*example.cuts, *_begins(example)} - {0}))


def _begins(example: Example) -> list[int]:
    """Where answers begin; their later parts were never asked for by themselves."""
    return [span.start for span in example.spans if not span.goes_on]


def _align(tokens: Tokens, index: int, stop: int) -> int:
    """The first token from an index on that begins a character, not one inside."""
    offsets = tokens.offsets
    while 0 < index < stop and offsets[index][0] < offsets[index - 1][1]:
        index += 1
    return index
