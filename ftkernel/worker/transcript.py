"""The transcript of a chat in the run's folder: ``chat/<time>-<random>.jsonl``, one line a turn."""

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ftkernel.inference.generate import Answer
from ftkernel.inference.sampling import Sampling


class Transcript:
    """Appends turns to a file of its own; without a run there is none.

    Args:
        folder: of the run's chats.
        about: stands in each line, such as the checkpoint that answers.
        warned: is told, once, when the file can not be written and is given up.
    """

    def __init__(
        self,
        folder: Path | None,
        about: Mapping[str, object],
        warned: Callable[..., None],
    ) -> None:
        self.about = dict(about)
        self._warned = warned
        self._path: Path | None = None
        if folder is not None:
            name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
            self._path = folder / f"{name}.jsonl"
        self._asked: object = None
        self._turns: list[dict[str, str]] = []

    def question(self, id_: str, messages: Sequence[dict[str, str]]) -> None:
        """Write what was asked, unless it is there from an earlier turn or the other side."""
        if messages == self._asked:
            return
        self._asked = messages
        known = messages[: len(self._turns)] == self._turns
        for message in messages[len(self._turns) :] if known else messages:
            self._write({"role": message["role"], "content": message["content"], "id": id_})

    def answer(
        self,
        id_: str,
        messages: Sequence[dict[str, str]],
        side: str,
        sampling: Sampling,
        answer: Answer,
    ) -> None:
        """Write what was answered."""
        self._write(
            {
                "role": "assistant",
                "content": answer.text,
                "id": id_,
                "side": side,
                "sampling": sampling.to_json(),
                "finish": answer.finish,
                "tokens": answer.tokens,
            }
        )
        if side == "tuned":
            self._turns = [*messages, {"role": "assistant", "content": answer.text}]

    def _write(self, line: Mapping[str, object]) -> None:
        if self._path is None:
            return
        whole = {**line, **self.about, "t": time.time()}
        text = json.dumps(whole, ensure_ascii=False, default=str) + "\n"
        try:
            self._path.parent.mkdir(exist_ok=True)
            with open(self._path, "ab") as file:
                file.write(text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._warned("inference.no_transcript", path=str(self._path), reason=reason)
            self._path = None
