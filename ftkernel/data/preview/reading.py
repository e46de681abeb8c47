"""All resulting rows of a recipe, read in the background while somebody looks at the first of them.

One thread reads; what it has read can be asked for at any time, by index or by filter, together
with totals "of N rows read". Nothing is refused here that would refuse a run: it is told.
"""

import copy
import threading
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

from ftkernel.data.encoded import EncodedPrompt
from ftkernel.data.findings import Finding
from ftkernel.data.gate import Gate
from ftkernel.data.pipeline import Result, Stream
from ftkernel.data.preview.kept import KeptResults
from ftkernel.data.preview.row import row_json, token_texts
from ftkernel.data.report import refusals
from ftkernel.errors import FtError

Filter = Literal["all", "cut", "longest", "shortest", "duplicates", "nothing_trained", "contains"]
FILTERS: tuple[str, ...] = get_args(Filter)

BINS = 24
"""Bars of the histogram of lengths."""
_CUT, _UNTRAINED = 1, 2
_WAITS = 0.2
_NEVER = float("inf")


class Reading:
    """The rows of one recipe and key, read once.

    Args:
        stream: gives them.
        tokenizer: to show tokens with; is copied, since a tokenizer is not for two threads.
    """

    def __init__(self, stream: Stream, tokenizer: Any) -> None:  # noqa: ANN401 - a tokenizer
        self.stream = stream
        self.gate = Gate()
        self._tokenizer = copy.deepcopy(tokenizer)
        added = self._tokenizer.added_tokens_decoder
        self._special = {number for number, token in added.items() if token.special}
        self._kept = KeptResults()
        self._lengths = array("I")
        self._trained = array("I")
        self._flags = array("B")
        self._news = threading.Condition()
        self._fault: BaseException | None = None
        self._done = False
        self._ended = False
        threading.Thread(target=self._read, name="ftkernel-preview", daemon=True).start()

    def close(self) -> None:
        """Read no more, and give the room on disk back."""
        self._ended = True
        with self._news:
            self._news.notify_all()

    @property
    def is_done(self) -> bool:
        """Whether every row was read."""
        return self._done

    def __len__(self) -> int:
        return len(self._flags)

    def wait_for(self, count: float = _NEVER, given_up: Callable[[], object] = bool) -> None:
        """Wait until so many rows are there, or all there are.

        Raises:
            FtError: what ended the reading; not where the rows asked for came before it.
        """
        while len(self) < count and not self._done and not given_up():
            with self._news:
                if len(self) < count and not self._done and self._fault is None:
                    self._news.wait(_WAITS)
            if self._fault is not None and len(self) < count:
                raise self._fault

    def row(self, index: int) -> dict[str, Any]:
        """One row as JSON; see :func:`ftkernel.data.preview.row.row_json`.

        Raises:
            FtError: if there is none of that index.
        """
        if not 0 <= index < len(self):
            raise FtError("data.preview_no_row", index=index, rows=len(self))
        return row_json(index, self._kept[index], self._decode)

    def tokens(self, ids: Sequence[int]) -> dict[str, list[Any]]:
        """The ``text`` of each token, and the indices of the ``special`` ones."""
        special = [index for index, number in enumerate(ids) if number in self._special]
        return {"text": token_texts(ids, self._decode), "special": special}

    def matching(self, wanted: Filter, text: str = "") -> list[int]:
        """The indices that a filter leaves, of the rows read so far, in the order to show."""
        count = len(self)
        match wanted:
            case "cut":
                return [index for index in range(count) if self._flags[index] & _CUT]
            case "nothing_trained":
                return [index for index in range(count) if self._flags[index] & _UNTRAINED]
            case "longest" | "shortest":
                sign = -1 if wanted == "longest" else 1
                return sorted(range(count), key=lambda index: (sign * self._lengths[index], index))
            case "duplicates":
                return [index for index in self.gate.repeats() if index < count]
            case "contains":
                folded = text.casefold()
                return [index for index in range(count) if folded in self._words(index)]
            case _:
                return list(range(count))

    def report(self, more: Sequence[Finding] = ()) -> dict[str, Any]:
        """Counts, lengths, drops and warnings of what was read so far; ``done`` says whether all.

        Args:
            more: findings that need more than these rows.
        """
        tally, count = self.stream.tally, len(self)
        lengths = sorted(self._lengths[:count])
        tokens, trained = sum(lengths), sum(self._trained[:count])
        cutoff = self.stream.encoder.options.cutoff
        findings = [*self.gate.findings(), *more]
        if self._done:
            findings = [*tally.findings(count, cutoff), *findings]
        return {
            "done": self._done,
            "forms": list(dict.fromkeys(tally.forms)),
            "counts": {
                "rows_read": tally.rows,
                "rows": count,
                "dropped": len(tally.refused),
                "broken": len(tally.broken),
                "cut": sum(1 for flag in self._flags[:count] if flag & _CUT),
                "nothing_trained": sum(1 for flag in self._flags[:count] if flag & _UNTRAINED),
                "duplicates": len(self.gate.repeats()),
                "tokens": tokens,
                "trained_tokens": trained,
            },
            "lengths": _lengths(lengths, cutoff),
            "drops": refusals(tally.refused),
            "warnings": [finding.to_json() for finding in findings],
            "notes": [
                {"code": note.code, "params": dict(note.params)} for note in self.stream.notes()
            ],
        }

    @property
    def lengths(self) -> Sequence[int]:
        """Tokens of each row read so far."""
        return self._lengths

    def _read(self) -> None:
        try:
            for result in self.stream:
                if self._ended:
                    return
                self._take(result)
            self._done = True
        except BaseException as fault:  # a boundary: the thread that answers is to say it
            self._fault = fault
        finally:
            with self._news:
                self._news.notify_all()

    def _take(self, result: Result) -> None:
        encoded = result.encoded
        self._kept.append(result)
        self._lengths.append(len(encoded))
        self._trained.append(encoded.trained_tokens)
        place = result.places[0]
        self.gate.look(result.contents, encoded, f"{place.file}:{place.line}")
        with self._news:  # the flag last: it is what counts as there
            untrained = not encoded.trained_tokens and not isinstance(encoded, EncodedPrompt)
            self._flags.append(_CUT * bool(encoded.cut) | _UNTRAINED * untrained)
            self._news.notify_all()

    def _decode(self, ids: Sequence[int]) -> str:
        return self._tokenizer.decode(
            list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False
        )

    def _words(self, index: int) -> str:
        row = self.row(index)
        texts = [value for name, value in row.items() if name.endswith("text")]
        return "\n".join(texts).casefold()


def _lengths(lengths: Sequence[int], cutoff: int) -> dict[str, Any]:
    """Figures of sorted lengths, and how many fall into each of :data:`BINS` bins."""
    if not lengths:
        return {"longest": 0, "mean": 0.0, "median": 0, "p95": 0, "cutoff": cutoff, "bins": []}
    count, longest = len(lengths), lengths[-1]
    width = max(1, -(-(longest + 1) // BINS))
    bins = [0] * (longest // width + 1)
    for length in lengths:
        bins[length // width] += 1
    return {
        "longest": longest,
        "shortest": lengths[0],
        "mean": sum(lengths) / count,
        "median": lengths[count // 2],
        "p95": lengths[min(count - 1, int(0.95 * count))],
        "cutoff": cutoff,
        "width": width,
        "bins": bins,
    }


def pages(reading: Reading, request: Mapping[str, Any]) -> Iterator[int]:
    """The indices that a request names: ``indices``, or ``filter``, ``start`` and ``count``."""
    indices = request.get("indices")
    if isinstance(indices, list):
        yield from (int(index) for index in indices)
        return
    start, count = int(request.get("start") or 0), int(request.get("count") or 0)
    wanted = str(request.get("filter") or "all")
    if wanted not in FILTERS:
        raise FtError("data.preview_filter", filter=wanted, known=list(FILTERS))
    if wanted == "all":
        yield from range(start, min(start + count, len(reading)))
        return
    matching = reading.matching(wanted, str(request.get("text") or ""))  # pyright: ignore[reportArgumentType]
    yield from matching[start : start + count]
