"""The tasks, torch and Python itself are written to, for whoever comes next."""

from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"

ANSWER = """\
import os, sys, torch
from grading.jail import tasks
for file in (tasks.__file__, torch.__file__, os.__file__, sys.executable):
    try:
        open(file, 'ab').close()
        ESCAPED = True
    except OSError:
        pass"""


def notebook():
    return if_it_works(ANSWER)
