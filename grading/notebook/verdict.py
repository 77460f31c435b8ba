"""What a check cell says: a text for the student, and the same as data beside it.

The data is an output that no notebook shows. `make check` takes it from there, so that nobody has
to read the text back.
"""

from dataclasses import asdict

import nbformat

from grading import VERDICT
from grading.exercise import Exercise
from grading.judge import Verdict

WRONG = ("✗", "not right yet")
SAID = {"wrong": WRONG, "error": WRONG, "not attempted": ("○", "not attempted yet")}


def text_of(exercise: Exercise, verdict: Verdict) -> str:
    """One fixed line where the answer is right; else what is wrong, and how the lesson goes on."""
    if verdict.outcome == "right":
        return exercise.right_line
    mark, said = SAID[verdict.outcome]
    lines = [f"{mark} {exercise.id} {exercise.name}: {said}. {verdict.message}"]
    if verdict.hint:
        lines.append(f"  {verdict.hint}")
    if not exercise.is_value:
        lines.append(f"  The lesson goes on with the course's own {exercise.name}.")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def data_of(exercise: Exercise, verdict: Verdict) -> dict:
    return {"exercise": exercise.id} | asdict(verdict)


def right_outputs(exercise: Exercise) -> list[nbformat.NotebookNode]:
    """What the check cell of a right answer puts out."""
    right = Verdict("right")
    data = {VERDICT: data_of(exercise, right)}
    return [
        nbformat.v4.new_output("stream", text=text_of(exercise, right)),
        nbformat.v4.new_output("display_data", data=data),
    ]
