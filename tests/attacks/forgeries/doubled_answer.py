"""Two cells for one exercise: which one counts is for staff to say."""

from tests.attack import code, honest, instead

EARNS = 11
STATUS = "needs_review"


def notebook():
    made = instead()
    made["cells"].insert(0, code("q2_3", honest()["q2_3"]))
    return made
