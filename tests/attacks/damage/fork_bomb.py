"""Processes that start processes."""

from tests.attack import instead

EARNS = 11
STATUS = "crashed"

ANSWER = """\
import os
parent = os.getpid()
while True:
    try:
        os.fork()
    except OSError:
        if os.getpid() == parent:
            os._exit(1)"""


def notebook():
    return instead(ANSWER)
