"""One number, seen as 10**15."""

from tests.attack import instead

EARNS = 11
STATUS = "student_error"

ANSWER = """\
def for_the_eye(gradient):
    return torch.zeros(1).expand(10**15)"""


def notebook():
    return instead(ANSWER)
