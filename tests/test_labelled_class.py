"""The class with known mistakes: it holds every known answer, and is graded as its labels say."""

import random

import pytest

from grading import lesson as lessons
from grading.grade import judging, results, submissions
from tests import labelled_class
from tests.labelled_class import deal, disagreements


@pytest.mark.parametrize("lesson", lessons.with_exercises(), ids=lambda lesson: lesson.name)
def test_the_notebooks_of_a_lesson_hold_every_answer_that_it_knows(lesson):
    hands = deal(lesson, random.Random(1))
    for exercise in lesson.exercises.values():
        dealt = [hand[exercise.id] for hand in hands]
        assert {hint for _, hint in exercise.misconceptions} <= {answer.message for answer in dealt}
        right = [answer.what for answer in dealt if answer.earned == exercise.points]
        alternatives = [what for what in right if what.startswith("alternative")]
        assert "solution" in right and len(alternatives) == len(exercise.alternatives)


def test_the_same_seed_writes_the_same_class(tmp_path):
    names = ("one", "two")
    one, two = (labelled_class.write(tmp_path / name, seed=3, students=3) for name in names)
    assert one == two
    one, two = (sorted((tmp_path / name).iterdir()) for name in names)
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


@pytest.mark.slow
def test_a_class_is_graded_as_its_labels_say(tmp_path):
    labels = labelled_class.write(tmp_path / "class", seed=3, students=6)
    exercises = [label for one in labels.values() for label in one["exercises"].values()]
    broken = {"stub", "missing", "exception", "syntax error", "os._exit", "too much output"}
    assert broken | {"solution"} <= {label["what"] for label in exercises}
    settings = judging.Settings(tier="rlimits", seed=20240817)
    graded = []
    for one in submissions.submissions_in(tmp_path / "class", {}):
        graded.append(judging.grade(one, settings, judging.fingerprint_of(one, settings)))
        results.save(tmp_path / "results", graded[-1])
    results.write_tables(tmp_path / "results", graded)
    assert disagreements(tmp_path / "results", labels) == []

    labels["student002"]["exercises"]["2.1"]["earned"] += 1
    labels["student999"] = labels["student000"]
    first, second = disagreements(tmp_path / "results", labels)
    assert first.startswith("student002 2.1: ") and second == "student999 is not graded"
