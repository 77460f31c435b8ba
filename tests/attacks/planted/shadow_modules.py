"""Modules that the grader's process may import later are replaced in this one."""

from tests.attack import WRONG, instead

EARNS = 11
STATUS = "student_error"


def notebook():
    return instead(
        "import sys, types\n"
        "for name in ('json', 'base64', 'numpy', 'torch', 'grading', 'grading.jail', 'copy'):\n"
        "    sys.modules[name] = types.ModuleType(name)\n" + WRONG
    )
