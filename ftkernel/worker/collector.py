"""Python's collector of cyclic garbage, held back while libraries are imported.

Importing makes 750,000 objects that live for ever. Looking through all of them again and again
costs a quarter of the processor time of a start; afterwards it would cost at each full collection.
"""

import gc

_WHILE_IMPORTING = (300_000, 20, 100)
_usual = gc.get_threshold()


def hold_back() -> None:
    """Collect rarely from now on."""
    gc.set_threshold(*_WHILE_IMPORTING)


def as_usual() -> None:
    """Collect as Python does by default, without what is there already."""
    gc.freeze()
    gc.set_threshold(*_usual)
