"""SIGKILL to the process above."""

from tests.attack import instead

EARNS = 11
STATUS = "crashed"

ANSWER = """\
import os
os.kill(os.getppid(), 9)
while True:
    pass"""


def notebook():
    return instead(ANSWER)
