"""An exercise: its cases, its misconceptions with their hints, its alternatives, and its verdict.

`checks/NN_topic.py` declares the exercises of a lesson; this module says what one is, finds it by
its id and judges the outputs that `grading.tasks` collected from an answer. The reference of an
exercise is the lesson's own solution cell, read from the built notebook in `reference/`.
"""

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from grading import tasks
from grading.compare import difference

REFERENCE = Path(__file__).parent / "reference"
CHECKS = Path(__file__).parent / "checks"
NOTEBOOK_SEED = 0  # hidden cases use another one


@dataclass(frozen=True)
class Verdict:
    """What is said of an answer: right, wrong, error or not attempted, and a sentence why."""

    outcome: str
    message: str = ""
    misconception: bool = False


@dataclass
class Exercise:
    """One exercise.

    id: "2.1"; name: the name the answer cell defines, a function or a value;
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
    cases: Callable[[int], list[dict]] = lambda seed: [{}]
    tolerance: float = 1e-4
    praise: str = ""
    feedback: dict[str, str] = field(default_factory=dict)  # of each letter of a question
    compare: Callable[[dict, dict, float], str | None] = difference
    misconceptions: list[tuple[Callable, str]] = field(default_factory=list)
    alternatives: list[Callable] = field(default_factory=list)

    @property
    def lesson(self) -> str:
        return f"{int(self.id.split('.')[0]):02d}"

    @property
    def options(self) -> tuple[str, ...]:
        """The letters of a multiple-choice question; of any other exercise none."""
        return tuple(self.feedback)

    @property
    def is_value(self) -> bool:
        return self.name.startswith("answer_")

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

    def alternative(self, function: Callable) -> Callable:
        """Register a right implementation written another way; only the proofs use it."""
        self.alternatives.append(function)
        return function

    def answer(self, function: Callable) -> Any:
        """What a registered function stands for: itself, or the value that it returns."""
        return function() if self.is_value else function

    def outputs(self, answer: Any, seed: int = NOTEBOOK_SEED) -> list[dict]:
        return tasks.attempt(self.id, answer, self.cases(seed))

    def judge(
        self, outputs: list[dict], seed: int = NOTEBOOK_SEED, right_answer: Any = None
    ) -> Verdict:
        """Compare outputs collected from an answer with the right one's on the same cases.

        The right answer is the lesson's own, unless it is given.
        """
        if outputs and (error := outputs[-1].get("error")):
            if error["type"] == "NotImplementedError":
                return Verdict("not attempted")
        elif all(item["kind"] == "None" for case in outputs for item in _own(case)):
            return Verdict("not attempted", "" if self.is_value else NOTHING_RETURNED)

        right_answer = reference(self.id) if right_answer is None else right_answer
        expected = self.outputs(right_answer, seed)
        problem = self._problem(outputs, expected)
        if problem is None:
            return Verdict("right")
        for function, hint in self.misconceptions:
            if self._problem(outputs, self.outputs(self.answer(function), seed)) is None:
                return Verdict("wrong", hint, misconception=True)
        return Verdict("error" if "error" in outputs[-1] else "wrong", problem)

    def _problem(self, outputs: list[dict], expected: list[dict]) -> str | None:
        """The first difference between the outputs of all cases, or None."""
        if "error" in outputs[-1]:
            same = "error" in expected[-1] and len(outputs) == len(expected)
            keys = ("type", "message")
            if same and all(outputs[-1]["error"][k] == expected[-1]["error"][k] for k in keys):
                return None
            return _sentence(outputs[-1]["error"])
        if len(outputs) != len(expected) or "error" in expected[-1]:
            return "It gives other outputs than expected."
        for got, want in zip(outputs, expected, strict=True):
            if problem := self.compare(got, want, self.tolerance):
                return problem
        return None


NOTHING_RETURNED = "Your function returned nothing: is there a `return` at its end?"


def _own(case: dict) -> list[dict]:
    """The outputs that the answer itself produced, leaving out copies of its inputs."""
    return [item for name, item in case.items() if "after the call" not in name]


def _sentence(error: dict) -> str:
    where = f" (line {error['line']} of the answer cell)" if error["line"] else ""
    return f"Your code raised {error['type']}: {error['message']}{where}"


def choice(id: str, key: str, points: int, minutes: int, feedback: dict[str, str]) -> Exercise:
    """A multiple-choice question on understanding; every option, right or wrong, has feedback."""
    question = Exercise(
        id=id,
        name=f"answer_{id.replace('.', '_')}",
        points=points,
        minutes=minutes,
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


@cache
def lessons() -> dict[str, str]:
    """Every lesson that has checks, in order: {"02": "02_saliency"}."""
    return {path.stem[:2]: path.stem for path in sorted(CHECKS.glob("[0-9][0-9]_*.py"))}


@cache
def exercises(lesson: str) -> dict[str, Exercise]:
    """The exercises of a lesson by id, in order."""
    module = importlib.import_module(f"grading.checks.{lessons()[lesson]}")
    found = [value for value in vars(module).values() if isinstance(value, Exercise)]
    return {e.id: e for e in sorted(found, key=lambda e: int(e.id.split(".")[1]))}


def find(exercise_id: str) -> Exercise:
    """The exercise of this id; KeyError with the known ids otherwise."""
    lesson = f"{int(exercise_id.split('.')[0]):02d}"
    known = exercises(lesson) if lesson in lessons() else {}
    if exercise_id not in known:
        raise KeyError(f"There is no exercise {exercise_id!r}; lesson {lesson} has {list(known)}.")
    return known[exercise_id]


@cache
def reference(exercise_id: str) -> Any:
    """The course's own answer, from the solved notebook; marked so that `check` knows it again."""
    exercise = find(exercise_id)
    path = REFERENCE / f"{lessons()[exercise.lesson]}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    source = next(c["source"] for c in cells if c["id"] == tasks.cell_id(exercise_id))
    namespace: dict[str, Any] = {}
    exec(tasks.PREAMBLE, namespace)
    exec(compile("".join(source), f"<solution of {exercise_id}>", "exec"), namespace)
    answer = namespace[exercise.name]
    if not exercise.is_value:
        answer.is_the_courses_own = True
    return answer
