"""Check an answer inside the notebook: `saliency = check("2.1")` and, at the end, `score("02")`.

`panel("02")` shows the exercises as a table that every later check brings up to date.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from IPython import get_ipython

from grading import VERDICT
from grading import lesson as lessons
from grading.exercise import NOTEBOOK_SEED, Exercise, score_line
from grading.jail.answers import attempt_cell
from grading.jail.ids import answer_id
from grading.judge import Verdict
from grading.lesson import Lesson
from grading.notebook import history
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
    lesson = lessons.of(exercise_id)
    verdict = _judged(exercise, lesson, history.of(lesson))
    _say(exercise, replace(verdict, hint=_next_hint(exercise, verdict)))
    if exercise.is_value:
        return None
    right_answer = lesson.right_answer(exercise_id)
    if verdict.outcome != "right":
        return right_answer
    return history.names().get(exercise.name, right_answer)


def _judged(exercise: Exercise, lesson: Lesson, code: list[tuple[str, str]]) -> Verdict:
    """The verdict on the answer that was run last, taken by itself as the grader takes it."""
    asked = {"id": exercise.id, "name": exercise.name, "is_value": exercise.is_value}
    if answer_id(exercise.id) not in dict(code):
        return Verdict("not attempted", history.close_to(exercise.name, code))
    outputs = attempt_cell(asked, code, exercise.cases(NOTEBOOK_SEED), history.ALONE)
    return exercise.judge(outputs, lesson.right_answer(exercise.id))


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
    if verdict.outcome not in ("wrong", "error") or verdict.named or not exercise.hints:
        return ""
    stage = min(_hints_given.get(exercise.id, 0), len(exercise.hints) - 1)
    _hints_given[exercise.id] = stage + 1
    return f"Hint {stage + 1} of {len(exercise.hints)}: {exercise.hints[stage]}"


def _update_panel(lesson: str) -> None:
    if lesson in _panels:
        outcomes = {name: verdict.outcome for name, verdict in _verdicts.items()}
        _panels[lesson].value = html(lessons.find(lesson), earned(lesson), outcomes)
