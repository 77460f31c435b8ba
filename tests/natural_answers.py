"""What people hand in: `python -m tests.natural_answers` prints what each lesson's checks say, and
writes it to `natural/told.tsv` for a person to read.

`tests/natural` holds wrong answers and right ones as teachers wrote them down who had seen nothing
but the student edition; no hint was written or changed before they were there. Of each lesson's
wrong answers every second one (the first, the third, …) was used to mend hints and cases by, the
others to measure what that brought; then these too were mended by.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jupytext

from grading import lesson as lessons
from grading.exercise import NOTEBOOK_SEED
from grading.jail.answers import attempt_cell
from grading.jail.ids import answer_id
from grading.judge import Verdict

FOLDER = Path(__file__).parent / "natural"


@dataclass(frozen=True)
class Natural:
    """An answer; `why` is its mistake, or the way in which a right one goes."""

    lesson: str
    number: int  # in its file, wrong and right ones counted apart
    exercise: str
    is_right: bool
    why: str
    source: str

    @property
    def is_held_back(self) -> bool:
        return not self.is_right and self.number % 2 == 0

    def __str__(self) -> str:
        return f"{self.exercise} {'right' if self.is_right else 'wrong'} {self.number}"


def every() -> Iterator[Natural]:
    for file in sorted(FOLDER.glob("*.py")):
        count = {True: 0, False: 0}
        for cell in jupytext.read(file, fmt="py:percent").cells:
            marks = cell.metadata
            is_right = "right" in marks
            count[is_right] += 1
            exercise, why = marks["right" if is_right else "wrong"], marks.get("way", "")
            yield Natural(
                file.stem[:2],
                count[is_right],
                exercise,
                is_right,
                marks.get("mistake", why),
                cell.source,
            )


def verdict(answer: Natural, seed: int = NOTEBOOK_SEED) -> Verdict:
    """What the notebook, `make check` and the grader say of it."""
    exercise = lessons.exercise(answer.exercise)
    asked = {"id": exercise.id, "name": exercise.name, "is_value": exercise.is_value}
    code = [(answer_id(exercise.id), answer.source)]
    outputs = attempt_cell(asked, code, exercise.cases(seed))
    return exercise.judge(outputs, lessons.of(exercise.id).right_answer(exercise.id), seed)


def line(answer: Natural, verdict: Verdict) -> str:
    """What a wrong answer is told, as a line of `told.tsv`."""
    how = "named" if verdict.named else "general"
    return "\t".join([str(answer), how, answer.why, " ".join(verdict.message.split())])


def told() -> list[str]:
    """The lines of `told.tsv`, which a person has read."""
    return (FOLDER / "told.tsv").read_text(encoding="utf-8").splitlines()


def table(answers: list[Natural]) -> str:
    """How many wrong answers are named, told something general, and accepted; by lesson."""
    lines = ["lesson  half      wrong  named  general  accepted"]
    for lesson in sorted({a.lesson for a in answers}):
        for half, held in (("mended", False), ("held back", True)):
            some = [a for a in answers if a.lesson == lesson and not a.is_right]
            some = [verdict(a) for a in some if a.is_held_back == held]
            accepted = sum(v.outcome == "right" for v in some)
            named = sum(v.named for v in some)
            counts = (len(some), named, len(some) - named - accepted, accepted)
            lines.append(
                f"{lesson:<7} {half:<9} {counts[0]:>5} {counts[1]:>6} {counts[2]:>8} {counts[3]:>9}"
            )
    right = [a for a in answers if a.is_right]
    refused = [str(a) for a in right if verdict(a).outcome != "right"]
    return "\n".join([*lines, f"{len(right)} right ones, refused: {refused or 'none'}"])


if __name__ == "__main__":
    print(table(list(every())))
    lines = [line(answer, verdict(answer)) for answer in every() if not answer.is_right]
    (FOLDER / "told.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
