"""The extension as Jupyter Server loads it: its settings and its routes. It starts nothing."""

import os
from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, List, Unicode

from ftkernel.lab.catalogue import Catalogue
from ftkernel.lab.following import Following
from ftkernel.lab.handlers.routes import PREFIX, ROUTES
from ftkernel.lab.handlers.waiting import Waiting


class Lab:
    """What the routes work with; made when the server starts, empty until somebody asks."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.following = Following()
        self.waiting = Waiting()


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
        self.settings["ftkernel_lab"] = Lab(Catalogue(self._folders, use_index=self.use_index))

    def initialize_handlers(self) -> None:
        """Add the routes."""
        routes: list[Any] = [(rf"/{PREFIX}/{pattern}", handler) for pattern, handler in ROUTES]
        self.handlers.extend(routes)

    async def stop_extension(self) -> None:
        """Let go of the requests that are held."""
        self.settings["ftkernel_lab"].waiting.ended.set()

    def _folders(self) -> list[Path]:
        root = Path(os.path.expanduser(self.serverapp.root_dir if self.serverapp else "."))
        return [root / Path(one).expanduser() for one in self.runs_dirs if one.strip()]
