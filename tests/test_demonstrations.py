"""Whatever right answer a student gives, the lesson goes on as if it were the course's own.

Each lesson is run once. Where an exercise's function is first put to work, that cell is run with
every registered alternative and every natural right answer too: the text it prints and the figure
it draws must be the same but for rounding. At the end of a lesson its claims are looked at.
"""

import re

import numpy as np
import pytest
import torch

from grading import lesson as lessons
from grading.jail.answers import defined
from grading.jail.gather import gathered, uses
from grading.jail.ids import answer_id
from tests import natural_answers
from tests.claims import CLAIMS
from tests.lessons import run, shown

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]\d+)?")
ROUNDING = 0.02  # of a number in a text: one in its last place
NATURAL = [answer for answer in natural_answers.every() if answer.is_right]


def right_answers(exercise):
    """Names and functions: the registered alternatives and what people handed in."""
    found = {function.__name__: function for function in exercise.alternatives}
    asked = {"id": exercise.id, "name": exercise.name}
    for answer in NATURAL:
        if answer.exercise == exercise.id:
            sources = gathered(asked, [(answer_id(exercise.id), answer.source)])
            found[answer.why] = defined(asked, sources, {})
    return found


def same_text(ours, theirs):
    if NUMBER.sub("#", ours) != NUMBER.sub("#", theirs):
        return False
    pairs = zip(NUMBER.findall(ours), NUMBER.findall(theirs), strict=True)
    return all(abs(float(a) - float(b)) <= ROUNDING * max(1, abs(float(b))) for a, b in pairs)


def copied(space):
    """The same names; random numbers go on from where they are."""
    found = dict(space)
    for name, value in space.items():
        if isinstance(value, torch.Generator):
            found[name] = value.clone_state()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("lesson", lessons.every(), ids=lambda lesson: lesson.name)
def test_every_right_answer_leaves_the_lesson_as_it_is(lesson, monkeypatch):
    wrong, seen = [], []

    def demonstration(space, exercise_id, source):
        exercise = lesson.exercises[exercise_id]
        own = space[exercise.name]
        wanted = shown(source, copied(space))
        for name, function in right_answers(exercise).items():
            space[exercise.name] = function
            try:
                got = shown(source, copied(space))
            except Exception as error:
                wrong.append(f"{exercise_id} {name}: {type(error).__name__}: {error}")
                continue
            finally:
                space[exercise.name] = own
            seen.append(exercise_id)
            if not same_text(got.text, wanted.text):
                wrong.append(f"{exercise_id} {name} prints {got.text!r}, not {wanted.text!r}")
            if wanted.pixels is not None and np.abs(got.pixels - wanted.pixels).mean() > 0.01:
                wrong.append(f"{exercise_id} {name} draws another figure")

    space = run(lesson, demonstration)
    assert not wrong, "\n".join(wrong)
    used = set().union(*(uses(cell.source) for cell in lesson.cells if cell.kind == "code"))
    functions = {e.id for e in lesson.exercises.values() if not e.is_value and e.name in used}
    assert functions == set(seen)
    text = " ".join(cell.source for cell in lesson.cells)
    for sentence, claim in CLAIMS.get(lesson.number, {}).items():
        assert " ".join(sentence.split()) in " ".join(text.split()), sentence
        assert eval(claim, space), f"{sentence}: {claim}"
