"""Well-formed outputs of which the comparison knows none."""

from tests.attack import claiming

EARNS = 11
STATUS = "needs_review"


def notebook():
    outputs = '[{"nothing": {"kind": "text", "value": "D"}}]'
    return claiming(repr(outputs), "q2_4", "answer_2_4 = 'A'")
