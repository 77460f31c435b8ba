"""True where a number is asked for."""

from tests.attack import instead

EARNS = 11
STATUS = "graded"


def notebook():
    return instead("answer_2_7 = True", "q2_7")
