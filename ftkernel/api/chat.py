"""Asking a model, one turn at a time.

Its worker is kept, so that only the first question waits for loading. A run that still trains is
asked as it is at this moment (:mod:`ftkernel.api.chat_now`), unless a checkpoint is named.
Interrupt ends an answer, not the worker.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftkernel import messages
from ftkernel.api import chat_now, frontend
from ftkernel.api.chat_keeping import turn_of
from ftkernel.api.chat_sampling import check_sampling
from ftkernel.api.chat_session import Question, Session
from ftkernel.api.chat_target import Target, target_of
from ftkernel.api.control import recipe_of
from ftkernel.errors import FtError, Halt
from ftkernel.runs.folder import RunFolder

if TYPE_CHECKING:
    from ftkernel.api.chat_live import LiveSession
    from ftkernel.api.run import Run


@dataclass(frozen=True)
class Answer:
    """What a model said; ``base`` is what the base model said beside it, with ``ab``."""

    text: str
    base: str | None = None
    stopped: bool = False
    """Whether it was ended early: interrupted, or the run that answered was stopped."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What the worker tells of each side's answer: tokens, seconds, why it ended."""
    remarks: Sequence[Mapping[str, Any]] = ()
    """What was said about the choice of the model, as ``code`` and ``params``."""

    def notes(self) -> list[str]:
        """What was decided for the user, each once, in words."""
        sides = [note for side in self.details.values() for note in side.get("notes", ())]
        said = [*self.remarks, *sides]
        return list(dict.fromkeys(messages.text(one["code"], one["params"]) for one in said))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text


def chat(
    model: "Run | str | Path",
    text: str,
    *,
    base: bool = False,
    ab: bool = False,
    checkpoint: int | None = None,
    adapter: str | None = None,
    history: Sequence[Mapping[str, str]] = (),
    on_text: Callable[[str, str], None] | None = None,
    on_line: Callable[[Mapping[str, Any]], None] | None = None,
    **sampling: object,
) -> Answer:
    """Ask a model one thing.

    Args:
        model: a run, ``name@step``, a model folder, a GGUF file, or a hub id.
        text: what is said to it.
        base: ask the base model instead of the tuned one.
        ab: ask both, with the same seed.
        checkpoint: the step whose checkpoint answers, from a worker of its own. By default a run
            that trains answers itself, from its present weights and with at most 128 tokens; one
            that has ended, with what it has learnt.
        adapter: an adapter folder on top of a model that is no run.
        history: earlier turns, each with ``role`` and ``content``.
        on_text: is told the side (``tuned`` or ``base``) and each piece of an answer.
        on_line: is told what the worker says until the model is loaded.
        sampling: ``system``, ``seed``, ``temperature``, ``top_p``, ``top_k``, ``max_new_tokens`` …

    Raises:
        FtError: if there is no such model, or it cannot answer.
        Halt: if it was interrupted before the model was loaded; later an interrupt ends the answer.
    """
    if not text.strip():
        raise FtError("subcommands.chat.no_text")
    settings = {name: value for name, value in sampling.items() if value is not None}
    sides = ("tuned", "base") if ab else ("base",) if base else ("tuned",)
    question = Question((*history, {"role": "user", "content": text}), sides, settings)
    remarks: tuple[Mapping[str, Any], ...] = ()
    if checkpoint is None and adapter is None and (folder := chat_now.training_run(model)):
        check_sampling(recipe_of(folder), settings)
        answer = _ask_now(folder, question, on_text, on_line)
        if answer is not None:
            return answer
        remarks = ({"code": "chat_live.ended_first", "params": {"name": folder.name}},)
    target = target_of(model, checkpoint=checkpoint, adapter=adapter)
    if (ab or base) and target.folder is None and not target.has_adapter:
        raise FtError("api.no_base_side", model=target.name)
    check_sampling(target.recipe, settings)
    remarks = (*remarks, *target.remarks)
    if on_line is None:  # front ends print `Answer.notes()`; a call shows the text alone
        _say(remarks)
    with _loaded(target, on_line) as session:
        return _ask(session, target.name, question, on_text, remarks)


def _ask_now(
    folder: RunFolder,
    question: Question,
    on_text: Callable[[str, str], None] | None,
    on_line: Callable[[Mapping[str, Any]], None] | None,
) -> Answer | None:
    """Ask a run that trains; ``None`` where it ended before anything was answered."""
    heard = False

    def hear(side: str, piece: str) -> None:
        nonlocal heard
        heard = True
        if on_text is not None:
            on_text(side, piece)

    def tell(line: Mapping[str, Any]) -> None:
        if on_line is not None and not heard:
            on_line(line)

    try:
        session = chat_now.session(folder, tell)
        with session.in_turn():
            answer = _ask(session, folder.name, question, hear)
    except KeyboardInterrupt:
        raise Halt("chat_live.interrupted", name=folder.name) from None
    except FtError as error:
        if chat_now.has_ended(error) and not heard:
            return None
        raise
    said = [*answer.details.values(), *([session.cut_short] if session.cut_short else [])]
    remarks = chat_now.who_answered(folder, said)
    if on_line is None:
        _say(remarks)
    return replace(answer, remarks=remarks)


def _say(remarks: Sequence[Mapping[str, Any]]) -> None:
    for remark in remarks:
        frontend.say(messages.text(remark["code"], remark["params"]))


@contextmanager
def _loaded(
    target: Target, on_line: Callable[[Mapping[str, Any]], None] | None
) -> Generator[Session]:
    """The worker of a model, ready to be asked, while nobody else asks it.

    Raises:
        FtError: why the model cannot be loaded.
        Halt: if the person interrupted; a worker that was still loading is ended.
    """
    session: Session | None = None
    with ExitStack() as held:
        try:
            session = held.enter_context(turn_of(target))
            if not session.ready:
                session.load(on_line)
        except KeyboardInterrupt:
            if session is not None and not session.ready:
                session.close()
            raise Halt("api.chat_interrupted", model=target.name) from None
        yield session


def _ask(
    session: "Session | LiveSession",
    name: str,
    question: Question,
    on_text: Callable[[str, str], None] | None,
    remarks: Sequence[Mapping[str, Any]] = (),
) -> Answer:
    if "base" in question.sides and "base" not in session.sides:
        raise FtError("api.no_base_side", model=name)
    said = dict.fromkeys(question.sides, "")
    details: dict[str, Any] = {}
    stopped = False

    def tell(side: str, piece: str) -> None:
        said[side] += piece
        if on_text is not None:
            on_text(side, piece)

    for side in question.sides:
        try:
            details[side] = session.ask(question, side, tell)
        except KeyboardInterrupt:
            stopped = True
            break
    first = question.sides[0]
    base = said["base"] if len(question.sides) > 1 else None
    stopped = stopped or any(one.get("finish") == "cancelled" for one in details.values())
    return Answer(said[first], base, stopped, details, remarks)
