"""NaN, for which no comparison says that it is too far off."""

from tests.attack import instead

EARNS = 11
STATUS = "graded"

ANSWER = """\
def for_the_eye(gradient):
    return gradient[:, 0] * float('nan')"""


def notebook():
    return instead(ANSWER)
