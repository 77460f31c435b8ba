"""Does the sandbox hold on this machine? Found out by an answer that tries to get out of it."""

import shutil
import socket
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from grading.grade import sandbox
from grading.grade.sandbox import SandboxError
from grading.jail import wire

MISSING = (
    "bubblewrap is not installed (on Debian or Ubuntu: apt-get install bubblewrap); "
    "`--sandbox rlimits` does without it, for accidents, not for attackers."
)

ANSWERS = ("grading/checks", "grading/reference", "notebooks/source")  # folders with answers

# PORT, SECRETS and PLACES are put in front. What succeeds ends up in the answer.
ANSWER = """
import mmap, os, socket, time

answer_0_0 = []

def attempt(what, escape, *arguments):
    try:
        if escape(*arguments):
            answer_0_0.append(what)
    except BaseException:
        pass

def create(path):
    os.close(os.open(path, os.O_CREAT | os.O_EXCL))
    os.remove(path)
    return True

def processes():
    return max(int(name) for name in os.listdir("/proc") if name.isdigit()) > 99

def fork():
    for n in range(64):
        if os.fork() == 0:
            time.sleep(10)
            os._exit(0)
    return True

attempt("reach the network", socket.create_connection, ("127.0.0.1", PORT), 2)
attempt("see other processes", processes)
attempt("import the checks", __import__, "grading.checks")
attempt("take 4 GB of memory", mmap.mmap, -1, 4 * 2**30)
attempt("be root", lambda: os.setuid(0) is None)
attempt("start 64 processes", fork)
for path in SECRETS:
    attempt("read " + path, os.path.exists, path)
for path in PLACES:
    attempt("write to " + path, create, path + "/.probe")
"""


def escapes(tier: str, secret: Iterable[Path] = ()) -> list[str]:
    """What an answer can do in this tier that it must not; `secret` paths must not exist there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        given = {
            "PORT": server.getsockname()[1],
            "SECRETS": [str(sandbox.ROOT / place) for place in ANSWERS],
            "PLACES": ["/", "/usr", "/course", *map(str, sandbox.site_packages())],
        }
        given["SECRETS"] += map(str, secret)
        source = "\n".join(f"{name} = {value!r}" for name, value in given.items()) + ANSWER
        answer = {"id": "0.0", "name": "answer_0_0", "is_value": True, "cases": [{}]}
        collected = sandbox.collect(tier, [answer | {"code": [("", source)]}])["0.0"]
    if collected.status != "done":
        raise SandboxError(f"The trial of {tier} ended with: {collected.status}.")
    items = wire.outputs_from(collected.data, 1)[0]["value"]["value"]
    return [item["value"] for item in items]


@cache
def demand_none(tier: str, secret: tuple[Path, ...] = ()) -> None:
    """Try a tier, once a process; SandboxError in one sentence where it does not hold."""
    if tier == "rlimits":
        return  # asked for by name: it holds no attacker
    if not shutil.which("bwrap"):
        raise SandboxError(MISSING)
    if able := escapes(tier, secret):
        raise SandboxError(f"{tier} does not hold here: code inside can {', '.join(able)}.")
