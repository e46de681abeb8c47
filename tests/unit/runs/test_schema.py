"""The schema names every kind of event, and is made without weighing on anybody who does not ask."""

import json
import subprocess
import sys

from ftkernel.runs.event_log import encode_line
from ftkernel.runs.events import EVENTS
from ftkernel.runs.schema import event_schema
from tests.unit.runs.support import step_event


def test_every_kind_has_its_object_with_the_envelope():
    schema = event_schema()
    assert len(schema["oneOf"]) == len(EVENTS)
    for event in EVENTS:
        entry = schema["$defs"][event.__name__]
        assert entry["properties"]["kind"] == {"const": event.KIND}
        assert entry["required"][:4] == ["seq", "t", "attempt", "kind"]
        assert entry["description"]
    json.dumps(schema)


def test_a_written_line_has_exactly_the_properties_of_its_schema():
    line = json.loads(encode_line(step_event(1), seq=1, attempt=1))
    entry = event_schema()["$defs"]["StepLogged"]
    assert set(line) == set(entry["properties"])
    assert set(entry["required"]) <= set(line)


def test_the_room_of_runs_loads_neither_pydantic_nor_anything_heavy():
    program = (
        "import sys, ftkernel.runs.launch, ftkernel.runs.store, ftkernel.runs.state, ftkernel.runs.schema\n"
        "heavy = {'torch', 'transformers', 'datasets', 'trl', 'peft', 'pandas', 'numpy', 'pydantic',"
        " 'IPython', 'plotly', 'platformdirs'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_a_worker_loads_nothing_heavy_before_its_job():
    program = (
        "import sys, ftkernel.worker.main\n"
        "heavy = {'torch', 'transformers', 'datasets', 'trl', 'peft', 'pandas', 'numpy', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
