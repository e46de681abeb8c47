"""The extension as Jupyter Server loads it: its settings and its routes. It starts nothing."""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, List, Unicode

from ftkernel.lab.handlers.routes import NOWHERE, PREFIX, ROUTES
from ftkernel.lab.handlers.waiting import Waiting

if TYPE_CHECKING:
    from ftkernel.lab.catalogue import Catalogue
    from ftkernel.lab.following import Following


class Lab:
    """What the routes work with. Imports it when somebody asks: few servers start for that."""

    def __init__(self, folders: Callable[[], Sequence[Path]], *, use_index: bool) -> None:
        self.waiting = Waiting()
        self._folders, self._use_index = folders, use_index
        self._lock = threading.RLock()
        self._catalogue: Catalogue | None = None
        self._following: Following | None = None

    @property
    def catalogue(self) -> "Catalogue":
        """The runs, by id and as a list."""
        with self._lock:
            if self._catalogue is None:
                from ftkernel.lab.catalogue import Catalogue

                self._catalogue = Catalogue(self._folders, use_index=self._use_index)
            return self._catalogue

    @property
    def following(self) -> "Following":
        """The runs that pages follow."""
        with self._lock:
            if self._following is None:
                from ftkernel.lab.following import Following

                self._following = Following()
            return self._following


class FtLab(ExtensionApp):
    """Runs for JupyterLab."""

    name = "ftkernel"
    extension_url = "/ftkernel"
    load_other_extensions = True

    runs_dirs = List(
        Unicode(),
        help="Folders of runs to show beside those in which this user has started some;"
        " relative ones count from the folder that the server serves.",
    ).tag(config=True)
    use_index = Bool(
        True, help="Whether to show the runs in every folder in which this user has started some."
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Make what the routes work with."""
        self.settings["ftkernel_lab"] = Lab(self._folders, use_index=self.use_index)

    def initialize_handlers(self) -> None:
        """Add the routes."""
        every = (*ROUTES, NOWHERE)
        routes: list[Any] = [(rf"/{PREFIX}/{pattern}", handler) for pattern, handler in every]
        self.handlers.extend(routes)

    async def stop_extension(self) -> None:
        """Let go of the requests that are held."""
        self.settings["ftkernel_lab"].waiting.ended.set()

    def _folders(self) -> list[Path]:
        root = Path(os.path.expanduser(self.serverapp.root_dir if self.serverapp else "."))
        return [root / Path(one).expanduser() for one in self.runs_dirs if one.strip()]
