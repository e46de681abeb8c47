"""How long a run's workers have lived, by the times of what they said."""

from ftkernel.views import fields
from ftkernel.views.fields import Event


class Lifetime:
    """The first and the last word of each attempt."""

    def __init__(self) -> None:
        self._spans: dict[int, tuple[float, float]] = {}

    def add(self, event: Event) -> None:
        """Take a sound event; a merge is said long after the end and does not count."""
        moment = fields.number(event, "t")
        if moment is not None and event["kind"] != "merge_verified":
            attempt = fields.whole(event, "attempt") or 0
            start, end = self._spans.get(attempt, (moment, moment))
            self._spans[attempt] = (min(start, moment), max(end, moment))

    def seconds(self, now: float | None) -> float | None:
        """All attempts together, the last one until ``now`` where that is given."""
        if not self._spans:
            return None
        total = sum(end - start for start, end in self._spans.values())
        last = self._spans[max(self._spans)][1]
        return total + max(0.0, now - last) if now is not None else total
