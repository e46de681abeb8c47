"""Rows as they are learned, for people to look at: read, kept on disk, shown a page at a time."""
