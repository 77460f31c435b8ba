"""The output of the process above, opened through /proc."""

from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"

ANSWER = """\
import os
for process in (os.getppid(), 1, 2):
    for name in (0, 1, 2, 3, 4, 5):
        try:
            os.open(f'/proc/{process}/fd/{name}', os.O_RDWR)
            ESCAPED = True
        except OSError:
            pass"""


def notebook():
    return if_it_works(ANSWER)
