"""An answer of 64 MB."""

from tests.attack import instead

EARNS = 11
STATUS = "malformed"

ANSWER = """\
def for_the_eye(gradient):
    return torch.zeros(2**24)"""


def notebook():
    return instead(ANSWER)
