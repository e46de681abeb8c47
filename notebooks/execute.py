"""Runs a notebook for real, as a copy, and prints what its cells print.

``python notebooks/execute.py notebooks/quickstart.ipynb --to .demo``: the copy, the runs and
whatever the cells write all land in the folder given; the notebook itself is never changed. A cell
that fails ends the program with its error.
"""

import argparse
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def shown(output: Mapping[str, Any]) -> str:
    """The text of one cell output: what a person would read of it."""
    if output["output_type"] == "stream":
        return output["text"].rstrip()
    return output.get("data", {}).get("text/plain", "").rstrip()


def heading(source: str) -> str:
    """The lines of a cell, marked as input."""
    return "\n".join(f"    {line}" for line in source.splitlines())


def execute(notebook: Path, folder: Path, timeout: int, replace: Mapping[str, str]) -> Path:
    """Execute a copy of ``notebook`` in ``folder``, print as it goes, and return the copy's path.

    Raises:
        CellExecutionError: when a cell fails; the copy with its outputs is written all the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    book = nbformat.read(notebook, as_version=4)
    for cell in book.cells:
        for old, new in replace.items():
            cell.source = cell.source.replace(old, new)
    client = NotebookClient(
        book, timeout=timeout, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    target = folder / notebook.name
    try:
        with client.setup_kernel():
            for index, cell in enumerate(book.cells):
                if cell.cell_type != "code":
                    continue
                began = time.monotonic()
                print(f"\n{heading(cell.source)}", flush=True)
                client.execute_cell(cell, index)
                for output in cell.outputs:
                    if text := shown(output):
                        print(text, flush=True)
                print(f"    ({time.monotonic() - began:.1f} s)", flush=True)
    finally:
        nbformat.write(book, target)
    return target


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument(
        "--to", type=Path, default=Path(".demo"), help="folder for the copy and its runs"
    )
    parser.add_argument("--timeout", type=int, default=900, help="seconds a cell may take")
    parser.add_argument(
        "--replace", action="append", default=[], metavar="OLD=>NEW", help="in the sources"
    )
    args = parser.parse_args()
    os.environ.setdefault("FTKERNEL_LANG", "en")
    pairs = dict(item.split("=>", 1) for item in args.replace)
    try:
        target = execute(args.notebook.resolve(), args.to.resolve(), args.timeout, pairs)
    except CellExecutionError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\nThe executed notebook: {target}")
    print("To look at it in JupyterLab: make lab")
    return 0


if __name__ == "__main__":
    sys.exit(main())
