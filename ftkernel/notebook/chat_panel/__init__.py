"""The chat panel of a cell: a conversation with a run's model, with one or several of its sides.

The panel lives in the kernel; a page only draws it, so a reload loses nothing.
"""
