"""The student's name is a formula (see NAMES)."""

from tests.attack import honest, instead

EARNS = 12
STATUS = "graded"
STUDENT = "=HYPERLINK(1)"


def notebook():
    return instead(honest()["q2_3"])
