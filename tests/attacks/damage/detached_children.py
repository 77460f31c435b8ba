"""Children in sessions of their own hold every pipe open, and outlive the answer."""

from tests.attack import MARKER, and_honest

EARNS = 12
STATUS = "graded"


def notebook():
    return and_honest(
        "import os\n"
        "for n in range(3):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0:\n"
        f"            os.execvp('sleep', {MARKER.split()!r})\n"
        "        os._exit(0)"
    )
