"""Puts the extension of JupyterLab into what is built.

Node builds it, and only who makes a wheel from a checkout needs one: a source archive holds what
was built, and a checkout on a machine without Node gives a Python package that works without the
extension. An editable install leaves it out, since its copy would grow old; `make lab` shows the
one that lies in the checkout.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from hatch_jupyter_builder import npm_builder
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

REQUIRED = "FTKERNEL_REQUIRE_LABEXTENSION"
"""Set in the environment, it makes a build fail that would leave the extension out."""

_INSTALL = {
    "packageManager": "python",
    "packageName": "ftkernel",
    "uninstallInstructions": "Uninstall the package ftkernel with what installed it: pip, conda …",
}


class LabExtension(BuildHookInterface):
    """Builds the extension where that is possible, and takes what there is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects the files."""
        if version == "editable":
            return
        folder = Path(self.root, "labextension")
        built = folder / "dist" / "ftkernel"
        if not Path(self.root, "PKG-INFO").exists():  # a source archive has it
            self._build(folder, version)
        if not (built / "package.json").exists():
            self.app.display_warning("ftkernel is built without its extension of JupyterLab.")
            return
        self._same_version(built)
        (built / "install.json").write_text(json.dumps(_INSTALL, indent=2) + "\n")
        build_data["artifacts"].append("/labextension/dist/")
        if self.target_name == "wheel":
            place = "share/jupyter/labextensions/ftkernel"
            build_data["shared_data"][str(built)] = place

    def _build(self, folder: Path, version: str) -> None:
        required = os.environ.get(REQUIRED) == "1"
        npm = shutil.which("npm")
        if npm is None and not required:
            self.app.display_warning("There is no Node here (npm).")
            return
        try:
            npm_builder(
                self.target_name, version, path=str(folder), npm="npm", build_cmd="build:lab",
                build_dir=str(folder / "dist"), source_dir=str(folder / "src"),
            )  # fmt: skip
        except Exception as error:
            if required:
                raise
            self.app.display_warning(f"Node could not build the extension: {error}")

    def _same_version(self, built: Path) -> None:
        theirs = json.loads((built / "package.json").read_text())["version"]
        if theirs != self.metadata.version:
            ours = self.metadata.version
            message = f"labextension/package.json says {theirs}, ftkernel/_version.py {ours}"
            raise ValueError(message)
