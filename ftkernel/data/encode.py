"""From what a row says to the tokens of it and to which of them are learned.

The one place that decides this, and pure: no files, no torch. Learned are the answers, each with
the token that ends it (the one generation stops on) and nothing after it; with ``train_on_prompt``
everything. A row longer than the cutoff loses its end: what is left is exactly how a shorter row
would begin, so no answer is ever trained on a question it did not have. (LLaMA-Factory shortens
question and answer in proportion, which breaks both.) A row whose answers lie wholly behind the
cutoff is refused.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from ftkernel.data.conversation import Completion, Content, Conversation, Text
from ftkernel.data.encoded import Encoded, Options
from ftkernel.data.rows import TOO_LONG, RowFault
from ftkernel.data.spans import Example, find_answers, hidden
from ftkernel.data.special import Reader
from ftkernel.data.template import Template
from ftkernel.data.tokenizer import Tokenizer
from ftkernel.data.tokens import Tokens
from ftkernel.errors import FtError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

# What lies behind the cutoff is lost anyway, so texts far longer are shortened before they are
# tokenized: a row of 10 MB costs what its first tokens cost. If the part turns out too short, twice
# as much is read.
_CHARACTERS_PER_TOKEN = 32
_NEVER_SHORTENED = 50_000


@dataclass
class Counts:
    """How many rows something happened to on the way, to be said at the end."""

    conversations: int = 0
    plain: int = 0
    unrolled: int = 0
    unrolled_into: int = 0
    differs: int = 0
    rewritten: int = 0
    guarded: int = 0


def encode(
    content: Content, tokenizer: "PreTrainedTokenizerBase", options: Options | None = None
) -> list[Encoded]:
    """Encode one row; most rows give one example, see :mod:`ftkernel.data.spans`.

    Raises:
        RowFault: if nothing of it can be learned.
        FtError: if the tokenizer cannot be trained with.
    """
    [result] = Encoder(tokenizer, options).encode_all([content])
    if isinstance(result, RowFault):
        raise result
    return result


class Encoder:
    """Encodes rows with one tokenizer and one set of options.

    Raises:
        FtError: if no answer could ever end (no end token), or the tokenizer gives no character
            offsets.
    """

    def __init__(
        self, tokenizer: "PreTrainedTokenizerBase", options: Options | None = None
    ) -> None:
        typed = cast("Tokenizer", tokenizer)
        if not typed.is_fast:
            raise FtError("data.slow_tokenizer", tokenizer=type(tokenizer).__name__)
        self.options = options or Options()
        self.counts = Counts()
        self.template = Template(typed, self.options.enable_thinking)
        self._tokenizer = typed
        self._reader = Reader(typed)
        self._ends: frozenset[int] | None = None

    @property
    def end_ids(self) -> frozenset[int]:
        """The tokens that end an answer: the tokenizer's own, and the one of the template."""
        if self._ends is None:
            self._ends = end_ids(self._tokenizer, self.template, self._reader)
        return self._ends

    def encode_all(self, contents: Sequence[Content]) -> list[list[Encoded] | RowFault]:
        """Encode some rows; each gives its examples, or the fault that refuses it."""
        prepared = [self._prepare(content) for content in contents]
        flat = [e for examples in prepared if isinstance(examples, list) for e in examples]
        batch = [e for e in flat if not e.guarded and len(e.text) <= self._longest_text()]
        read = dict(
            zip(map(id, batch), self._reader.read_all([e.text for e in batch]), strict=True)
        )
        out: list[list[Encoded] | RowFault] = []
        for examples in prepared:
            try:
                if isinstance(examples, RowFault):
                    raise examples
                if isinstance(examples, list):
                    out.append([self._encode_example(e, read.get(id(e))) for e in examples])
                else:
                    out.append([self._encode_plain(examples)])
            except RowFault as fault:
                out.append(fault)
        return out

    def _longest_text(self) -> int:
        return max(_NEVER_SHORTENED, self.options.cutoff * _CHARACTERS_PER_TOKEN)

    def _prepare(self, content: Content) -> list[Example] | Completion | Text | RowFault:
        if not isinstance(content, Conversation):
            self.counts.plain += 1
            return content
        self.counts.conversations += 1
        texts = [text for m in content.messages for key, text in m.items() if key != "role"]
        guarded = self._reader.guard.needed(texts)
        try:
            if guarded:
                content = hidden(content, self._reader.guard.hide)
            examples = find_answers(content, self.template, only_last=self.options.only_last)
        except RowFault as fault:
            return fault
        self.counts.guarded += guarded
        if len(examples) > 1:
            self.counts.unrolled += 1
            self.counts.unrolled_into += len(examples)
        self.counts.differs += any(example.differs for example in examples)
        self.counts.rewritten += any(example.rewritten for example in examples)
        return [replace(example, guarded=True) for example in examples] if guarded else examples

    def _encode_example(self, example: Example, tokens: Tokens | None) -> Encoded:
        whole = tokens is not None
        if tokens is None:
            tokens, whole = self._read_enough(example)
        tokens = self._parted(example, tokens, whole)
        learned: list[tuple[int, int]] = []
        for span in example.spans:
            first = tokens.first_after(span.start)
            is_last = span.stop == len(example.text)
            stop = len(tokens.ids) if is_last else tokens.first_from(span.stop)
            end = _first_of(self.end_ids, tokens.ids, first, stop)
            if end is None and (whole or stop < len(tokens.ids)):
                raise RowFault("data.row_no_end")
            learned.append((first, stop if end is None else end + 1))
        return self._finish(tokens.ids, learned, whole=whole)

    def _read_enough(self, example: Example) -> tuple[Tokens, bool]:
        """The tokens of a text, or of so much of its beginning that the cutoff is passed."""
        for part in self._beginnings(example.text):
            tokens = self._reader.read(part, guarded=example.guarded)
            if len(tokens.ids) > self.options.cutoff:
                return tokens, False
        return self._reader.read(example.text, guarded=example.guarded), True

    def _beginnings(self, text: str) -> Iterator[str]:
        """Longer and longer beginnings of a text that is far too long; none of other texts."""
        length = self._longest_text()
        while length < len(text):
            yield text[:length]
            length *= 2

    def _parted(self, example: Example, tokens: Tokens, whole: bool) -> Tokens:
        """The tokens, parted where an answer begins inside one.

        In a chat the prompt is tokenized without its answer. Where the whole text gives other
        tokens for the prompt, it is tokenized in parts, so that training sees what a chat sees.
        """
        cuts = [s.start for s in example.spans if not self._is_clean(example, tokens, s.start)]
        if not cuts:
            return tokens
        end = len(example.text) if whole else tokens.offsets[-1][1]
        first = self._reader.read(example.text[: cuts[0]], guarded=example.guarded)
        ids, offsets = list(first.ids), list(first.offsets)
        for start, stop in zip(cuts, [*cuts[1:], end], strict=True):
            part = self._reader.read_on(example.text[start:stop], guarded=example.guarded)
            ids.extend(part.ids)
            offsets.extend((a + start, b + start) for a, b in part.offsets)
        if self._reader.decode(ids) != self._reader.decode(tokens.ids):
            raise RowFault("data.answer_inside_token")
        return Tokens(ids, offsets=offsets)

    def _is_clean(self, example: Example, tokens: Tokens, start: int) -> bool:
        """Whether the tokens before an answer are those that its prompt has on its own."""
        first = tokens.first_after(start)
        if first == len(tokens.ids):
            return True
        # Special tokens part a text, so it is enough to look from the last one on; that piece is
        # nearly always the same few words of the template, and remembered.
        back = first - 1
        while back > 0 and tokens.ids[back] not in self._reader.special_ids:
            back -= 1
        back = max(back, 0)
        piece = example.text[tokens.start_of(back) if back else 0 : start]
        return self._reader.ids_of(piece, example.guarded) == tuple(tokens.ids[back:first])

    def _encode_plain(self, content: Completion | Text) -> Encoded:
        if isinstance(content, Text):
            return self._finish(self._with_end(self._plain_ids(content.text)), None)
        before = self._plain_ids(content.prompt)
        while before and before[-1] == self._tokenizer.eos_token_id:
            before.pop()
        ids = self._plain_ids(content.prompt + content.completion)
        if ids[: len(before)] != before and len(before) <= self.options.cutoff:
            ids = [*before, *self._plain_ids(content.completion, begin=False)]
        ids = self._with_end(ids)
        whole = len(content.prompt) <= self._longest_text()
        return self._finish(ids, [(len(before), len(ids))], whole=whole)

    def _with_end(self, ids: list[int]) -> list[int]:
        eos = self._tokenizer.eos_token_id
        if eos is None:
            raise FtError("data.no_end_token_eos")
        return ids if ids[-1:] == [eos] else [*ids, eos]

    def _plain_ids(self, text: str, *, begin: bool = True) -> list[int]:
        """Plain text, begun as the tokenizer begins texts; enough of it to pass the cutoff."""
        ids: list[int] = []
        for part in (*self._beginnings(text), text):
            read = self._tokenizer(part, add_special_tokens=begin, verbose=False)
            ids = list(read["input_ids"])
            if len(ids) > self.options.cutoff:
                break
        bos = self._tokenizer.bos_token_id
        # A text that spells the first token itself would begin with it twice.
        return ids[1:] if bos is not None and ids[:2] == [bos, bos] else ids

    def _finish(
        self, ids: list[int], learned: list[tuple[int, int]] | None, *, whole: bool = True
    ) -> Encoded:
        """The example, cut; ``whole`` says whether ``ids`` are all tokens before the answers."""
        read, cut = len(ids), len(ids) > self.options.cutoff
        ids = ids[: self.options.cutoff]
        if learned is None or self.options.train_on_prompt:
            ranges = ((0, len(ids)),)
        else:
            ranges = tuple((a, min(b, len(ids))) for a, b in learned if a < len(ids))
        encoded = Encoded(array("i", ids), ranges, cut)
        if not encoded.trained_tokens:
            needed = learned[0][0] + 1 if learned else 2
            counted = whole or needed <= read
            begins = {"code": "data.at_token", "params": {"needed": needed}}
            if not counted:  # the tokens were not read to their end
                needed = self.options.cutoff
                begins = {"code": "data.far_beyond", "params": {"needed": needed}}
            raise RowFault(
                TOO_LONG,
                needed=needed,
                counted=counted,
                begins=begins,
                cutoff=self.options.cutoff,
            )
        return encoded


def _first_of(wanted: frozenset[int], ids: list[int], start: int, stop: int) -> int | None:
    """The index of the first wanted id in a range."""
    found = (ids.index(number, start, stop) for number in wanted if number in ids[start:stop])
    return min(found, default=None)


def end_ids(tokenizer: Tokenizer, template: Template, reader: Reader) -> frozenset[int]:
    """The tokens that end an answer: the tokenizer's own, and the one that the template writes.

    Raises:
        FtError: if the template writes none, so that no answer would ever end.
    """
    messages = ({"role": "user", "content": "a"}, {"role": "assistant", "content": "b"})
    example = find_answers(Conversation(messages), template)[-1]
    tokens = reader.read(example.text)
    ids = tokens.ids[tokens.first_after(example.spans[0].start) :]
    eos = tokenizer.eos_token_id
    if eos is not None and eos in ids:
        return frozenset({eos})
    special = [number for number in ids if number in reader.special_ids]
    if not special:
        raise FtError("data.no_end_token_template")
    return frozenset({special[-1]} if eos is None else {special[-1], eos})
