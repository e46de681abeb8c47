"""The message tables, one module a room; each holds a dictionary ``TEXTS`` from code to text."""
