"""The chat job: loads a model once and answers what is asked, one question at a time.

Requests are ``{"ask": {"id", "messages", "sampling", "side"}}`` and ``{"cancel": id}``; what is
said back are ``token`` and ``answer`` lines. The transcript goes to ``chat/`` in the run folder,
one line a turn. The worker leaves when its owner does, and after ten idle minutes.
"""

import json
import time
import traceback
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from ftkernel.errors import FtError
from ftkernel.inference.choice import chosen_model
from ftkernel.inference.engine import SIDES, Engine, Side, check_messages
from ftkernel.inference.generate import Answer
from ftkernel.inference.sampling import Sampling, read_sampling
from ftkernel.recipe.recipe import Recipe
from ftkernel.worker.context import Context
from ftkernel.worker.failures import Circumstances, explain
from ftkernel.worker.transcript import Transcript

IDLE_SECONDS = 600.0
_LOOKS_EVERY = 0.5  # seconds between looks at the stop signal while nothing is asked


def run(context: Context) -> None:
    """Load the model, say ``ready``, and answer until nobody asks any more."""
    recipe = context.recipe or Recipe.from_mapping(_named(context.job), job="infer")
    asked = context.job.get("model")
    choice = chosen_model(recipe, asked if isinstance(asked, Mapping) else None)
    context.phase("loading_model")
    engine = Engine(choice, context.secrets, context)
    context.out.send(
        {
            "kind": "ready",
            "sides": list(SIDES) if engine.has_two_sides else ["tuned"],
            "device": engine.precision.device,
            "dtype": engine.precision.name,
            "limit": engine.limit,
            "thinking": [list(pair) for pair in engine.marks.pairs],
        }
    )
    _Conversation(context, engine).serve(float(context.job.get("idle_seconds") or IDLE_SECONDS))


def _named(job: Mapping[str, Any]) -> dict[str, object]:
    model = job.get("model")
    if not isinstance(model, Mapping) or not model.get("base"):
        raise FtError("inference.no_model")
    return {"model_name_or_path": model["base"]}


@dataclass(frozen=True)
class _Ask:
    """A question as it was asked, checked."""

    id: str
    messages: list[dict[str, str]]
    sampling: Sampling
    sides: tuple[Side, ...]
    kept: bool
    """Whether it goes into the transcript; whoever asks may write one of its own."""


class _Conversation:
    """Takes requests in turn; a cancellation overtakes the questions before it."""

    def __init__(self, context: Context, engine: Engine) -> None:
        self._context = context
        self._engine = engine
        self._waiting: deque[dict[str, Any]] = deque()
        self._cancelled: set[str] = set()
        model = context.job.get("model")
        checkpoint = model.get("checkpoint") if isinstance(model, Mapping) else None
        folder = context.folder.chat if context.folder is not None else None
        self._transcript = Transcript(folder, {"checkpoint": checkpoint}, context.warned)

    def serve(self, idle_seconds: float) -> None:
        """Answer questions until the end of the life line, a stop, or idleness."""
        last = time.monotonic()
        while not self._context.stop and time.monotonic() - last < idle_seconds:
            request = self._waiting.popleft() if self._waiting else self._next()
            if request is None:
                if self._context.requests.ended:
                    return
                continue
            self._handle(request)
            last = time.monotonic()

    def _next(self) -> dict[str, Any] | None:
        return self._context.requests.get(timeout=_LOOKS_EVERY)

    def _handle(self, request: dict[str, Any]) -> None:
        if "cancel" in request:  # of an answer that has ended, or of a question that waits
            self._cancelled.add(str(request["cancel"]))
            return
        ask = request.get("ask")
        id_ = str(ask.get("id", "")) if isinstance(ask, Mapping) else ""
        try:
            if not isinstance(ask, Mapping):
                raise FtError("inference.bad_request", found=json.dumps(request)[:120])
            self._answer(self._read(ask, id_))
        except Exception as error:  # a boundary: one question fails, the chat goes on
            if not isinstance(error, FtError):
                traceback.print_exc()  # into the log
            around = Circumstances(self._engine.recipe, log=self._context.log, job="chat")
            fault = explain(error, around)
            self._context.out.send({"kind": "error", "id": id_, "error": fault.to_json()})
        finally:
            self._cancelled.discard(id_)

    def _read(self, ask: Mapping[str, Any], id_: str) -> _Ask:
        side = ask.get("side") or "tuned"
        if side not in (*get_args(Side), "both"):
            raise FtError("inference.bad_side", side=str(side))
        if side == "both" and not self._engine.has_two_sides:
            raise FtError("inference.only_base")
        return _Ask(
            id=id_,
            messages=check_messages(ask.get("messages")),
            sampling=read_sampling(self._engine.recipe, ask.get("sampling") or {}),
            sides=SIDES if side == "both" else (side,),
            kept=ask.get("kept") is not False,
        )

    def _answer(self, ask: _Ask) -> None:
        for side in ask.sides:
            self._answer_from(ask, side)

    def _answer_from(self, ask: _Ask, side: Side) -> None:
        notes = list(ask.sampling.notes)
        if ask.kept:
            self._transcript.question(ask.id, ask.messages)
        token = {"kind": "token", "id": ask.id, "side": side}
        answer = self._engine.answer(
            ask.messages,
            ask.sampling,
            side,
            on_piece=lambda piece: self._context.out.send({**token, "text": piece}),
            cancelled=lambda: self._is_cancelled(ask.id),
            note=lambda code, **params: notes.append((code, params)),
        )
        if ask.kept:
            self._transcript.answer(ask.id, ask.messages, side, ask.sampling, answer)
        self._context.out.send(_answer_line(ask, side, answer, notes))

    def _is_cancelled(self, id_: str) -> bool:
        """Look at what came in since the last token; questions among it wait for their turn."""
        while (request := self._context.requests.get(timeout=0)) is not None:
            if "cancel" in request:
                self._cancelled.add(str(request["cancel"]))
            else:
                self._waiting.append(request)
        gone = self._context.requests.ended or bool(self._context.stop)
        return gone or id_ in self._cancelled


def _answer_line(
    ask: _Ask, side: Side, answer: Answer, notes: list[tuple[str, dict[str, object]]]
) -> dict[str, object]:
    return {
        "kind": "answer",
        "id": ask.id,
        "side": side,
        "text": answer.text,
        "tokens": answer.tokens,
        "prompt_tokens": answer.prompt_tokens,
        "seconds": round(answer.seconds, 3),
        "tokens_per_second": round(answer.tokens_per_second, 2),
        "finish": answer.finish,
        "seed": ask.sampling.seed,
        "inside": answer.inside,
        "notes": [{"code": code, "params": params} for code, params in notes],
    }
