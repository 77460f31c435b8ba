"""os._exit, from which no exception handler comes back."""

from tests.attack import instead

EARNS = 11
STATUS = "crashed"

ANSWER = """\
import os
os._exit(0)"""


def notebook():
    return instead(ANSWER)
