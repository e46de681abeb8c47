"""Everything that a run said in words: its notes and its samples, in full.

A live view has room for the latest of them, cut short; a page of its own has more.
"""

from collections.abc import Sequence

from ftkernel.lab.bodies import SaidBody, SampleSaid
from ftkernel.lab.redaction import clean
from ftkernel.views import wording
from ftkernel.views.both import both
from ftkernel.views.shape import Note, RunSummary

_MOST_NOTES = 500
_LONGEST_NOTE = 4_000
_MOST_SAMPLES = 1_000
_LONGEST_TEXT = 20_000
_MOST_CHARACTERS = 2_000_000
"""Of all samples together."""


def said(run: RunSummary) -> SaidBody:
    """The notes and samples of a run, the latest where there are too many."""
    samples: list[SampleSaid] = []
    room = _MOST_CHARACTERS
    for one in reversed(run.sampled[-_MOST_SAMPLES:]):
        prompt, answer = clean(one.prompt)[:_LONGEST_TEXT], clean(one.answer)[:_LONGEST_TEXT]
        room -= len(prompt) + len(answer)
        if room < 0:
            break
        samples.append(
            SampleSaid(
                step=one.step,
                prompt=prompt,
                answer=answer,
                tokens=one.tokens,
                scheduled=one.scheduled,
            )
        )
    samples.reverse()
    counts = ((run.warned, _MOST_NOTES), (run.adjusted, _MOST_NOTES), (run.sampled, len(samples)))
    return SaidBody(
        warned=_notes(run.warned),
        adjusted=_notes(run.adjusted),
        samples=samples,
        left_out=sum(max(0, len(all_) - shown) for all_, shown in counts),
    )


def _notes(notes: Sequence[Note]) -> list[list[str]]:
    def words(note: Note) -> str:
        return clean(wording.note_words(note))[:_LONGEST_NOTE]

    return [both(lambda one=one: words(one)) for one in notes[-_MOST_NOTES:]]
