"""The student's name is a script."""

from tests.attack import honest, instead

EARNS = 12
STATUS = "graded"
STUDENT = "<script>alert(1)<"


def notebook():
    return instead(honest()["q2_3"])
