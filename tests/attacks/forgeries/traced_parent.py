"""The process above is stopped with ptrace, to be rewritten."""

from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"

ANSWER = """\
import ctypes, os
ESCAPED = ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0  # PTRACE_ATTACH"""


def notebook():
    return if_it_works(ANSWER)
