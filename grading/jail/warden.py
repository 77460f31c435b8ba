"""What runs in the sandbox: a process that imports torch once and forks a child an exercise.

    python -I -S warden.py TIER COURSE SITE_PACKAGES USER

It writes "ready", reads one job (JSON) from stdin and answers on stdout, exercise by exercise, with
a line "2.1 done 1234" and that many bytes. The child runs the student's code and has a pipe to this
process and nothing else. This process runs no code of a student and never looks at the bytes; the
grader outside trusts neither. A child that kills this process costs its own exercise only: the
grader starts another sandbox for those after it.
"""

import ctypes
import json
import os
import resource
import select
import signal
import sys
import time

TIER, COURSE, SITE_PACKAGES, USER = sys.argv[1:]
# -S: no .pth file, no sitecustomize, no user's packages
sys.path += [COURSE, *SITE_PACKAGES.split(os.pathsep)]

import torch  # noqa: E402

from grading.jail import wire  # noqa: E402
from grading.jail.answers import attempt_cell, failure  # noqa: E402
from grading.jail.tasks import task_of  # noqa: E402

MEMORY = 2**30  # bytes of address space beyond what Python and torch have taken
PROCESSES = 16  # with threads; an honest answer needs one
FILE_SIZE = 16 * 2**20  # bytes
OPEN_FILES = 64

PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
ALONE = TIER == "bubblewrap"  # in a PID namespace where all there is belongs to this submission


def confine() -> None:
    """Become the unprivileged user where started as root, and set the limits, for good."""
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # where memory runs out all the same, this goes first
    if USER != "-":  # RLIMIT_NPROC does not bind root
        os.setgroups([])
        os.setresgid(int(USER), int(USER), int(USER))
        os.setresuid(int(USER), int(USER), int(USER))
    with open("/proc/self/statm") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    limits = {
        # the address space counts shared memory too, which RLIMIT_DATA does not
        resource.RLIMIT_AS: taken + MEMORY,
        resource.RLIMIT_FSIZE: FILE_SIZE,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    if ALONE:  # elsewhere it would count all the processes that the user has
        limits[resource.RLIMIT_NPROC] = PROCESSES
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.prctl(PR_SET_DUMPABLE, 0)  # no child may trace this process or open its /proc files


def child(exercise: dict, pipe: int) -> None:
    """Everything after the fork; never returns."""
    try:
        os.setsid()
        nothing = os.open("/dev/null", os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        try:
            data = wire.encoded(attempt_cell(exercise, wire.decoded(exercise["cases"])))
        except BaseException as error:
            data = wire.encoded([failure(error, None)])
        send(data, pipe)
    finally:
        os._exit(0)


def in_a_child(exercise: dict, seconds: float) -> tuple[str, bytes]:
    """Fork a child for an exercise; how it ended, and its bytes or why there are none."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        child(exercise, theirs)
    os.close(theirs)
    data, ended = receive(ours, os.pidfd_open(pid), seconds)
    os.close(ours)
    if not ALONE:
        kill(-pid)
    kill(pid)
    _, status = os.waitpid(pid, 0)
    while ALONE and kill(-1):  # whatever the answer has started ends with it
        time.sleep(0.01)
    if len(data) > wire.LARGEST:
        return "flood", b""
    if not ended:
        return "timeout", b""
    if os.WIFSIGNALED(status):
        return "crashed", f"signal {os.WTERMSIG(status)}".encode()
    return ("done", data) if data else ("crashed", b"exit")


def receive(pipe: int, process: int, seconds: float) -> tuple[bytes, bool]:
    """Read until the process has ended, the time is up or there is too much of it.

    A process that the answer started may hold the pipe open, so its end is not waited for.
    """
    os.set_blocking(pipe, False)
    deadline = time.monotonic() + seconds
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    poll.register(process, select.POLLIN)
    data, ended = bytearray(), False
    try:
        while len(data) <= wire.LARGEST and time.monotonic() < deadline:
            ready = dict(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
            try:
                part = os.read(pipe, 2**16) if pipe in ready or ended else b""
            except BlockingIOError:
                part = b""
            data += part
            if ended and not part:
                break
            if pipe in ready and not part:
                poll.unregister(pipe)
            ended = ended or process in ready
    finally:
        os.close(process)
    return bytes(data), ended


def kill(target: int) -> bool:
    """SIGKILL a process, a group (-n) or all but this one (-1); False where there is nothing."""
    try:
        os.kill(target, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def send(data: bytes, pipe: int = 1) -> None:
    while data:
        data = data[os.write(pipe, data) :]


def main() -> None:
    torch.set_num_threads(1)  # and so there is no thread that a fork could lose
    confine()
    send(b"ready\n")
    job = json.loads(sys.stdin.buffer.read())
    for exercise in job["exercises"]:
        task_of(exercise["id"])  # imports the lesson's tasks before the fork
        status, data = in_a_child(exercise, job["seconds"])
        send(f"{exercise['id']} {status} {len(data)}\n".encode() + data)
    os._exit(0)  # torch needs a while to say goodbye


if __name__ == "__main__":
    main()
