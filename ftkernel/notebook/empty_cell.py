"""An empty ``%%finetune`` or ``%%chat`` cell: let it reach us, so that the error is ours.

IPython refuses a cell magic whose body is the empty string before the magic is called, and its
message does not help. An input transformer, which IPython offers for such things, gives the body
one line end.
"""

import re

_OURS = re.compile(r"%%(finetune|chat)\b")


def keep_empty_body(lines: list[str]) -> list[str]:
    """Add an empty line to a cell that is one of our magics and nothing else."""
    if len(lines) == 1 and _OURS.match(lines[0]):
        return [lines[0].rstrip("\n") + "\n", "\n"]
    return lines
