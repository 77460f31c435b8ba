"""The form of the lessons' demonstrations: short, and without a plotting library's own objects."""

from pathlib import Path

import jupytext
import pytest

SOURCES = sorted((Path(__file__).parents[1] / "notebooks" / "source").glob("*.py"))
LONGEST = 20
WITHOUT_AXES = ("08", "09")  # what helpers.plot draws whole


def demonstrations(source: Path) -> list[str]:
    """The code cells that a student is given: neither the answer to an exercise nor its check."""
    cells = jupytext.read(source, fmt="py:percent").cells
    return [
        cell.source
        for cell in cells
        if cell.cell_type == "code" and not {"exercise", "check"} & cell.metadata.keys()
    ]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_demonstration_is_at_most_twenty_lines(source):
    long = [code.splitlines()[0] for code in demonstrations(source) if code.count("\n") >= LONGEST]
    assert not long, f"more than {LONGEST} lines, blank ones included, in the cells that begin so"


@pytest.mark.parametrize("number", WITHOUT_AXES)
def test_a_lesson_handles_no_axes(number):
    (source,) = [source for source in SOURCES if source.stem.startswith(number)]
    code = "\n".join(demonstrations(source))
    assert not [word for word in ("matplotlib", "axis", "Figure") if word in code]
