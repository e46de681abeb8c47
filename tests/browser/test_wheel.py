"""The wheel as somebody installs it who has no Node: everything is in it, and JupyterLab finds it."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from ftkernel._version import __version__
from tests.browser import extension
from tests.browser.lab import jupyter_lab

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(sys.prefix)


def without_node() -> str:
    """A path of programs on which there is neither Node nor npm."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    names = ("node", "npm")
    return os.pathsep.join(
        one for one in folders if not any((Path(one) / n).exists() for n in names)
    )


def build(source: Path, to: Path, **env: str) -> Path:
    """The wheel of a source folder, built with what this environment has."""
    command = [
        sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
        "--no-index", "--wheel-dir", str(to), str(source),
    ]  # fmt: skip
    subprocess.run(command, check=True, env={**os.environ, **env})
    (wheel,) = to.glob("*.whl")
    return wheel


@dataclass(frozen=True)
class Installed:
    """An environment in which the wheel lies, and nothing of the checkout."""

    python: Path
    env: dict[str, str]

    def run(self, *arguments: str) -> str:
        """What a module says, on both streams."""
        done = subprocess.run(
            [str(self.python), "-m", *arguments],
            env={**os.environ, **self.env},
            cwd=self.python.parent,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built by the hook, which takes what is built already."""
    extension.built()
    return build(ROOT, tmp_path_factory.mktemp("wheel"), FTKERNEL_REQUIRE_LABEXTENSION="1")


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Installed:
    """The wheel's own environment; the packages that it needs are those of this one."""
    place = tmp_path_factory.mktemp("installed") / "env"
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    (site,) = place.glob("lib/python*/site-packages")
    command = [
        sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps",
        "--no-index", str(wheel),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    # Files of paths in there are not read, so that the checkout is not found by that of the editable install.
    (here,) = HERE.glob("lib/python*/site-packages")
    (site / "needs.pth").write_text(f"{here}\n")
    return Installed(
        python,
        {
            "PATH": os.pathsep.join((str(place / "bin"), without_node())),
            "JUPYTERLAB_DIR": str(HERE / "share" / "jupyter" / "lab"),
            "JUPYTER_PATH": str(HERE / "share" / "jupyter"),
        },
    )


def test_the_wheel_holds_the_extension_the_widgets_and_the_configuration(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    data = f"ftkernel-{__version__}.data/data"
    assert f"{data}/etc/jupyter/jupyter_server_config.d/ftkernel.json" in names
    built = [
        one for one in names if one.startswith(f"{data}/share/jupyter/labextensions/ftkernel/")
    ]
    kinds = {Path(one).name.split(".")[0] for one in built}
    assert {"package", "install", "runs", "remoteEntry", "style"} <= kinds
    assert {f"ftkernel/notebook/static/{one}.js" for one in ("run", "chat", "preview")} <= names
    assert not any("node_modules" in one or one.endswith((".ts", ".map")) for one in names)


def test_jupyter_finds_both_halves(installed):
    assert shutil.which("node", path=installed.env["PATH"]) is None
    listed = installed.run("jupyterlab.labextensions", "list")
    assert f"ftkernel v{__version__}" in listed
    line = next(one for one in listed.splitlines() if "ftkernel v" in one)
    assert "enabled" in line
    assert "OK" in line
    servers = installed.run("jupyter_server.extension.serverextension", "list")
    line = next(one for one in servers.splitlines() if "ftkernel.lab" in one and "OK" in one)
    assert "ftkernel.lab" in line


def test_it_works_in_a_browser(installed, open_book, tmp_path):
    where = installed.run("timeit", "-n1", "-r1", "import ftkernel; print(ftkernel.__file__)")
    assert str(ROOT) not in where
    with jupyter_lab(tmp_path, python=installed.python, **installed.env) as server:
        book = open_book("%load_ext ftkernel\n%ft keys learning_rate", server=server)
        book.wait("() => window.jupyterapp.isPluginActivated('ftkernel:runs')")
        book.run_cell(0)
        assert "learning_rate" in book.output(0).inner_text()
        runs = book.page.evaluate("async () => (await fetch('/ftkernel/runs')).status")
        assert runs == 200
        assert book.said == []


def test_a_checkout_without_node_gives_a_package_without_the_extension(tmp_path):
    copy = tmp_path / "checkout"
    names = (
        "ftkernel",
        "jupyter-config",
        "pyproject.toml",
        "hatch_build.py",
        "README.md",
        "LICENSE",
    )
    copy.mkdir()
    for name in names:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(place, copy / name)
    wheel = build(copy, tmp_path / "wheel", PATH=without_node())
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "ftkernel/notebook/static/run.js" in names
    assert not any("labextensions" in one for one in names)
