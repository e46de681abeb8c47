"""Cells that are written for the user: by the protocol where a cell executes, by the extension where none does."""

import pytest

pytestmark = pytest.mark.kernel

TARGET = """def write(comm, message):
    import ftkernel
    ftkernel.insert_cell("a = 1")
    print("asked")
get_ipython().kernel.comm_manager.register_target("button", write)"""


def test_an_executed_cell_and_a_callback_write_cells(make_kernel, python):
    kernel = make_kernel(python)
    reply = kernel.run("import ftkernel; ftkernel.insert_cell('a = 1')")
    (wish,) = [one for one in reply.payload if one["source"] == "set_next_input"]
    assert wish["text"] == "a = 1"
    assert wish["replace"] is False
    kernel.run(TARGET)

    def asked():
        return [
            one["content"]
            for one in kernel.messages
            if one["msg_type"] == "comm_open" and one["content"]["target_name"] == "ftkernel.cells"
        ]

    def said():
        return "".join(
            one["content"]["text"] for one in kernel.messages if one["msg_type"] == "stream"
        )

    for number, data in enumerate(({"done": True}, {})):
        kernel.send("comm_open", {"comm_id": f"b{number}", "target_name": "button", "data": {}})
        kernel.hear(lambda count=number + 1: len(asked()) == count)
        assert asked()[-1]["data"] == {"source": "a = 1"}
        kernel.hear(lambda count=number + 1: said().count("asked") == count)
        assert "Copy this one" not in said()
        kernel.send("comm_close", {"comm_id": asked()[-1]["comm_id"], "data": data})
    kernel.hear(lambda: "Copy this one" in said())
    assert said().endswith("a = 1\n")
