"""Stands in for a worker's interpreter: has a worker forked by the warm server, and ends as it ends.

Usage: ``warm_client.py SOCKET``.
"""

import array
import json
import os
import signal
import socket
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(sys.argv[1])
        request = json.dumps({"env": dict(os.environ), "cwd": os.getcwd()}).encode() + b"\n"
        descriptors = array.array("i", [0, 1, 2])
        server.sendmsg([request], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
        for number in (0, 1):  # the worker has them now, and their ends must show
            os.close(number)
        code = int(server.makefile().readline() or 98)
    if code < 0:
        os.kill(os.getpid(), -code)
    sys.exit(code)
