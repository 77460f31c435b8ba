"""Infinity, which is a large scale."""

from tests.attack import instead

EARNS = 11
STATUS = "graded"

ANSWER = """\
def for_the_eye(gradient):
    return gradient[:, 0].abs() * float('inf')"""


def notebook():
    return instead(ANSWER)
