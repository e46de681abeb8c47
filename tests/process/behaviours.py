"""Jobs for tests, torch-free, behind the real worker: each is what a worker may be doing when something dies.

``FTKERNEL_TEST_BEHAVIOUR`` chooses one of them for the job ``train`` or ``chat``.
"""

import ctypes
import hashlib
import os
import signal
import subprocess
import sys
import time

from ftkernel.runs.commands import CommandInbox, answer
from ftkernel.runs.events import (
    Adjusted,
    CheckpointSaved,
    PlanMade,
    RunFinished,
    RunResumed,
    RunStopped,
    Sampled,
    StepLogged,
    Warned,
)
from ftkernel.runs.folder import checkpoint_name, write_json

STEPS = 1_000_000
ATTACK = "<img src=x onerror='window.hit=1'><script>window.hit=1</script>"


def run(context):
    BEHAVIOURS[os.environ["FTKERNEL_TEST_BEHAVIOUR"]](context)


def steady(context, steps=STEPS):
    """Step after step; obeys commands and the wish to stop, with a checkpoint."""
    first = context.job.get("resume_from") or 0
    if context.job.get("resume_from") is not None:
        context.events.write(RunResumed(from_step=first, checkpoint=checkpoint_name(first)))
    context.phase("training")
    inbox = CommandInbox(context.folder, context.attempt)
    for step in range(first + 1, first + steps + 1):
        log_step(context, step)
        for command in inbox.poll():
            if command.command == "stop":
                context.stop.set("command")
                answer(context.events, command)
            else:
                answer(
                    context.events,
                    command,
                    ok=False,
                    code="run.command_unknown",
                    name=command.command,
                )
        if context.stop.reason:
            save(context, step)
            context.events.write(
                RunStopped(
                    step=step,
                    reason=context.stop.reason,
                    checkpoint=f"checkpoints/{checkpoint_name(step)}",
                )
            )
            return
        time.sleep(0.02)
    context.events.write(RunFinished(step=first + steps, result="result"))


def short(context):
    steady(context, steps=3)


def flood(context):
    """From the first command on twenty thousand steps as fast as they are written; then a failure.

    All texts attack.
    """
    context.phase("training")
    context.events.write(Adjusted(code="recipe.adjusted", params={"key": ATTACK, "value": ATTACK}))
    context.events.write(Warned(code=ATTACK, params={ATTACK: ATTACK}))
    inbox = CommandInbox(context.folder, context.attempt)
    for step in range(1, 20_001):
        log_step(context, step)
        while step == 10 and not (asked := inbox.poll()):
            time.sleep(0.05)
        if step == 10:
            answer(context.events, asked[0])
        if step % 200 == 0:
            time.sleep(0.1)
        if step % 1000 == 0:
            sampled = Sampled(
                step=step, id="0", prompt=ATTACK, answer=ATTACK, tokens=9, seconds=0.1, seed=1,
                scheduled=True,
            )  # fmt: skip
            context.events.write(sampled)
    while not inbox.poll():
        time.sleep(0.05)
    raise RuntimeError(ATTACK)


def with_children(context):
    """A forked child that waits for work, and a program, as data loaders and tokenizers have."""
    start_children(context)
    steady(context)


def deaf_with_children(context):
    """Heeds no wish to stop."""
    start_children(context)
    context.phase("training")
    log_step(context, 1)
    save(context, 1)
    while True:
        time.sleep(1)


def stuck(context):
    """At the stop, in a library that keeps the interpreter's lock: no thread runs any more."""
    context.phase("training")
    log_step(context, 1)
    context.stop.wait()
    ctypes.PyDLL(None).sleep(1000)


def busy(context):
    """In a library that does not return for long but lets other threads run."""
    context.phase("training")
    log_step(context, 1)
    hashlib.pbkdf2_hmac("sha256", b"", b"", 1_000_000_000)


def silent(context):
    """Returns without an end."""
    context.phase("training")


def fails(context):
    print("the secret is", context.secrets.get("hf_hub_token"))
    os.write(1, b"a library wrote to descriptor 1\n")
    raise RuntimeError(f"denied for {context.secrets.get('hf_hub_token')}\nsecond line")


def fails_over_its_environment(context):
    key = os.environ["WANDB_API_KEY"]
    print("the key is", key)
    raise RuntimeError(f"denied for {key}")


def runs_out_of_memory(context):
    context.events.write(
        PlanMade(
            total_steps=1,
            epochs=1,
            micro_batch=4,
            accumulation=2,
            tokens_per_epoch=1,
            memory_bytes=1,
            memory_available=1,
        )
    )
    raise RuntimeError(
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: "
        "you tried to allocate 2147483648 bytes. Error code 12 (Cannot allocate memory)"
    )


def kills_itself(context):
    context.phase("training")
    log_step(context, 1)
    os.kill(os.getpid(), signal.SIGKILL)


def crashes(context):
    os._exit(7)


def fills_the_disk(context):
    """Writes until nothing more goes onto the disk, then says so."""
    context.phase("training")
    with open(context.folder.path / "filler", "wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def says_until_the_disk_is_full(context):
    """Its own events fill the disk."""
    context.phase("training")
    step = 0
    while True:
        step += 1
        log_step(context, step)


def loses_its_folder(context):
    context.phase("training")
    os.rename(context.folder.path, f"{context.folder.path}-elsewhere")
    log_step(context, 1)


def echo(context):
    """Interactive: answers each request until nobody asks any more."""
    print("a print of a library")
    os.system("echo a print of a program")
    context.out.send({"kind": "ready"})
    for request in context.requests:
        context.out.send({"kind": "answer", "id": request.get("id"), "text": request.get("ask")})
    context.out.send({"kind": "result", "reason": context.stop.reason})


def talkative(context):
    """Chat: the first answer goes on until it is cancelled, later ones are one word and the process."""
    context.out.send({"kind": "ready", "sides": ["tuned", "base"]})
    is_first = True
    for request in context.requests:
        if "ask" not in request:
            continue
        id_, words = request["ask"]["id"], 0
        while is_first and (cancel := context.requests.get(0.02)) is None:
            if context.stop.reason or context.requests.ended:
                return
            words += 1
            context.out.send({"kind": "token", "id": id_, "text": f"word{words} "})
        assert not is_first or cancel == {"cancel": id_}
        if not is_first:
            context.out.send({"kind": "token", "id": id_, "text": f"from {os.getpid()}"})
        is_first = False
        context.out.send({"kind": "answer", "id": id_, "notes": []})


def where(context):
    """Chat: says which folder it works in."""
    context.out.send({"kind": "ready", "cwd": os.getcwd()})


def tells(context):
    """Chat: says what it was given by its surroundings; a library prints a secret on the way."""
    import logging

    print("the secret is", context.secrets.get("hf_hub_token"))
    logging.getLogger("of a library").warning("it is %s", os.environ.get("HF_TOKEN"))
    context.out.send(
        {
            "kind": "ready",
            "cwd": os.getcwd(),
            "token": os.environ.get("HF_TOKEN"),
            "log": os.readlink("/proc/self/fd/2"),
            "session": os.getsid(0),
        }
    )


def reads_its_files(context):
    """Trains on files that its recipe names from the folder where the run was started."""
    for key in ("model_name_or_path", "dataset"):
        os.stat(context.recipe[key])
    steady(context)


def hold_pipes(context):
    """A forked child that stays behind for a while must not hold the stream open."""
    if os.fork() == 0:
        time.sleep(30)
        os._exit(0)
    context.out.send({"kind": "ready"})


def log_step(context, step):
    context.events.write(
        StepLogged(
            step=step,
            epoch=step / 100,
            loss=1 / step,
            learning_rate=1e-3,
            grad_norm=0.5,
            tokens=step * 10,
            trained_tokens=step * 5,
            tokens_per_second=100.0,
            memory_bytes=1 << 20,
            elapsed=step * 0.1,
            eta_seconds=None,
        )
    )


def save(context, step):
    path = context.folder.checkpoints_folder / checkpoint_name(step)
    path.mkdir()
    content = str(step).encode()
    (path / "state").write_bytes(content)
    files = {"state": {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}}
    write_json(path / "manifest.json", {"step": step, "files": files})
    context.events.write(
        CheckpointSaved(
            step=step,
            path=f"checkpoints/{path.name}",
            reason="stop",
            bytes=len(content),
            seconds=0.0,
        )
    )


def start_children(context):
    if os.fork() == 0:
        while True:
            time.sleep(1)
    program = [sys.executable, "-c", "import time; time.sleep(1000)"]
    subprocess.Popen(program, stdin=subprocess.DEVNULL)


BEHAVIOURS = {
    function.__name__: function
    for function in (
        steady, short, flood, with_children, deaf_with_children, stuck, busy, silent, fails,
        fails_over_its_environment,
        runs_out_of_memory, kills_itself, crashes, fills_the_disk, says_until_the_disk_is_full,
        loses_its_folder, echo, hold_pipes, talkative, where, tells, reads_its_files,
    )
}  # fmt: skip
