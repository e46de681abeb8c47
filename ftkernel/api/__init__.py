"""What a person does from Python: start, watch, stop and resume a run, chat with it, merge it.

The magics, the subcommands and the shell call these modules and nothing below them that would do
the same twice. Nothing here imports torch or IPython's machinery; heavy work is asked of a worker.
"""
