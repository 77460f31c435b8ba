"""300 MB to standard output and error, past Python's own streams too."""

from tests.attack import and_honest

EARNS = 12
STATUS = "graded"

ANSWER = """\
import os, sys
for n in range(3000):
    os.write(1, b'x' * 50_000)
    os.write(2, b'x' * 50_000)"""


def notebook():
    return and_honest(ANSWER)
