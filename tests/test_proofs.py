"""The five proofs, for every exercise of every lesson.

The solution passes, the untouched stub says "not attempted", every misconception is refused with
its own hint, and so it is where a beginner writes it another way, every alternative is accepted: on
the notebook's seed and on one nobody has seen.
"""

import json
from functools import cache

import pytest

from grading import lesson as lessons
from grading.editions import EDITIONS
from grading.exercise import NOTEBOOK_SEED
from grading.jail.answers import PREAMBLE
from grading.jail.ids import answer_id

EXERCISES = [e for lesson in lessons.every() for e in lesson.exercises.values()]
SEEDS = (NOTEBOOK_SEED, 20240817)


def by_id(exercise):
    return exercise.id


def judged(exercise, function, seed):
    outputs = exercise.outputs(exercise.answer(function), seed)
    return exercise.judge(outputs, right_answer(exercise), seed)


def right_answer(exercise):
    return lessons.of(exercise.id).right_answer(exercise.id)


@cache
def student_cell(exercise_id):
    """The source of an answer cell in the untouched student edition."""
    path = EDITIONS["student"] / f"{lessons.of(exercise_id).name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "".join(next(c["source"] for c in cells if c["id"] == answer_id(exercise_id)))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("exercise", EXERCISES, ids=by_id)
def test_solution_passes(exercise, seed):
    outputs = exercise.outputs(right_answer(exercise), seed)
    assert "error" not in outputs[-1]
    assert exercise.judge(outputs, right_answer(exercise), seed).outcome == "right"


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_id)
def test_stub_is_not_attempted(exercise):
    namespace = {}
    exec(PREAMBLE + student_cell(exercise.id), namespace)
    outputs = exercise.outputs(namespace[exercise.name])
    assert exercise.judge(outputs, right_answer(exercise)).outcome == "not attempted"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("exercise", EXERCISES, ids=by_id)
def test_misconceptions_get_their_own_hint(exercise, seed):
    assert len(exercise.misconceptions) >= 3
    for function, hint in exercise.misconceptions:
        verdict = judged(exercise, function, seed)
        assert verdict.outcome != "right", function.__name__
        assert verdict.message == hint, function.__name__


# lessons whose misconceptions are all written a second time
NAIVELY = [f"{number:02}" for number in range(9)]
FUNCTIONS = [e for e in EXERCISES if not e.is_value and (e.naive or e.lesson in NAIVELY)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("exercise", FUNCTIONS, ids=by_id)
def test_misconceptions_written_naively_get_the_same_hint(exercise, seed):
    assert {function for function, _ in exercise.misconceptions} == set(exercise.naive)
    for function, hint in exercise.misconceptions:
        verdict = judged(exercise, exercise.naive[function], seed)
        assert verdict.outcome != "right", function.__name__
        assert verdict.message == hint, function.__name__


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("exercise", EXERCISES, ids=by_id)
def test_alternatives_are_accepted(exercise, seed):
    assert len(exercise.alternatives) >= 2
    for function in exercise.alternatives:
        verdict = judged(exercise, function, seed)
        assert verdict.outcome == "right", f"{function.__name__}: {verdict.message}"


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_id)
def test_hints_do_not_hold_the_solution(exercise):
    hints = [*exercise.hints, *(hint for _, hint in exercise.misconceptions)]
    assert hints
    assert not any(f"{exercise.name} =" in hint for hint in hints)


@pytest.mark.parametrize("broken", ["tolerance", "cases"])
def test_breaking_a_check_makes_a_proof_fail(monkeypatch, broken):
    """A check that accepts everything, or feeds inputs that tell nothing apart, is noticed."""
    exercise = lessons.exercise("2.6")
    if broken == "tolerance":
        monkeypatch.setattr(exercise, "tolerance", 1e9)
    else:
        quiet = [case | {"noise": 0 * case["noise"]} for case in exercise.cases(0)]
        monkeypatch.setattr(exercise, "cases", lambda seed: quiet)
    with pytest.raises(AssertionError):
        test_misconceptions_get_their_own_hint(exercise, NOTEBOOK_SEED)
