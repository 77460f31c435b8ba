"""All open files are closed, the pipe for the answer too."""

from tests.attack import WRONG, instead

EARNS = 11
STATUS = "crashed"


def notebook():
    return instead("import os\nos.closerange(0, 64)\n" + WRONG)
