"""What the browser is served is built of what stands in labextension/, and says what the tables say."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ftkernel
from ftkernel.notebook import __file__ as notebook_file

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "labextension"
STATIC = Path(notebook_file).parent / "static"


def node() -> str:
    """Node of the path, else that of the environment; the test is skipped where there is none."""
    beside = Path(sys.executable).parent
    found = shutil.which("node", path=os.pathsep.join([os.environ.get("PATH", ""), str(beside)]))
    if found is None or not (SOURCES / "node_modules" / "esbuild").is_dir():
        pytest.skip("the front end's tools are not installed: make setup-test")
    return found


def test_the_committed_build_is_that_of_the_sources():
    done = subprocess.run(
        [node(), "build.mjs", "--check"], cwd=SOURCES, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_every_asset_is_there_with_its_hash_and_its_licence():
    table = json.loads((STATIC / "assets.json").read_text(encoding="utf-8"))
    assert "plotly" in table
    for name, asset in table.items():
        content = (STATIC / asset["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == asset["sha256"], name
        assert asset["licence"], name
        assert (STATIC / asset["file"]).with_name(licence_file(asset["file"])).is_file(), name


def licence_file(file: str) -> str:
    return file.removesuffix(".js").removesuffix(".min") + ".LICENSE"


def test_what_is_sent_with_every_widget_is_small():
    assert len((STATIC / "run.js").read_bytes()) < 60_000


def test_the_front_end_has_the_texts_of_the_tables():
    spec = importlib.util.spec_from_file_location("export_texts", SOURCES / "export_texts.py")
    assert spec is not None
    assert spec.loader is not None
    exporter = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(exporter)
    for path, prefixes in exporter.PLACES.items():
        if path.parent.is_dir():
            assert path.read_text(encoding="utf-8") == exporter.exported(prefixes), (
                "run labextension/export_texts.py"
            )


def test_the_front_end_has_the_version_of_the_package():
    description = json.loads((SOURCES / "package.json").read_text(encoding="utf-8"))
    assert description["version"] == ftkernel.__version__
    assert description["private"] is True


def locked() -> dict[str, dict]:
    return json.loads((SOURCES / "package-lock.json").read_text(encoding="utf-8"))["packages"]


def test_the_lock_file_names_no_place_to_download_from():
    assert [name for name, one in locked().items() if "resolved" in one] == []


def test_the_lock_file_has_the_parts_of_every_platform():
    """npm leaves out what it cannot fetch when it writes the file, and then refuses the file."""
    names = {name.rpartition("node_modules/")[2] for name in locked()}
    wanted = {part for one in locked().values() for part in one.get("optionalDependencies", {})}
    assert len(wanted) > 40
    assert wanted - names == set()
