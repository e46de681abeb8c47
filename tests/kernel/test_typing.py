"""Help while typing, as a front end asks for it: Tab and Shift+Tab in both sets of kernel packages."""

import json

import pytest

pytestmark = pytest.mark.kernel

PYTHON = ("import o", "pri", "x = [1]\nx.app", "%matplotlib in", "%%bash\necho", "5 % ab")


def test_tab_and_settings_and_cells_through_the_protocol(make_kernel, python):
    kernel = make_kernel(python, FTKERNEL_LANG="", LC_ALL="C.UTF-8", PYTHONHASHSEED="0")
    # Jedi answers by the clock, which is nothing to compare.
    kernel.run("%config Completer.use_jedi = False")
    before = [kernel.complete(code) for code in PYTHON]
    assert any(reply["matches"] for reply in before)
    nothing = kernel.inspect("%%finetune\nlearning_rate: 1", 14)
    kernel.run("%load_ext ftkernel")
    assert [kernel.complete(code) for code in PYTHON] == before

    keys = kernel.complete("%%finetune\nle: 1", 13)
    assert keys["matches"] == ["learning_rate"]
    assert (keys["cursor_start"], keys["cursor_end"]) == (11, 13)
    (shown,) = keys["metadata"]["_jupyter_types_experimental"]
    assert shown["type"].startswith("key\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}float")
    assert shown["signature"].startswith("Size of the steps")
    kernel.run("rows = [{'a': 1}]")
    assert kernel.complete("%%finetune\nmodel: x\ndata: $r")["matches"] == ["$rows"]
    assert kernel.complete("%%finetune\nmethod: ")["matches"] == ["lora", "full"]
    for name in ("facts.jsonl", "facts-2.jsonl"):
        (kernel.folder / name).write_text("{}\n")
    listed = kernel.complete("%%finetune\ndata: [facts.jsonl, fa\nsteps: 1", 33)
    assert (listed["matches"], listed["cursor_start"]) == (["facts-2.jsonl"], 31)
    both = kernel.complete("%%finetune\ndata: [facts.jsonl, facts-2.jsonl, facts-")
    assert both["matches"] == ["facts-2.jsonl"]
    assert kernel.complete("%%finetune\n# im")["matches"] == []
    assert kernel.complete("x = 1\n%ft sho")["matches"] == ["show"]

    found = kernel.inspect("%%finetune\nlearning_rate: 1", 14)
    assert found["data"]["text/plain"].startswith("learning_rate")
    assert kernel.inspect("print", 3)["found"]

    assert "FtConfig" in kernel.run("%config").stdout
    kernel.run("%config FtConfig.display = 'text'")
    listed = kernel.run("%config FtConfig").stdout
    assert "\nFtConfig.display = 'text'\n" in listed
    assert "_Settled" not in listed
    row = next(line for line in kernel.run("%ft config").text.splitlines() if "display" in line)
    assert "this session" in row
    assert "已保存到" in kernel.run("%ft config language zh").text
    assert "没有设置项" in kernel.run("%ft config langauge zh").text
    kernel.restart()
    kernel.run("%load_ext ftkernel")
    assert "您的设置文件" in kernel.run("%ft config language").text
    kernel.run("%ft config language --reset")

    assert "Traceback" not in kernel.run("%ft show nothing").text
    kernel.run("%config FtConfig.debug = True")
    assert "Traceback" in kernel.run("%ft show nothing").text
    kernel.run("%config FtConfig.debug = False")

    (kernel.folder / "recipe.yaml").write_text("model: smollm2-135m  # small\ndata: demo\n")
    cell = kernel.run("%ft cell recipe.yaml")
    assert cell.payload == [
        {
            "source": "set_next_input",
            "text": "%%finetune\nmodel: smollm2-135m  # small\ndata: demo",
            "replace": False,
        }
    ]

    kernel.run("%config Completer.use_jedi = False")
    kernel.run("%unload_ext ftkernel")
    assert kernel.complete("%%finetune\nlearning_r")["matches"] == []
    assert kernel.inspect("%%finetune\nlearning_rate: 1", 14) == nothing
    assert json.dumps([kernel.complete(code) for code in PYTHON]) == json.dumps(before)
