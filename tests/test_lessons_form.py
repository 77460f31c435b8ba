"""The form of the lessons' demonstrations: short, and without a plotting library's own objects."""

import pytest

from grading import lesson as lessons

LONGEST = 20
WITHOUT_AXES = ("08", "09")  # what helpers.plot draws whole


def demonstrations(lesson: lessons.Lesson) -> list[str]:
    """The code cells that a student is given: neither the answer to an exercise nor its check."""
    return [cell.source for cell in lesson.cells if cell.kind == "code"]


@pytest.mark.parametrize("lesson", lessons.every(), ids=lambda lesson: lesson.name)
def test_a_demonstration_is_at_most_twenty_lines(lesson):
    long = [code.splitlines()[0] for code in demonstrations(lesson) if code.count("\n") >= LONGEST]
    assert not long, f"more than {LONGEST} lines, blank ones included, in the cells that begin so"


@pytest.mark.parametrize("number", WITHOUT_AXES)
def test_a_lesson_handles_no_axes(number):
    code = "\n".join(demonstrations(lessons.find(number)))
    assert not [word for word in ("matplotlib", "axis", "Figure") if word in code]
