"""SIGSTOP to the process above, which then cannot say that the time is up."""

from tests.attack import instead

EARNS = 11
STATUS = "timeout"

ANSWER = """\
import os
os.kill(os.getppid(), 19)
while True:
    pass"""


def notebook():
    return instead(ANSWER)
