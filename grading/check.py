"""Check an answer inside the notebook: `saliency = check("2.1")` and, at the end, `score("02")`.

`panel("02")` shows the exercises as a table that every later check brings up to date.
"""

import sys
from typing import TYPE_CHECKING, Any

from grading import exercise as registry
from grading.exercise import Exercise, Verdict
from grading.panel import html

if TYPE_CHECKING:  # it takes a while; only a panel needs it
    import ipywidgets

_verdicts: dict[str, Verdict] = {}  # by exercise, in this kernel
_hints_given: dict[str, int] = {}
_panels: dict[str, "ipywidgets.HTML"] = {}  # by lesson

MARKS = {"right": "✓", "wrong": "✗", "error": "✗", "not attempted": "○"}


def check(exercise_id: str) -> Any:
    """Look the answer up in the notebook, run it on the exercise's cases and say how it did.

    Returns the student's function where it is right and the course's own where it is not, so that
    the rest of the lesson runs either way. For a number or a choice it returns nothing.
    """
    exercise = registry.find(exercise_id)
    names = _notebook_names()
    answer = names.get(exercise.name)
    own = None if exercise.is_value else registry.reference(exercise_id)

    if exercise.name not in names:
        verdict = Verdict("not attempted", "Run the answer cell above first.")
    elif getattr(answer, "is_the_courses_own", False):
        message = f"This is the course's own {exercise.name}; run your answer cell again."
        verdict = Verdict("not attempted", message)
    elif answer is None or answer is Ellipsis:
        verdict = Verdict("not attempted")
    elif not exercise.is_value and not callable(answer):
        message = f"`{exercise.name}` should be a function; yours is a {type(answer).__name__}."
        verdict = Verdict("wrong", message)
    else:
        verdict = exercise.judge(exercise.outputs(answer))

    _verdicts[exercise_id] = verdict
    _update_panel(exercise.lesson)
    print(_report(exercise, verdict), end="")
    return answer if verdict.outcome == "right" and own is not None else own


def score(lesson: str) -> None:
    """Print the points earned in this kernel, with a bar and the exercises still to do."""
    exercises = registry.exercises(lesson).values()
    earned = sum(e.points for e in exercises if is_right(e.id))
    total = sum(e.points for e in exercises)
    print(score_line(lesson, earned, total), end="")
    if left := [e.id for e in exercises if not is_right(e.id)]:
        print(f"  Still to do: {', '.join(left)}")


def panel(lesson: str) -> "ipywidgets.HTML":
    """The lesson's exercises with points and state, in one widget that follows the checks."""
    import ipywidgets

    _panels.setdefault(lesson, ipywidgets.HTML())
    _update_panel(lesson)
    return _panels[lesson]


def _update_panel(lesson: str) -> None:
    if lesson in _panels:
        outcomes = {name: verdict.outcome for name, verdict in _verdicts.items()}
        _panels[lesson].value = html(lesson, registry.exercises(lesson).values(), outcomes)


def score_line(lesson: str, earned: int, total: int) -> str:
    """The fixed text of a score: "Lesson 02  ██████░░░░  6 of 10 points"."""
    filled = round(20 * earned / total) if total else 0
    bar = "█" * filled + "░" * (20 - filled)
    return f"Lesson {lesson}  {bar}  {earned} of {total} points\n"


def is_right(exercise_id: str) -> bool:
    return exercise_id in _verdicts and _verdicts[exercise_id].outcome == "right"


def _report(exercise: Exercise, verdict: Verdict) -> str:
    if verdict.outcome == "right":
        return exercise.right_line
    outcome = "not attempted yet" if verdict.outcome == "not attempted" else "not right yet"
    lines = [
        f"{MARKS[verdict.outcome]} {exercise.id} {exercise.name}: {outcome}. {verdict.message}"
    ]
    if verdict.outcome != "not attempted" and not verdict.misconception and exercise.hints:
        stage = min(_hints_given.get(exercise.id, 0), len(exercise.hints) - 1)
        _hints_given[exercise.id] = stage + 1
        lines.append(f"  Hint {stage + 1} of {len(exercise.hints)}: {exercise.hints[stage]}")
    if not exercise.is_value:
        lines.append(f"  The lesson goes on with the course's own {exercise.name}.")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _notebook_names() -> dict[str, Any]:
    """The names defined in the notebook, or where there is none in the module that called check."""
    from IPython import get_ipython

    shell = get_ipython()
    return shell.user_ns if shell else sys._getframe(2).f_globals
