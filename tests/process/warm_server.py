"""A process that has imported what training needs, and forks a worker of it for each client.

Importing takes seconds, and the tests of failpoints start some forty workers. A forked one runs the real
``main`` from its first line: new session, its own pipes and environment, real signals. The client
(:mod:`tests.process.warm_client`) stands in for the interpreter and ends as the worker ended.

Usage: ``warm_server.py SOCKET``; says ``ready`` when it is.
"""

import array
import contextlib
import json
import os
import signal
import socket
import sys
import threading

MESSAGE = 1 << 20


def serve(place):
    import ftkernel.inference.engine
    import ftkernel.training.assemble
    import ftkernel.worker.jobs.merge
    import ftkernel.worker.jobs.train  # noqa: F401 - what this process is for

    server = socket.socket(socket.AF_UNIX)
    server.bind(place)
    server.listen()
    print("ready", flush=True)
    while True:
        client, _ = server.accept()
        request, descriptors = receive(client)
        child = os.fork()
        if child == 0:
            server.close()
            client.close()
            become_worker(request, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        threading.Thread(target=attend, args=(client, child), daemon=True).start()


def receive(client):
    size = array.array("i", [0] * 3).itemsize * 3
    text, ancillary, _, _ = client.recvmsg(MESSAGE, socket.CMSG_LEN(size))
    descriptors = array.array("i")
    descriptors.frombytes(ancillary[0][2][:size])
    while not text.endswith(b"\n"):
        text += client.recv(MESSAGE)
    return json.loads(text), list(descriptors)


def become_worker(request, descriptors):
    try:
        os.setsid()
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        from ftkernel.worker.main import leave, main

        leave(main())
    finally:
        os._exit(99)


def attend(client, child):
    """Tell the client how its worker ended; end the worker when the client is killed."""

    def watch():
        with contextlib.suppress(OSError):
            if not client.recv(1):
                os.killpg(child, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):
        client.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
        client.shutdown(socket.SHUT_RDWR)
        client.close()


if __name__ == "__main__":
    serve(sys.argv[1])
