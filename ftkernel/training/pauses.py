"""Between two steps: answers from the present weights, one a pause, and the recipe's samples.

Training stands still while an answer is written, and goes on as if it had not been
(:mod:`~ftkernel.training.untouched`). At least one step lies between two answers that people ask
for. A stop ends an answer at once.
"""

# ruff: noqa: ANN401 - models and optimizers are typed loosely

from typing import Any, cast

from ftkernel.errors import FtError
from ftkernel.runs.answer_stream import StreamWriter, is_stream_id
from ftkernel.runs.commands import Command
from ftkernel.runs.events import Sampled
from ftkernel.runs.folder import RunFolder
from ftkernel.training.answering import Answers, Question, Reply
from ftkernel.training.control import Control
from ftkernel.training.samples import Samples
from ftkernel.training.speak import Speaker
from ftkernel.training.totals import Totals
from ftkernel.training.untouched import untouched

_LONGEST_TEXT = 2000
"""Characters of a prompt or an answer in an event: the events are read with each look at a run."""


class Pauses:
    """What is answered while a run trains.

    Args:
        folder: the run; answers are streamed into it.
        speaker: says what happens.
        control: has the questions.
        answers: answers them; ``None`` where nobody can.
        samples: the recipe's prompts.
        totals: remember samples that a stop interrupted.
    """

    def __init__(
        self,
        folder: RunFolder,
        speaker: Speaker,
        control: Control,
        totals: Totals,
        *,
        samples: Samples,
        answers: Answers | None = None,
    ) -> None:
        self.samples = samples
        self._totals = totals
        self._folder = folder
        self._speaker = speaker
        self._control = control
        self._answers = answers
        self._answered_at = -1
        self._sampled_at = -1

    def sample(self, model: Any, optimizer: Any, step: int, total: int, *, measured: bool) -> None:
        """Answer the recipe's prompts, if it is their time and they were not answered at this step.

        Args:
            model: with its adapter.
            optimizer: the run's.
            step: that was just made.
            total: steps of the run.
            measured: whether rows were measured after this step.

        Raises:
            Stopped: if the run is to end; the totals then say that the samples are due.
        """
        due = self.samples.due(step, total, just_measured=measured) or self._totals.samples_due
        if step == self._sampled_at or not due:
            return
        self._totals.samples_due = True
        self._speaker.phase("answering")
        self._sample_all(model, optimizer, step)
        self._sampled_at = step
        self._totals.samples_due = False
        self._speaker.phase("training")

    def answer(self, model: Any, optimizer: Any, step: int) -> None:
        """Answer what was asked first, unless the step before this pause was answered in.

        Raises:
            Stopped: if the run is to end.
        """
        if step == self._answered_at or not self._control.wants("question"):
            return
        self._speaker.phase("answering")
        self._answer_next(model, optimizer, step)
        self._speaker.phase("training")

    def _sample_all(self, model: Any, optimizer: Any, step: int) -> None:
        for number, prompt in enumerate(self.samples.prompts, 1):
            messages = [{"role": "user", "content": prompt}]
            tokens = {"max_new_tokens": self.samples.max_new_tokens}
            question = Question(f"prompt-{number}", messages, tokens, step=step)
            try:
                reply = self._reply(question, model, optimizer)
            except FtError as error:
                self._speaker.warned("training.sample_failed", prompt=prompt, reason=_words(error))
                continue
            self._control.check()  # half an answer is no sample
            self._speaker.write(_sampled(question, prompt, reply, scheduled=True))

    def _answer_next(self, model: Any, optimizer: Any, step: int) -> None:
        while (command := self._control.next("question")) is not None:
            answer = self._answer_ask if command.command == "ask" else self._answer_sample
            try:
                if answer(command, model, optimizer, step):
                    self._answered_at = step
                    return
            except FtError as error:
                self._control.refuse(command, error)

    def _answer_sample(self, command: Command, model: Any, optimizer: Any, step: int) -> bool:
        """Answer a prompt into the events; whether the model was at work."""
        prompt, system = command.params.get("prompt"), command.params.get("system")
        if not isinstance(prompt, str) or not prompt.strip():
            raise FtError("training.no_prompt")
        given = command.params.get("sampling")
        sampling = {"max_new_tokens": self.samples.max_new_tokens}
        sampling |= cast("dict[str, Any]", given) if isinstance(given, dict) else {}
        if system is not None:
            sampling["system"] = system
        messages = [{"role": "user", "content": prompt}]
        question = Question(command.id, messages, sampling, step=step)
        reply = self._reply(question, model, optimizer, command.id)
        if reply.finish == "cancelled":
            self._control.refuse(command, FtError("training.answer_cancelled"))
            return True
        self._speaker.write(_sampled(question, prompt, reply, scheduled=False))
        self._control.answer(command, **_figures(reply, step), notes=list(reply.notes))
        return True

    def _answer_ask(self, command: Command, model: Any, optimizer: Any, step: int) -> bool:
        """Answer a question into its stream; whether the model was at work."""
        params = command.params
        id_, side = params.get("id"), params.get("side") or "tuned"
        if not is_stream_id(id_):
            raise FtError("inference.bad_request", found=str(params)[:120])
        id_ = str(id_)
        try:
            stream = StreamWriter(self._folder, id_)
        except FileExistsError:
            raise FtError("inference.bad_request", found=id_) from None
        line: dict[str, object] = {"id": id_, "side": side}
        try:
            reply = Reply("", 0, 0, 0.0, "cancelled", 0)
            question = Question(
                id_,
                params.get("messages"),
                params.get("sampling"),
                side,
                step,
                kept=params.get("kept") is not False,
            )
            works = not self._control.is_cancelled(id_)
            if works:
                reply = self._reply(question, model, optimizer, id_, stream)
        except FtError as error:
            stream.send({**line, "kind": "error", "error": error.to_json()})
            raise
        else:
            stream.send({**line, "kind": "answer", "text": reply.text, **_details(reply, step)})
            self._control.answer(command, **_figures(reply, step), ask=id_)
            return works
        finally:
            stream.close()

    def _reply(
        self,
        question: Question,
        model: Any,
        optimizer: Any,
        cancelled_as: str = "",
        stream: StreamWriter | None = None,
    ) -> Reply:
        if self._answers is None:
            raise FtError("training.no_answers")
        token = {"kind": "token", "id": question.id, "side": question.side}

        def say(piece: str) -> None:
            if stream is not None:
                stream.send({**token, "text": piece})

        def cancelled() -> bool:
            stops = self._control.look() is not None
            return stops or self._control.is_cancelled(cancelled_as)

        with untouched(model, optimizer):
            return self._answers.reply(question, on_piece=say, cancelled=cancelled)


def _sampled(question: Question, prompt: str, reply: Reply, *, scheduled: bool) -> Sampled:
    return Sampled(
        step=question.step,
        id=question.id,
        prompt=prompt[:_LONGEST_TEXT],
        answer=reply.text[:_LONGEST_TEXT],
        tokens=reply.tokens,
        seconds=round(reply.seconds, 3),
        seed=reply.seed,
        scheduled=scheduled,
        finish=reply.finish,
        cut=max(len(prompt), len(reply.text)) > _LONGEST_TEXT,
    )


def _figures(reply: Reply, step: int) -> dict[str, object]:
    """What an answer took; goes into the event, which never holds its text."""
    return {
        "step": step,
        "tokens": reply.tokens,
        "seconds": round(reply.seconds, 3),
        "tokens_per_second": round(reply.tokens_per_second, 2),
        "finish": reply.finish,
    }


def _details(reply: Reply, step: int) -> dict[str, object]:
    """The rest of the stream's last line, as a chat worker says it."""
    return {
        **_figures(reply, step),
        "prompt_tokens": reply.prompt_tokens,
        "seed": reply.seed,
        "inside": reply.inside,
        "notes": list(reply.notes),
    }


def _words(error: FtError) -> dict[str, object]:
    """An error as a text inside another one."""
    return {"code": error.code, "params": error.params}
