"""The form of demonstrations: short, captioned, without a plotting library's own objects."""

import ast
import inspect
from collections.abc import Iterator

import pytest

from grading import lesson as lessons
from helpers import plot

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


def uncaptioned(code: str) -> Iterator[str]:
    """The calls of `plot` in this code that draw a picture and give it no caption."""
    tree = ast.parse(code)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    inside = {
        part for call in calls if ast.unparse(call.func) == "plot.beside" for part in call.args
    }
    for call in calls:
        name = ast.unparse(call.func).removeprefix("plot.")
        function = getattr(plot, name, None) if ast.unparse(call.func) != name else None
        parameters = list(inspect.signature(function).parameters) if function else []
        if "caption" in parameters and call not in inside:
            given = parameters[: len(call.args)] + [word.arg for word in call.keywords]
            if "caption" not in given:
                yield ast.unparse(call)


@pytest.mark.parametrize("lesson", lessons.every(), ids=lambda lesson: lesson.name)
def test_every_figure_has_a_caption(lesson):
    code = [line for cell in demonstrations(lesson) for line in cell.splitlines()]
    code = "\n".join("pass" if line.startswith(("%", "!")) else line for line in code)
    assert not list(uncaptioned(code))


def test_a_figure_without_a_caption_is_found():
    assert list(uncaptioned("plot.images(x, titles)")) == ["plot.images(x, titles)"]
    assert not list(uncaptioned("plot.images(x, titles, 'What it means.')"))
    assert not list(uncaptioned("plot.beside(plot.images(x), plot.lines(x, y), caption='Both.')"))
    assert list(uncaptioned("plot.beside(plot.images(x))"))
