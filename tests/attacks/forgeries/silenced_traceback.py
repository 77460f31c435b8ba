"""Errors are not shown; the cell then raises before it has answered."""

from tests.attack import WRONG, instead

EARNS = 11
STATUS = "student_error"


def notebook():
    return instead(
        "get_ipython().showtraceback = lambda *_, **__: None\n"
        "raise RuntimeError('nobody sees this')\n" + WRONG
    )
