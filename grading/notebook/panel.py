"""The score panel: a lesson's exercises as a table that follows the checks of this kernel."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grading.lesson import Lesson

FOLDER = FileSystemLoader(Path(__file__).parent)
TEMPLATES = Environment(loader=FOLDER, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
STATES = {
    "right": "✓ right",
    "wrong": "✗ not right yet",
    "error": "✗ not right yet",
    "not attempted": "○ to do",
}


def html(lesson: Lesson, earned: int, outcomes: Mapping[str, str]) -> str:
    """The table, given the outcome of each exercise that was checked."""
    template = TEMPLATES.get_template("panel.html")
    return template.render(lesson=lesson, earned=earned, outcomes=outcomes, states=STATES)
