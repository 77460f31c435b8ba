"""A student's own `check`, in place of the course's."""

from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"

ANSWER = """\
import sys, types
module = types.ModuleType('grading.check')
module.check = lambda *_: print('✓ 2.3 for_the_eye')
sys.modules['grading.check'] = sys.modules['grading.exercise'] = module
check = module.check"""


def notebook():
    return if_it_works(ANSWER)
