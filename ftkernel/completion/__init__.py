"""Help while typing: what can stand at the cursor of a cell, and what the word there means.

Pure functions over the text of the cell and what surrounds it; the notebook and the server of
JupyterLab adapt them to their protocols. Cells of Python are not ours, and get ``None``.
"""

from ftkernel.completion.cell import complete, explain
from ftkernel.completion.offers import Completion, Completions, Surroundings

__all__ = ["Completion", "Completions", "Surroundings", "complete", "explain"]
