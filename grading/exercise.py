"""An exercise: its cases, its misconceptions with their hints, its alternatives, and its points.

`checks/NN_topic.py` declares the exercises of a lesson; this module says what one is, and `judge`
judges the outputs that its task in the jail collected from an answer. The right answer is the
lesson's own solution (see `lesson`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from grading import judge
from grading.compare import difference
from grading.jail.answers import PREAMBLE, attempt
from grading.jail.ids import lesson_of

NOTEBOOK_SEED = 0  # hidden cases use another one


@dataclass(frozen=True)
class Row:
    """A line of a table of results: what an exercise earned, and why."""

    exercise: str
    name: str
    earned: int
    points: int
    status: str
    message: str = ""


@dataclass
class Exercise:
    """One exercise.

    id: "2.1"; name: the name the answer cell defines, a function or (`is_value`) a value;
    difficulty: 1 to 3; cases: seed → list of plain dictionaries for the lesson's task;
    tolerance: relative to the largest expected absolute value;
    hints: staged, each a little more concrete, none of them the answer.
    """

    id: str
    name: str
    points: int
    minutes: int
    hints: tuple[str, ...] = ()
    difficulty: int = 1
    is_value: bool = False
    cases: Callable[[int], list[dict]] = lambda seed: [{}]
    tolerance: float = 1e-4
    praise: str = ""
    key: str = ""  # of a question, its right letter
    feedback: dict[str, str] = field(default_factory=dict)  # of each letter of a question
    compare: Callable[[dict, dict, float], str | None] = difference
    misconceptions: list[tuple[Callable, str]] = field(default_factory=list)
    naive: dict[Callable, Callable] = field(default_factory=dict)  # misconception → written again
    alternatives: list[Callable] = field(default_factory=list)

    @property
    def lesson(self) -> str:
        return lesson_of(self.id)

    @property
    def options(self) -> tuple[str, ...]:
        """The letters of a multiple-choice question; of any other exercise none."""
        return tuple(self.feedback)

    @property
    def right_line(self) -> str:
        """The fixed text of a right answer, which nbval compares."""
        return f"✓ {self.id} {self.name}\n" + (f"  {self.praise}\n" if self.praise else "")

    def misconception(self, hint: str) -> Callable[[Callable], Callable]:
        """Register a wrong implementation; an answer that gives its outputs gets its hint."""

        def register(function: Callable) -> Callable:
            self.misconceptions.append((function, hint))
            return function

        return register

    def naively(self, misconception: Callable) -> Callable[[Callable], Callable]:
        """Register a misconception once more, as a beginner writes it; it gets the same hint."""

        def register(function: Callable) -> Callable:
            self.naive[misconception] = function
            return function

        return register

    def alternative(self, function: Callable) -> Callable:
        """Register a right implementation written another way; only the proofs use it."""
        self.alternatives.append(function)
        return function

    def answer(self, function: Callable) -> Any:
        """What a registered function stands for: itself, or the value that it returns."""
        return function() if self.is_value else function

    def defined_by(self, solution: str) -> Any:
        """The course's own answer, from its cell; a function is marked as such."""
        namespace: dict[str, Any] = {}
        exec(PREAMBLE, namespace)
        exec(compile(solution, f"<solution of {self.id}>", "exec"), namespace)
        answer = namespace[self.name]
        if not self.is_value:
            answer.is_the_courses_own = True
        return answer

    def outputs(self, answer: Any, seed: int = NOTEBOOK_SEED) -> list[dict]:
        return attempt(self.id, answer, self.cases(seed))

    def judge(
        self, outputs: list[dict], right_answer: Any, seed: int = NOTEBOOK_SEED
    ) -> judge.Verdict:
        """Compare outputs collected from an answer with the right one's on the same cases."""
        return judge.judge(self, outputs, right_answer, seed)


def choice(id: str, key: str, points: int, minutes: int, feedback: dict[str, str]) -> Exercise:
    """A multiple-choice question on understanding; every option, right or wrong, has feedback."""
    question = Exercise(
        id=id,
        name=f"answer_{id.replace('.', '_')}",
        is_value=True,
        points=points,
        minutes=minutes,
        key=key,
        praise=feedback[key],
        hints=(f"Answer with one of the letters {', '.join(feedback)} in quotes.",),
        compare=_same_letter,
        feedback=feedback,
    )
    for option, text in feedback.items():
        if option != key:
            question.misconception(f"{option} is not it. {text}")(lambda option=option: option)
    question.alternative(lambda: key.lower())
    question.alternative(lambda: f" {key} ")
    return question


def _same_letter(outputs: dict, expected: dict, tolerance: float) -> str | None:
    got, want = outputs["value"], expected["value"]
    if got["kind"] != "text":
        return f"The answer should be a letter in quotes; yours is a {got['kind']}."
    same = got["value"].strip().upper() == want["value"].strip().upper()
    return None if same else "This is not one of the letters of this question."


def score_line(lesson: str, earned: int, total: int) -> str:
    """The fixed text of a score: "Lesson 02  ██████░░░░  6 of 10 points"."""
    filled = round(20 * earned / total) if total else 0
    bar = "█" * filled + "░" * (20 - filled)
    return f"Lesson {lesson}  {bar}  {earned} of {total} points\n"
