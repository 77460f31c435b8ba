"""Grade one submission: run its answers in the sandbox, and judge here what came out of it."""

import hashlib
import json
import platform
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock

import numpy as np
import torch

from grading import lesson as lessons
from grading.exercise import NOTEBOOK_SEED, Exercise, Row
from grading.file.cells import code_of, is_doubled
from grading.grade import escapes, questions, sandbox
from grading.grade.submissions import Submission
from grading.jail import wire

# Worst last: the status of a submission is the worst of its exercises'.
STATUSES = (
    "graded",
    "student_error",
    "timeout",
    "crashed",
    "needs_review",
    "malformed",
    "infra_error",
)
SENTENCES = {
    "timeout": f"The answer took longer than {sandbox.SECONDS} seconds.",
    "crashed": "The answer ended the process that it ran in.",
    "flood": "The answer returned more data than allowed.",
    "missing": "The answer cell is missing.",
    "doubled": "There are several cells for this answer, so somebody has to choose one.",
    "review": "The grader could not compare this answer, so somebody has to look at it.",
}
LONGEST_MESSAGE = 1000  # characters; some of them are the student's
JUDGING = Lock()  # the reference runs in this process, and torch's random numbers are global


@dataclass(frozen=True)
class Settings:
    """What a whole class is graded with."""

    tier: str = "bubblewrap"
    seed: int = NOTEBOOK_SEED
    pack: dict[str, list[dict]] = field(default_factory=dict)  # lesson → questions


def grade(submission: Submission, settings: Settings, fingerprint: str) -> dict:
    """The result of a submission as plain data; `fingerprint` is what the coordinator expects."""
    try:
        if fingerprint != fingerprint_of(submission, settings):
            raise sandbox.SandboxError("This worker has another version of the course or torch.")
        rows = rows_of(submission, settings) if not submission.problem else []
        return result(submission, settings, fingerprint, rows)
    except Exception as error:  # whatever a student did is in `rows`, so this is ours
        return failed(submission, settings, fingerprint, f"{type(error).__name__}: {error}")


def rows_of(submission: Submission, settings: Settings) -> list[Row]:
    escapes.demand_none(settings.tier)
    exercises = questions.exercises(submission.lesson, settings.pack)
    found = submission.answers
    clear = [e for e in exercises if e.id in found and not is_doubled(e, found)]
    jobs = [job(e, code_of(e.id, found), settings.seed) for e in clear]
    collected = sandbox.collect(settings.tier, jobs)
    rows = []
    for exercise in exercises:
        if exercise.id in collected:
            rows.append(judged(exercise, collected[exercise.id], settings))
        elif exercise.id in found:
            rows.append(row(exercise, "needs_review", SENTENCES["doubled"]))
        else:
            rows.append(row(exercise, "graded", SENTENCES["missing"]))
    return rows


def job(exercise: Exercise, code: list[tuple[str, str]], seed: int) -> dict:
    """What the sandbox is told of an exercise: the student's code and the cases, nothing else."""
    asked = {"id": exercise.id, "name": exercise.name, "is_value": exercise.is_value}
    return asked | {"code": code, "cases": exercise.cases(seed)}


def judged(exercise: Exercise, collected: sandbox.Collected, settings: Settings) -> Row:
    """Compare what came out of the sandbox with the right answer, here."""
    if collected.status == "flood":
        return row(exercise, "malformed", SENTENCES["flood"])
    if collected.status != "done":
        return row(exercise, collected.status, SENTENCES[collected.status])
    try:
        outputs = wire.outputs_from(collected.data, len(exercise.cases(settings.seed)))
    except wire.Malformed as error:
        return row(exercise, "malformed", str(error))
    try:
        right_answer = exercise.key or lessons.of(exercise.id).right_answer(exercise.id)
        with JUDGING:
            verdict = exercise.judge(outputs, right_answer, settings.seed)
    except Exception:  # honest outputs have the names and shapes that a comparison expects
        return row(exercise, "needs_review", SENTENCES["review"])
    if verdict.outcome == "right":
        return row(exercise, "graded", "Right.", exercise.points)
    if verdict.outcome == "not attempted":
        return row(exercise, "graded", f"Not attempted. {verdict.message}".strip())
    status = "student_error" if verdict.outcome == "error" else "graded"
    return row(exercise, status, verdict.message)


def row(exercise: Exercise, status: str, message: str, earned: int = 0) -> Row:
    message = message[:LONGEST_MESSAGE]
    return Row(exercise.id, exercise.name, earned, exercise.points, status, message)


def result(submission: Submission, settings: Settings, fingerprint: str, rows: list[Row]) -> dict:
    """All that is known of a submission, as plain data."""
    statuses = ["malformed" if submission.problem else "graded", *(r.status for r in rows)]
    return {
        "student": submission.student,
        "file": submission.file,
        "lesson": submission.lesson,
        "status": max(statuses, key=STATUSES.index),
        "message": submission.problem,
        "earned": sum(r.earned for r in rows),
        "points": sum(r.points for r in rows),
        "exercises": [asdict(r) for r in rows],
        "sandbox": settings.tier,
        "fingerprint": fingerprint,
    }


def failed(submission: Submission, settings: Settings, fingerprint: str, message: str) -> dict:
    """The result where the grader itself had trouble; it earns nothing and is tried again."""
    found = result(submission, settings, fingerprint, [])
    return found | {"status": "infra_error", "message": message}


# what determines a result

COMMON = (
    "exercise.py",
    "judge.py",
    "compare.py",
    "lesson.py",
    "file/cells.py",
    "jail/*.py",
    "grade/*.py",
)


def fingerprint_of(submission: Submission, settings: Settings) -> str:
    """A hash of all that determines a result: who, which answers, judged by what, run where."""
    parts = [asdict(submission), settings.tier, settings.seed, settings.pack.get(submission.lesson)]
    parts += [sources(submission.lesson), platform.python_version(), torch.__version__]
    text = json.dumps([*parts, np.__version__], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@cache
def sources(lesson: str) -> str:
    """A hash of the grader, and of a lesson's tasks, checks and solutions."""
    house = Path(__file__).parents[1]
    files = [file for pattern in COMMON for file in sorted(house.glob(pattern))]
    if lesson:
        name = f"{lessons.find(lesson).name}.py"
        files += [house / "jail/tasks" / name, house / "checks" / name, lessons.SOURCES / name]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
