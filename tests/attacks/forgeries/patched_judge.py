"""The registry's judge says "right" to all, where it can be imported."""

from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"

ANSWER = """\
from grading import exercise
exercise.Exercise.judge = lambda *_: exercise.Verdict('right')
ESCAPED = True"""


def notebook():
    return if_it_works(ANSWER)
