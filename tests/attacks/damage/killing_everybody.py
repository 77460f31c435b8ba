"""SIGKILL to every process there is, itself included."""

from tests.attack import instead

EARNS = 11
STATUS = "crashed"

ANSWER = """\
import os
os.kill(-1, 9)
os.kill(os.getpid(), 9)"""


def notebook():
    return instead(ANSWER)
