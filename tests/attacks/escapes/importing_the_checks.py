"""The registry has the reference; import it under every name."""

from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"

ANSWER = """\
import importlib
for name in ('grading.exercise', 'grading.checks', 'grading.lesson', 'grading.compare',
             'grading.file.cells', 'grading.notebook', 'helpers', 'tests', 'grading.grade.judging'):
    try:
        importlib.import_module(name)
        ESCAPED = True
    except ImportError:
        pass"""


def notebook():
    return if_it_works(ANSWER)
