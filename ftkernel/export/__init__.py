"""Leaving with a model: the adapter merged into its base, and the proof that both answer alike.

What is written here is complete or absent: everything happens in a folder beside the target, which
is renamed when the proof holds.
"""
