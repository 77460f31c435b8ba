"""Which of a student's cells belong to an answer."""

import pytest

from grading.jail.gather import gathered

F = {"id": "2.1", "name": "f"}
STUB = 'raise NotImplementedError("Exercise 2.1 is yours to write.")'
OWN, HELPER = "def f(x):\n    return h(x)", "def h(x):\n    return x"


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ([("", HELPER), ("q2_1", OWN)], [HELPER, OWN]),
        ([("q2_1", HELPER), ("", OWN)], [HELPER, OWN]),  # the function went into the next cell
        ([("q2_1", HELPER), ("q2_1", OWN)], [HELPER, OWN]),  # split between two functions
        ([("q2_1", "def f(x):\n    y = x"), ("q2_1", "    return y")], None),  # split within one
        ([("", OWN), ("q2_1", f"def f(x):\n    {STUB}")], [OWN]),
        ([("", "f = 0"), ("q2_1", f"{HELPER}\nf = h  # {STUB}")], [f"{HELPER}\nf = h  # {STUB}"]),
        ([("q2_2", HELPER), ("q2_1", OWN)], [OWN]),  # another answer lends nothing
        ([("", "y = f(cat)"), ("q2_1", OWN)], [OWN]),  # a trial is not needed
        ([("q2_1", "def g(x): pass")], ["def g(x): pass"]),
        ([("q2_1", "def f(x:"), ("", HELPER)], ["def f(x:"]),
    ],
)
def test_the_answer_comes_last_after_what_it_needs(code, wanted):
    assert gathered(F, code) == (wanted or ["def f(x):\n    y = x\n    return y"])
