"""Check an answer inside the notebook: `saliency = check("2.1")` and, at the end, `score("02")`.

`panel("02")` shows the exercises as a table that every later check brings up to date.
"""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from IPython import get_ipython

from grading import VERDICT
from grading import lesson as lessons
from grading.exercise import Exercise, Verdict, score_line
from grading.notebook.panel import html
from grading.notebook.verdict import data_of, text_of

if TYPE_CHECKING:  # it takes a while; only a panel needs it
    import ipywidgets

_verdicts: dict[str, Verdict] = {}  # by exercise, in this kernel
_hints_given: dict[str, int] = {}
_panels: dict[str, "ipywidgets.HTML"] = {}  # by lesson


def check(exercise_id: str) -> Any:
    """Look the answer up in the notebook, run it on the exercise's cases and say how it did.

    Returns the student's function where it is right and the course's own where it is not, so that
    the rest of the lesson runs either way. For a number or a choice it returns nothing.
    """
    exercise = lessons.exercise(exercise_id)
    right_answer = lessons.of(exercise_id).right_answer(exercise_id)
    names = _notebook_names()
    answer = names.get(exercise.name)

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
        verdict = exercise.judge(exercise.outputs(answer), right_answer)

    _say(exercise, replace(verdict, hint=_next_hint(exercise, verdict)))
    if exercise.is_value:
        return None
    return answer if verdict.outcome == "right" else right_answer


def score(lesson: str) -> None:
    """Print the points earned in this kernel, with a bar and the exercises still to do."""
    print(score_line(lesson, earned(lesson), lessons.find(lesson).points), end="")
    if left := [name for name in lessons.find(lesson).exercises if not is_right(name)]:
        print(f"  Still to do: {', '.join(left)}")


def earned(lesson: str) -> int:
    return sum(e.points for e in lessons.find(lesson).exercises.values() if is_right(e.id))


def panel(lesson: str) -> "ipywidgets.HTML":
    """The lesson's exercises with points and state, in one widget that follows the checks."""
    import ipywidgets

    _panels.setdefault(lesson, ipywidgets.HTML())
    _update_panel(lesson)
    return _panels[lesson]


def is_right(exercise_id: str) -> bool:
    return exercise_id in _verdicts and _verdicts[exercise_id].outcome == "right"


def _say(exercise: Exercise, verdict: Verdict) -> None:
    """Keep a verdict, and put it out as text and as data."""
    _verdicts[exercise.id] = verdict
    _update_panel(exercise.lesson)
    print(text_of(exercise, verdict), end="")
    if shell := get_ipython():
        shell.display_pub.publish({VERDICT: data_of(exercise, verdict)})


def _next_hint(exercise: Exercise, verdict: Verdict) -> str:
    """The next stage of the exercise's hints, where the mistake has no hint of its own."""
    if verdict.outcome not in ("wrong", "error") or verdict.misconception or not exercise.hints:
        return ""
    stage = min(_hints_given.get(exercise.id, 0), len(exercise.hints) - 1)
    _hints_given[exercise.id] = stage + 1
    return f"Hint {stage + 1} of {len(exercise.hints)}: {exercise.hints[stage]}"


def _update_panel(lesson: str) -> None:
    if lesson in _panels:
        outcomes = {name: verdict.outcome for name, verdict in _verdicts.items()}
        _panels[lesson].value = html(lessons.find(lesson), earned(lesson), outcomes)


def _notebook_names() -> dict[str, Any]:
    """The names defined in the notebook, or where there is none in the module that called check."""
    shell = get_ipython()
    return shell.user_ns if shell else sys._getframe(2).f_globals
