"""16 GB, written to."""

from tests.attack import instead

EARNS = 11
STATUS = "student_error"

ANSWER = """\
def for_the_eye(gradient):
    return torch.ones(2**32)"""


def notebook():
    return instead(ANSWER)
