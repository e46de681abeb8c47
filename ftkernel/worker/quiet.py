"""Warnings of the libraries that say nothing to the person and that nobody here can act on.

Each by its own words: whatever else a library warns of still reaches the log.
"""

import warnings

_KNOWN = (
    # transformers asks itself by the old name, in each training run.
    (FutureWarning, "`is_gradient_checkpointing` is deprecated"),
)


def hush() -> None:
    """Leave the known warnings out of the log from now on."""
    for category, beginning in _KNOWN:
        warnings.filterwarnings("ignore", beginning, category)
