"""The staff's own multiple-choice questions, kept outside the repository together with their keys.

A pack is a folder with one file a lesson, 02.json, holding a list of

    {"id": "2.90", "key": "B", "points": 1, "minutes": 2, "title": "…", "text": "…",
     "options": {"A": "…", "B": "…"}, "feedback": {"A": "why it is wrong", "B": "why it is right"}}

Where a lesson has such questions they take the place of the public ones, whose keys can be read in
the source. `python -m grading ask` puts them into a student notebook before it is handed out.
"""

import json
from pathlib import Path

from grading import lesson as lessons
from grading.exercise import Exercise, choice

FIRST = 90  # of the numbers that public exercises do not use
FIELDS = {"id", "key", "points", "minutes", "title", "text", "options", "feedback"}


def questions_in(folder: Path) -> dict[str, list[dict]]:
    """The questions of each lesson; ValueError in one sentence where a file is not as above."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            questions = json.loads(path.read_text(encoding="utf-8"))
            for question in questions:
                check(path.stem, question)
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{path.name} is no pack of questions: {error}") from None
        found[path.stem] = questions
    if not found:
        raise ValueError(f"There are no questions in {folder}; a pack holds files such as 02.json.")
    return found


def check(lesson: str, question: dict) -> None:
    if missing := FIELDS - question.keys():
        raise ValueError(f"a question has no {', '.join(sorted(missing))}.")
    chapter, number = question["id"].split(".")
    if lesson not in lessons.names() or int(chapter) != int(lesson) or int(number) < FIRST:
        raise ValueError(f"the id {question['id']} should be {int(lesson)}.{FIRST} or higher.")
    if question["options"].keys() != question["feedback"].keys():
        raise ValueError(f"question {question['id']} needs feedback for every option.")
    if question["key"] not in question["options"]:
        raise ValueError(f"the key of question {question['id']} is none of its options.")


def exercises(lesson: str, pack: dict[str, list[dict]]) -> list[Exercise]:
    """What a lesson is graded by."""
    public = lessons.find(lesson).exercises.values()
    if lesson not in pack:
        return list(public)
    fields = ("id", "key", "points", "minutes", "feedback")
    asked = [choice(**{name: question[name] for name in fields}) for question in pack[lesson]]
    return [e for e in public if not e.options] + asked
