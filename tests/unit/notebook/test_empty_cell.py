"""An empty magic cell reaches us; every other cell is left alone."""

import pytest

from ftkernel.notebook.empty_cell import keep_empty_body


@pytest.mark.parametrize("line", ["%%finetune", "%%finetune first --wait\n", "%%chat first"])
def test_an_empty_cell_of_ours_gets_an_empty_body(line):
    assert keep_empty_body([line]) == [line.rstrip("\n") + "\n", "\n"]


@pytest.mark.parametrize(
    "lines",
    [["%%finetune\n", "model: x\n"], ["%%time"], ["x = 1\n"], [], ["%%finetuned"], ["%ft runs"]],
)
def test_other_cells_stay_as_they_are(lines):
    assert keep_empty_body(list(lines)) == lines
