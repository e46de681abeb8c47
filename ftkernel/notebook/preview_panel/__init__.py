"""The preview's panel of a cell: leafs through the rows of a recipe, a page at a time."""
