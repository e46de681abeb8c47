"""What `%load_ext ftkernel` costs and leaves behind, and what a cell says to what is wrong with it."""

import json

import pytest

pytestmark = pytest.mark.kernel

HEAVY = ("torch", "transformers", "datasets", "trl", "peft", "pandas", "numpy")


def test_loading_is_quick_and_silent_and_can_be_repeated_and_undone(make_kernel, python):
    kernel = make_kernel(python)
    kernel.run("import sys, json, time; before = set(sys.modules); begun = time.perf_counter()")
    loaded = kernel.run("%load_ext ftkernel")
    assert loaded.status == "ok"
    assert loaded.text.strip() == ""
    cost = json.loads(
        kernel.run(
            f"print(json.dumps([time.perf_counter() - begun, "
            f"[name for name in {HEAVY!r} if name in set(sys.modules) - before]]))"
        ).stdout
    )
    assert cost[0] < 0.3
    assert cost[1] == []

    again = kernel.run("%load_ext ftkernel")
    assert again.status == "ok"
    assert kernel.run("%reload_ext ftkernel").text.strip() == ""
    assert kernel.run("%ft runs").stdout.strip() == ""
    shown = kernel.run("%ft runs").displays
    assert shown[0]["data"]["text/plain"] == "There is no run yet. %%finetune starts one."
    assert kernel.run("%finetune --help").stdout.startswith("usage: %%finetune [-h] [--wait]")

    assert kernel.run("%unload_ext ftkernel").text.strip() == ""
    gone = kernel.run(
        "ip = get_ipython(); table = ip.magics_manager.magics\n"
        "print([n for k in table for n in table[k] if n in ('finetune', 'chat', 'ft')],"
        " [f for f in ip.input_transformers_cleanup if 'ftkernel' in f.__module__],"
        " [t.name for t in __import__('threading').enumerate() if t.name.startswith('ftkernel')])"
    )
    assert gone.stdout.strip() == "[] [] []"
