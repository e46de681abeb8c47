"""Faults as answers: the status that goes with a code, and the body with its words."""

import json
from typing import Any, cast

from ftkernel.errors import FtError
from ftkernel.lab.bodies import Carried, Fault
from ftkernel.lab.redaction import clean

_STATUS = {
    "lab.ambiguous": 409,
    "lab.asks_first": 409,
    "lab.body_too_large": 413,
    "lab.forbidden": 403,
    "lab.method": 405,
    "lab.no_interpreter": 409,
    "lab.no_such_kernel": 404,
    "lab.no_such_run": 404,
    "lab.no_such_talk": 404,
    "lab.not_found": 404,
    "lab.not_yours": 403,
    "lab.too_many_events": 422,
    "lab.unexpected": 500,
    "lab.unknown_interpreter": 403,
    "lab.unsound": 422,
    "api.checkpoint_broken": 409,
    "api.checkpoint_model_alone": 409,
    "api.recipe_lost": 409,
    "api.remove_failed": 409,
    "api.remove_running": 409,
    "api.resume_finished": 409,
    "api.stop_created": 409,
    "api.stop_died": 409,
    "api.stop_failed": 409,
    "api.stop_finished": 409,
    "api.stop_stopped": 409,
    "commands.not_live": 409,
    "commands.run_ended": 409,
    "run.disk_full": 507,
    "run.driven_elsewhere": 409,
    "run.folder_lost": 404,
    "run.locked": 409,
    "run.meta_damaged": 422,
    "run.no_such_step": 409,
    "run.read_only": 403,
}
_OF_STATUS = {403: "lab.forbidden", 404: "lab.not_found", 405: "lab.method"}


def status_of(error: FtError) -> int:
    """The status of an error: 4xx for what a person can mend; 409 where the run's state is it."""
    return _STATUS.get(error.code, 400)


def body_of(error: FtError) -> Fault:
    """What is said of an error, in the language that is spoken now."""
    lines, hint = error.lines(), error.hint()
    said = "\n".join(lines) if hasattr(error, "problems") else error.message()
    brings: Any = error.params.get("carries")
    carries = cast("list[dict[str, Any]]", brings) if isinstance(brings, list) else []
    return Fault(
        code=error.code,
        message=clean(said),
        hint=clean(hint) if hint else None,
        carries=[Carried(**one) for one in carries],
    )


def of_status(status: int) -> FtError:
    """What is said where Jupyter Server itself refused."""
    if status >= 500:
        return FtError("lab.unexpected")
    return FtError(_OF_STATUS.get(status, "lab.bad_request"), status=status)


def to_bytes(body: Fault) -> bytes:
    """The body as it is sent."""
    return json.dumps(body.model_dump(), ensure_ascii=False).encode("utf-8", "replace")
