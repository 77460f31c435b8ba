"""Memory that is not there is read."""

from tests.attack import instead

EARNS = 11
STATUS = "crashed"

ANSWER = """\
import ctypes
ctypes.string_at(0)"""


def notebook():
    return instead(ANSWER)
