"""The score panel: a lesson's exercises as a table that follows the checks of this kernel."""

from collections.abc import Collection, Mapping

from grading.exercise import Exercise

STATES = {
    "right": "✓ right",
    "wrong": "✗ not right yet",
    "error": "✗ not right yet",
    "not attempted": "○ to do",
}
COLUMNS = ("exercise", "name", "points", "minutes", "state")


def html(lesson: str, exercises: Collection[Exercise], outcomes: Mapping[str, str]) -> str:
    """The table, given the outcome of each exercise that was checked."""
    total = sum(e.points for e in exercises)
    earned = sum(e.points for e in exercises if outcomes.get(e.id) == "right")
    sum_line = f"{earned} of {total} points"
    head = "".join(_cell("th", name, ' scope="col"') for name in COLUMNS)
    rows = "".join(f"<tr>{_row(e, outcomes.get(e.id, 'not attempted'))}</tr>" for e in exercises)
    return (
        '<table style="border-collapse: collapse; line-height: 1.5">'
        '<caption style="text-align: left; padding: 0.3em 0.6em">'
        f"<strong>Lesson {lesson}: {sum_line}</strong> "
        f'<progress value="{earned}" max="{total}" aria-label="{sum_line}"></progress></caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(exercise: Exercise, outcome: str) -> str:
    rest = (f"<code>{exercise.name}</code>", exercise.points, exercise.minutes, STATES[outcome])
    return _cell("th", exercise.id, ' scope="row"') + "".join(_cell("td", text) for text in rest)


def _cell(tag: str, text: object, scope: str = "") -> str:
    style = "text-align: left; padding: 0 0.6em; border-top: 1px solid #8888"
    return f'<{tag}{scope} style="{style}">{text}</{tag}>'
