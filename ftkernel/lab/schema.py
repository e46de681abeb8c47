"""The JSON schema of bodies, events and saved runs: ``python -m ftkernel.lab.schema`` prints it.

The page's types are generated from it. It needs no Jupyter Server.
"""

import json
import sys
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from ftkernel._version import __version__
from ftkernel.lab import bodies
from ftkernel.runs.schema import event_schema
from ftkernel.views import mime, saved


def lab_schema() -> dict[str, Any]:
    """One JSON schema (2020-12) whose ``$defs`` are the bodies and the events, by their names."""
    _, answers = models_json_schema(
        [(body, "serialization") for body in bodies.ANSWERS], ref_template="#/$defs/{model}"
    )
    _, requests = models_json_schema(
        [(body, "validation") for body in bodies.REQUESTS], ref_template="#/$defs/{model}"
    )
    command = TypeAdapter(bodies.CommandBody).json_schema(ref_template="#/$defs/{model}")
    command.pop("$defs", None)
    events = event_schema()
    run = {key: value for key, value in mime.schema().items() if key != "$schema"}
    definitions = {
        **requests["$defs"],
        **answers["$defs"],
        "CommandBody": command,
        **events["$defs"],
        "Event": {"oneOf": events["oneOf"]},
        "SavedRun": run,
        "SavedPreview": saved.preview_schema(),
        "SavedChat": saved.chat_schema(),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ftkernel over HTTP",
        "version": __version__,
        "$defs": dict(sorted(definitions.items())),
    }


def main() -> None:
    """Print the schema."""
    text = json.dumps(lab_schema(), ensure_ascii=False, indent=1, sort_keys=True)
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
