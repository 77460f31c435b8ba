"""A function that calls itself."""

from tests.attack import instead

EARNS = 11
STATUS = "student_error"

ANSWER = """\
def for_the_eye(gradient):
    return for_the_eye(gradient)"""


def notebook():
    return instead(ANSWER)
