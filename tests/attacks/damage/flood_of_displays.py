"""A million displays."""

from tests.attack import and_honest

EARNS = 12
STATUS = "graded"

ANSWER = """\
for n in range(1_000_000):
    display(n)"""


def notebook():
    return and_honest(ANSWER)
