"""A loop that no exception and no signal but one ends."""

from tests.attack import instead

EARNS = 11
STATUS = "timeout"

ANSWER = """\
import signal
for n in range(1, 65):
    try:
        signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        while True:
            pass
    except BaseException:
        pass"""


def notebook():
    return instead(ANSWER)
