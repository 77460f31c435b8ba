"""Results of all exercises are written into every open pipe, before the process ends."""

from tests.attack import instead

EARNS = 11
STATUS = "crashed"

ANSWER = """\
import os
for name in range(64):
    try:
        os.write(name, b'2.3 done 2\\n[]' + b'2.4 done 2\\n[]')
    except OSError:
        pass
os.kill(os.getpid(), 9)"""


def notebook():
    return instead(ANSWER)
