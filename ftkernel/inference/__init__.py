"""Talking with a model: loading it with its adapter, sampling, and the answer as pieces of text.

Nothing here knows of streams, processes or run folders; :mod:`ftkernel.worker.jobs.chat` connects
them.
"""
