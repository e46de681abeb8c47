"""What changes a run: its labels, commands to it, going on with it, deleting it."""

from jupyter_server.auth.decorator import authorized
from tornado import web

from ftkernel.errors import FtError
from ftkernel.lab.bodies import (
    CommandBody,
    CommandSent,
    LabelsBody,
    LabelsNow,
    ResumeBody,
    Resumed,
)  # fmt: skip
from ftkernel.lab.handlers.base import FtHandler, kernel_commands
from ftkernel.runs.labels import write_labels


class CommandsHandler(FtHandler):
    """``POST runs/{id}/commands``."""

    @web.authenticated
    @authorized
    async def post(self, id_: str) -> None:
        """Put a command into the run's folder; an event says what came of it."""
        await self.answer(self._send(id_), 202)

    async def _send(self, id_: str) -> CommandSent:
        from ftkernel.api import sending

        body = self.body(CommandBody)
        params = body.model_dump(exclude={"command"})
        folder = await self.run_of(id_, to_change=True)
        sent = await self.apart(lambda: sending.send(folder, body.command, params))
        return CommandSent(id=sent)


class ResumeHandler(FtHandler):
    """``POST runs/{id}/resume``."""

    @web.authenticated
    @authorized(action="execute")  # pyright: ignore[reportUntypedFunctionDecorator]
    async def post(self, id_: str) -> None:
        """Start a detached worker that goes on with the run."""
        await self.answer(self._resume(id_), 202)

    async def _resume(self, id_: str) -> Resumed:
        from ftkernel.lab.resuming import resume

        body: ResumeBody = self.body(ResumeBody)
        folder = await self.run_of(id_, to_change=True)
        kernels = kernel_commands(self)
        step = await self.apart(
            lambda: resume(folder, kernels, from_step=body.from_step, confirm=body.confirm)
        )
        return Resumed(step=step)


async def label(handler: FtHandler, id_: str) -> LabelsNow:
    """Write on a run what the body gives; ``null`` takes it away.

    Raises:
        FtError: if there is no such run, or its folder cannot be written.
    """
    body: LabelsBody = handler.body(LabelsBody)
    given = body.model_fields_set
    folder = await handler.run_of(id_, to_change=True)
    labels = await handler.apart(
        lambda: write_labels(
            folder,
            name=(body.name or "") if "name" in given else None,
            note=(body.note or "") if "note" in given else None,
            tags=(body.tags or []) if "tags" in given else None,
        )
    )
    return LabelsNow(name=labels.name, note=labels.note, tags=list(labels.tags))


async def remove(handler: FtHandler, id_: str) -> None:
    """Delete a run.

    Raises:
        FtError: if there is no such run, or it goes on, or its folder cannot be deleted.
    """
    folder = await handler.run_of(id_, to_change=True)

    def delete() -> None:
        from ftkernel.api import removal
        from ftkernel.api.run import Run

        if folder.path.is_symlink():
            raise FtError("lab.no_such_run", id=id_)
        removal.remove(Run(folder))

    await handler.apart(delete)
