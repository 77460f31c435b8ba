"""Where students' code runs: the tiers, and the conversation with the process inside.

bubblewrap: no network, a read-only system without this repository, PID, IPC and host names of its
own, an empty environment, limits on memory, processes, files and output, no root.
rlimits: a process with limits, in an empty folder. It can read and write what its user can.
"""

import importlib.util
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from grading.jail import wire
from helpers import memory

TIERS = {
    "bubblewrap": "for a class: what is submitted can read, reach and harm nothing",
    "rlimits": "for accidents, not for attackers: code can read the keys and reach the network",
}
ROOT = Path(__file__).parents[2]
JAIL = ROOT / "grading" / "jail"  # all of this repository that exists inside
DEVICES = ("null", "zero", "random", "urandom")
HOME_SIZE = 16 * 2**20  # bytes

SECONDS = 20  # wall clock that one exercise may take
START_SECONDS = 120  # to import torch on a busy machine
GRACE = 10  # seconds for the process inside to say that the time was up


class SandboxError(Exception):
    """The sandbox could not be started: the grader's trouble, not the student's."""


@dataclass(frozen=True)
class Collected:
    """How an exercise ended: done, timeout, crashed or flood; and what it wrote."""

    status: str
    data: bytes = b""


def collect(tier: str, exercises: list[dict], seconds: float = SECONDS) -> dict[str, Collected]:
    """Run answers, each given as {"id", "name", "is_value", "code", "cases"}, in a sandbox.

    Where one of them takes the sandbox down, it and those after it get another; what takes down
    one that was its own is to blame.
    """
    left = exercises
    collected: dict[str, Collected] = {}
    while left:
        with started(tier) as process:
            job = {"exercises": left, "seconds": seconds}
            for exercise, result in zip(left, conversation(process, job), strict=False):
                collected[exercise["id"]] = result
            if len(collected) == len(exercises):
                with suppress(subprocess.TimeoutExpired):
                    process.wait(1)  # it ends by itself, if nothing is in its way
        left = [e for e in exercises if e["id"] not in collected]
    return collected


@contextmanager
def started(tier: str) -> Generator[subprocess.Popen]:
    """A sandbox that has imported torch and waits for its one job; nothing is left of it after."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command(tier, Path(folder)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=ENVIRONMENT,
            cwd=folder,
            start_new_session=True,
        )
        try:
            wait_until_ready(process, tier, errors)
            yield process
        finally:
            # the group is bubblewrap itself, with which its PID namespace ends
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stdin.close()
            process.stdout.close()


def wait_until_ready(process: subprocess.Popen, tier: str, errors: IO[bytes]) -> None:
    try:
        if line(process.stdout.fileno(), time.monotonic() + START_SECONDS) == b"ready":
            return
    except (EOFError, TimeoutError):
        pass
    errors.seek(0)
    reason = errors.read(10_000).decode(errors="replace").strip().splitlines()
    raise SandboxError(f"{tier} did not start: {reason[-1] if reason else 'no answer in time'}")


def conversation(process: subprocess.Popen, job: dict) -> Iterator[Collected]:
    """Hand the job over; one result an exercise, in order, for as long as the sandbox lives."""
    try:
        process.stdin.write(wire.encoded(job))
        process.stdin.close()
    except BrokenPipeError:
        raise SandboxError("The sandbox ended before it had its job.") from None
    pipe = process.stdout.fileno()
    for exercise in job["exercises"]:
        try:
            yield answered(pipe, exercise["id"], time.monotonic() + job["seconds"] + GRACE)
        except (TimeoutError, EOFError, ValueError) as end:
            if exercise is job["exercises"][0]:
                yield Collected("timeout" if isinstance(end, TimeoutError) else "crashed")
            return


def answered(pipe: int, exercise: str, deadline: float) -> Collected:
    """What the process inside says of an exercise; ValueError where it is not how it speaks."""
    name, status, size = line(pipe, deadline).decode("ascii").split(" ")
    if name != exercise or status not in ("done", "timeout", "crashed", "flood"):
        raise ValueError(f"{name} {status}")
    if not 0 <= int(size) <= wire.LARGEST:
        raise ValueError(size)
    return Collected(status, exactly(pipe, int(size), deadline))


def line(pipe: int, deadline: float) -> bytes:
    """One short line, without its end; what is no line within 200 bytes is empty."""
    text = b""
    while len(text) < 200:
        byte = exactly(pipe, 1, deadline)
        if byte == b"\n":
            return text
        text += byte
    return b""


def exactly(pipe: int, size: int, deadline: float) -> bytes:
    """Exactly that many bytes; EOFError or TimeoutError where they do not come."""
    data = bytearray()
    while len(data) < size:
        if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise TimeoutError
        part = os.read(pipe, min(size - len(data), 2**20))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


# the command that starts a sandbox

ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    **memory.ENVIRONMENT,
}
WARDEN = "{}/grading/jail/warden.py"


def command(tier: str, folder: Path) -> list[str]:
    """What to run; `folder` is where the tier without a file system of its own works."""
    python = [os.path.realpath(sys.executable), "-I", "-S", "-B"]
    packages = os.pathsep.join(map(str, site_packages()))
    if tier == "bubblewrap":
        user = str(61184 + secrets.randbelow(4000)) if os.getuid() == 0 else "-"
        python = [*bubblewrap(), "--", *python]
        return [*python, WARDEN.format("/course"), tier, "/course", packages, user]
    (folder / "grading").mkdir()
    (folder / "grading" / "jail").symlink_to(JAIL)
    return [*python, WARDEN.format(folder), tier, str(folder), packages, "-"]


def site_packages() -> list[Path]:
    """The folders that torch, numpy and IPython are installed in."""
    specs = [importlib.util.find_spec(name) for name in ("torch", "numpy", "IPython")]
    return sorted({Path(spec.origin).parents[1] for spec in specs if spec and spec.origin})


def bubblewrap() -> list[str]:
    """bwrap's options. Everything that is not named here does not exist inside."""
    options = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    options += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--clearenv"]
    options += ["--hostname", "sandbox", "--cap-drop", "ALL"]
    if os.getuid() == 0:
        # the process inside turns itself into a user of its own, whose processes can be counted
        options += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        options += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    for name, value in ENVIRONMENT.items():
        options += ["--setenv", name, value]
    # first of all, for the course itself may stand below the real /tmp
    options += ["--perms", "1777", "--size", str(HOME_SIZE), "--tmpfs", "/tmp"]
    bind = partial(bound, options)
    system = [Path("/usr"), Path("/etc/ld.so.cache"), Path(sys.base_prefix)]
    for path in [*system, *(Path("/") / name for name in ("bin", "lib", "lib64"))]:
        if path.is_symlink():
            options += ["--symlink", os.readlink(path), str(path)]
        elif path.exists():
            bind(path, path)
    packages = site_packages()
    # this repository, where it lies within what is bound: empty folders instead
    hidden = [ROOT] if any(ROOT.is_relative_to(path) for path in system) else []
    installed = [path / name for path in packages for name in ("grading", "helpers")]
    for path in hidden:
        options += ["--tmpfs", str(path)]
    for path in packages:
        bind(path, path)
    for path in filter(Path.is_dir, installed):
        options += ["--tmpfs", str(path)]
        hidden.append(path)
    bind(JAIL, Path("/course/grading/jail"))
    for name in DEVICES:
        bind(Path("/dev") / name, Path("/dev") / name, "--dev-bind")
    options += ["--proc", "/proc"]
    for path in [*hidden, Path("/")]:
        options += ["--remount-ro", str(path)]
    return [shutil.which("bwrap") or "bwrap", *options, "--chdir", "/tmp"]


def bound(options: list[str], source: Path, target: Path, how: str = "--ro-bind") -> None:
    for parent in reversed(target.parents[:-1]):  # bwrap's own would be closed to other users
        if str(parent) not in options:
            options += ["--perms", "0755", "--dir", str(parent)]
    options += [how, str(source), str(target)]
