"""Files until no more can be written."""

from tests.attack import and_honest

EARNS = 12
STATUS = "graded"

ANSWER = """\
for n in range(100_000):
    with open(f'/tmp/{n}', 'wb') as file:
        file.write(b'x' * 2**20)"""


def notebook():
    return and_honest(ANSWER)
