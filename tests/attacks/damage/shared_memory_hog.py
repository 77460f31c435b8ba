"""16 GB of shared memory, which some limits do not count."""

from tests.attack import instead

EARNS = 11
STATUS = "student_error"

ANSWER = """\
import mmap
def for_the_eye(gradient):
    return mmap.mmap(-1, 2**34).read()"""


def notebook():
    return instead(ANSWER)
