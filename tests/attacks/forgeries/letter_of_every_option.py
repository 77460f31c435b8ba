"""A str that strips and uppers to whatever it is compared with."""

from tests.attack import instead

EARNS = 11
STATUS = "graded"


def notebook():
    source = (
        "class Letter(str):\n"
        "    def strip(self):\n        return self\n"
        "    upper = __str__ = strip\n"
        "    def __eq__(self, other):\n        return True\n"
        "    __hash__ = str.__hash__\n"
        "answer_2_4 = Letter('A')"
    )
    return instead(source, "q2_4")
