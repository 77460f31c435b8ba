"""An answer whose == is always true."""

from tests.attack import instead

EARNS = 11
STATUS = "graded"


def notebook():
    source = "class Any:\n    def __eq__(self, other):\n        return True\n    __hash__ = None\n"
    return instead(source + "answer_2_4 = Any()", "q2_4")
