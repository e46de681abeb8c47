"""Short jobs of a worker that answer over its stream: plan, download, merge.

A job runs in a process of its own, is tied to this one, and ends when the iteration over its lines ends. An
interrupt of whoever iterates ends the job and everything it started.
"""
