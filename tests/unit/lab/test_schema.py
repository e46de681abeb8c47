"""What the page takes for the shape of the server's words is what the server says."""

import json
from pathlib import Path

import ftkernel
from ftkernel.lab.schema import lab_schema

LABEXTENSION = Path(ftkernel.__file__).parents[1] / "labextension"


def test_the_schema_that_the_pages_types_are_made_from_is_the_servers():
    # After a change: python -m ftkernel.lab.schema > labextension/api/schema.json, and npm run types.
    written = json.loads((LABEXTENSION / "api" / "schema.json").read_text())
    assert written == json.loads(json.dumps(lab_schema()))


def test_both_halves_have_one_version():
    package = json.loads((LABEXTENSION / "package.json").read_text())
    assert package["version"] == ftkernel.__version__
