"""What runs in the sandbox: a process that imports torch once and forks a child an exercise.

    python -I -S warden.py TIER COURSE SITE_PACKAGES USER

It writes "ready", reads one job (JSON) from stdin and answers on stdout, exercise by exercise, with
a line "2.1 done 1234" and that many bytes. The child runs the student's code and has a file in
memory for its outputs, and nothing else. This process runs no code of a student and never looks at
the bytes; the grader outside trusts neither. A child that kills this process costs its own exercise
only: the grader starts another sandbox for those after it.
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


def child(exercise: dict, file: int) -> None:
    """Everything after the fork; never returns."""
    try:
        os.setsid()
        nothing = os.open("/dev/null", os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        try:
            cases = wire.decoded(exercise["cases"])
            data = wire.encoded(attempt_cell(exercise, exercise["code"], cases))
        except BaseException as error:
            data = wire.encoded([failure(error, None)])
        send(data, file)
    finally:
        os._exit(0)


def in_a_child(exercise: dict, seconds: float) -> tuple[str, bytes]:
    """Fork a child for an exercise; how it ended, and its bytes.

    The child writes into a file in memory, which is read when nothing of it runs any more.
    """
    file = os.memfd_create("outputs")
    pid = os.fork()
    if pid == 0:
        child(exercise, file)
    process = os.pidfd_open(pid)
    ended = select.select([process], [], [], seconds)[0]
    os.close(process)
    if not ALONE:
        kill(-pid)
    kill(pid)
    _, status = os.waitpid(pid, 0)
    while ALONE and kill(-1):  # whatever the answer has started ends with it
        time.sleep(0.01)
    data = os.pread(file, wire.LARGEST + 1, 0)
    os.close(file)
    if len(data) > wire.LARGEST:
        return "flood", b""
    if not ended:
        return "timeout", b""
    return ("crashed", b"") if os.WIFSIGNALED(status) or not data else ("done", data)


def kill(target: int) -> bool:
    """SIGKILL a process, a group (-n) or all but this one (-1); False where there is nothing."""
    try:
        os.kill(target, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def send(data: bytes, file: int = 1) -> None:
    while data:
        data = data[os.write(file, data) :]


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
