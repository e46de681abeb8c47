"""Addresses below ``ftkernel/`` that are nobody's, answered as all the others are."""

from jupyter_server.auth.decorator import authorized
from tornado import web

from ftkernel.errors import FtError
from ftkernel.lab.handlers.base import FtHandler


class NowhereHandler(FtHandler):
    """Every verb at an address that no route has."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer ``lab.not_found``."""
        self.refuse(FtError("lab.not_found"), 404)

    head = post = put = patch = delete = get
