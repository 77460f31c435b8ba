"""A process keeps the memory that it frees, so that a pass asks the kernel for few pages."""

import os
import platform
import subprocess
import sys

import pytest

from helpers import memory

PASSES = """
import platform, resource, sys
if "elsewhere" in sys.argv:
    platform.libc_ver = lambda *args: ("", "")  # as on macOS, Windows and musl
from helpers import load, memory
import torch
assert memory.keep_pages() is not ("elsewhere" in sys.argv)
torch.set_num_threads(1)
network = load.network().cpu()
images = torch.rand(4, 3, 224, 224).requires_grad_()
def run():
    torch.autograd.grad(network(images)[:, 0].sum(), images)
run()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(3):
    run()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(*arguments: str, **environment: str) -> int:
    """Page faults of three passes through Lite0, after one, in a process of their own."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")}
    done = subprocess.run(
        [sys.executable, "-c", PASSES, *arguments],
        env={**inherited, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs glibc")
def test_a_pass_asks_the_kernel_for_few_pages():
    by_default = faults("elsewhere")
    assert faults() < by_default / 3
    assert faults("elsewhere", **memory.ENVIRONMENT) < by_default / 3


def test_without_glibc_nothing_is_done(monkeypatch):
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: pytest.fail("asked the C library"))
    assert memory.keep_pages() is False


def test_an_older_glibc_gets_what_it_accepts(monkeypatch):
    asked = []

    class Older:
        @staticmethod
        def mallopt(parameter: int, value: int) -> int:
            asked.append((parameter, value))
            return int(value <= 1 << 25 or parameter == memory.M_TRIM_THRESHOLD)

    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.34"))
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: Older)
    assert memory.keep_pages() is True
    assert asked == [(-3, 1 << 30), (-3, 1 << 25), (-1, (1 << 31) - 1)]
