"""The notebook's front: magics, live output in a cell, and the rules of Interrupt."""
