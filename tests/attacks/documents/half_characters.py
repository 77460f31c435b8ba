"""Half of a character that UTF-8 cannot hold, in a source and in an error."""

from tests.attack import instead

EARNS = 11
STATUS = "student_error"


def notebook():
    return instead("# \ud800\nraise ValueError('\\ud800' + chr(0))")
