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

from grading import exercise as registry
from grading.exercise import Exercise
from grading.grade import pack, probe, sandbox, wire
from grading.grade.submission import Submission

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
    seed: int = registry.NOTEBOOK_SEED
    pack: dict[str, list[dict]] = field(default_factory=dict)  # lesson → questions


@dataclass(frozen=True)
class Row:
    """What an exercise earned, and why."""

    exercise: str
    name: str
    earned: int
    points: int
    status: str
    message: str = ""


def grade(submission: Submission, settings: Settings, key: str) -> dict:
    """The result of a submission as plain data; `key` is what the coordinator expects it to be."""
    try:
        if key != key_of(submission, settings):
            raise sandbox.SandboxError("This worker has another version of the course or torch.")
        rows = rows_of(submission, settings) if not submission.problem else []
        return result(submission, settings, key, rows)
    except Exception as error:  # whatever a student did is in `rows`, so this is ours
        return failed(submission, settings, key, f"{type(error).__name__}: {error}")


def rows_of(submission: Submission, settings: Settings) -> list[Row]:
    probe.check(settings.tier)
    exercises = pack.exercises(submission.lesson, settings.pack)
    jobs = [
        job(exercise, submission.answers[exercise.id][0], settings.seed)
        for exercise in exercises
        if len(submission.answers.get(exercise.id, [])) == 1
    ]
    collected = sandbox.run(settings.tier, jobs)
    rows = []
    for exercise in exercises:
        found = len(submission.answers.get(exercise.id, []))
        if found == 1:
            rows.append(judged(exercise, collected[exercise.id], settings))
        elif found == 0:
            rows.append(row(exercise, "graded", SENTENCES["missing"]))
        else:
            rows.append(row(exercise, "needs_review", SENTENCES["doubled"]))
    return rows


def job(exercise: Exercise, source: str, seed: int) -> dict:
    """What the sandbox is told of an exercise: the answer and the cases, nothing else."""
    return {
        "id": exercise.id,
        "name": exercise.name,
        "is_value": exercise.is_value,
        "source": source,
        "cases": exercise.cases(seed),
    }


def judged(exercise: Exercise, collected: sandbox.Collected, settings: Settings) -> Row:
    """Compare what came out of the sandbox with the right answer, here."""
    if collected.status == "flood":
        return row(exercise, "malformed", SENTENCES["flood"])
    if collected.status != "done":
        return row(exercise, collected.status, SENTENCES[collected.status])
    try:
        outputs = wire.read_outputs(collected.data, len(exercise.cases(settings.seed)))
    except wire.Malformed as error:
        return row(exercise, "malformed", str(error))
    try:
        with JUDGING:
            verdict = exercise.judge(outputs, settings.seed, pack.key(exercise, settings.pack))
    except Exception:  # honest outputs have the names and shapes that a comparison expects
        return row(exercise, "needs_review", SENTENCES["review"])
    if verdict.outcome == "right":
        return row(exercise, "graded", "Right.", exercise.points)
    if verdict.outcome == "not attempted":
        return row(exercise, "graded", f"Not attempted. {verdict.message}".strip())
    return row(
        exercise, "student_error" if verdict.outcome == "error" else "graded", verdict.message
    )


def row(exercise: Exercise, status: str, message: str, earned: int = 0) -> Row:
    message = message[:LONGEST_MESSAGE]
    return Row(exercise.id, exercise.name, earned, exercise.points, status, message)


def result(submission: Submission, settings: Settings, key: str, rows: list[Row]) -> dict:
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
        "key": key,
    }


def failed(submission: Submission, settings: Settings, key: str, message: str) -> dict:
    """The result where the grader itself had trouble; it earns nothing and is tried again."""
    found = result(submission, settings, key, [])
    return found | {"status": "infra_error", "message": message}


# what determines a result

COMMON = ("exercise.py", "compare.py", "graft.py", "tasks/__init__.py")


def key_of(submission: Submission, settings: Settings) -> str:
    """A hash of all that determines a result: who, which answers, judged by what, run where."""
    parts = [asdict(submission), settings.tier, settings.seed, settings.pack.get(submission.lesson)]
    parts += [sources(submission.lesson), platform.python_version(), torch.__version__]
    text = json.dumps([*parts, np.__version__], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@cache
def sources(lesson: str) -> str:
    """A hash of the grader, and of a lesson's tasks, checks and reference."""
    house = Path(__file__).parents[1]
    paths = [house / name for name in COMMON] + sorted(Path(__file__).parent.glob("*.py"))
    if lesson:
        topic = registry.lessons()[lesson]
        paths += [house / "tasks" / f"{topic}.py", house / "checks" / f"{topic}.py"]
        paths += [house / "reference" / f"{topic}.ipynb"]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()
