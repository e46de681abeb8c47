"""What a job gets: its fields, the run it is about, ways to speak and to be told to stop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.event_log import EventWriter
from ftkernel.runs.events import Adjusted, Phase, PhaseProgressed, PhaseStarted, Warned
from ftkernel.runs.folder import RunFolder
from ftkernel.worker.requests import Requests
from ftkernel.worker.stop import StopSignal
from ftkernel.worker.stream import Stream


@dataclass
class Context:
    """Everything around a job. One a process.

    A job that drives a run speaks through :attr:`events`, every other one through :attr:`out`; the
    methods here choose the right way.
    """

    job: Mapping[str, Any]
    out: Stream
    requests: Requests
    stop: StopSignal
    recipe: Recipe | None = None
    folder: RunFolder | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    events: EventWriter | None = None
    log: Path | None = None
    _phase: Phase | None = None

    @property
    def attempt(self) -> int:
        """The number of this attempt, from 1."""
        return int(self.job.get("attempt") or 1)

    def phase(self, phase: Phase) -> None:
        """Say that a phase of work begins; saying the same again does nothing."""
        if phase == self._phase:
            return
        self._phase = phase
        if self.events is not None:
            self.events.write(PhaseStarted(phase=phase))
        else:
            self.out.send({"kind": "phase", "phase": phase, "done": 0, "total": None})

    def progress(
        self, phase: Phase, done: int, total: int | None = None, unit: str = "rows"
    ) -> None:
        """Say how far a phase has come; begins it if need be."""
        self.phase(phase)
        if self.events is not None:
            self.events.write(PhaseProgressed(phase=phase, done=done, total=total, unit=unit))
        else:
            line = {"kind": "phase", "phase": phase, "done": done, "total": total, "unit": unit}
            self.out.send(line)

    def adjusted(self, code: str, **params: object) -> None:
        """Say that something was chosen or changed for the user."""
        if self.events is not None:
            self.events.write(Adjusted(code=code, params=params))
        else:
            self.out.send({"kind": "adjusted", "code": code, "params": params})

    def warned(self, code: str, **params: object) -> None:
        """Say something that the user should know."""
        if self.events is not None:
            self.events.write(Warned(code=code, params=params))
        else:
            self.out.send({"kind": "warned", "code": code, "params": params})
