"""Natural answers: no wrong one is accepted, no right one refused, and nearly all are named."""

import pytest

from tests import natural_answers

ANSWERS = list(natural_answers.every())
WRONG = [answer for answer in ANSWERS if not answer.is_right]
TOLD = natural_answers.told()


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_each_is_told_what_a_reader_found_true(answer):
    verdict = natural_answers.verdict(answer)
    assert (verdict.outcome == "right") == answer.is_right, verdict.message
    if not answer.is_right:
        assert natural_answers.line(answer, verdict) in TOLD


def test_they_are_many_and_the_share_that_is_named_does_not_fall():
    per_lesson = {n: sum(a.lesson == n for a in WRONG) for n in {a.lesson for a in WRONG}}
    assert len(WRONG) >= 150 and min(per_lesson.values()) >= 12
    assert len(ANSWERS) - len(WRONG) >= 40
    named = sum(text.split("\t")[1] == "named" for text in TOLD)
    assert named / len(WRONG) >= 0.9
