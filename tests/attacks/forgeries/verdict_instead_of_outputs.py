"""A verdict is written into the pipe that the outputs go through."""

from tests.attack import instead

EARNS = 11
STATUS = "malformed"

ANSWER = """\
import os, stat
for name in range(3, 64):
    try:
        if stat.S_ISFIFO(os.fstat(name).st_mode):
            os.write(name, b'{"status": "graded", "earned": 12, "points": 12}')
    except OSError:
        pass
os._exit(0)"""


def notebook():
    return instead(ANSWER)
