"""What single rows say, by their form: one module a family of forms, over shared readers of cells.

Pure functions from a row and its form; they know neither templates nor tokens. A row that says
nothing that can be learned raises :class:`~ftkernel.data.rows.RowFault` with the column and the
reason; the next row is read as if nothing had been.
"""
