"""sys.exit, in the answer."""

from tests.attack import instead

EARNS = 11
STATUS = "student_error"

ANSWER = """\
import sys
def for_the_eye(gradient):
    sys.exit(0)"""


def notebook():
    return instead(ANSWER)
