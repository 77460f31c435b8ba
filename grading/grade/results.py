"""Results on disk: one JSON file a submission, and the tables and pages made from them.

RESULTS/submissions/FINGERPRINT.json  written once, whole, named by what determines it
RESULTS/grades.json            which of them count now: the rows of the table
RESULTS/grades.csv             the table
RESULTS/gradescope/NAME.json   Gradescope's results.json, one a student
RESULTS/feedback/NAME.html     a page for each student
"""

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = FileSystemLoader(Path(__file__).parent)
TEMPLATES = Environment(loader=HERE, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
COLUMNS = ("student", "file", "lesson", "status", "earned", "points", "sandbox", "message")


def path_of(results: Path, fingerprint: str) -> Path:
    return results / "submissions" / f"{fingerprint}.json"


def load(results: Path, fingerprint: str) -> dict | None:
    """A result that is there already, or None; a damaged file counts as none."""
    try:
        return json.loads(path_of(results, fingerprint).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def save(results: Path, result: dict) -> None:
    """Keep a result, unless the grader had trouble: then the next run tries again."""
    if result["status"] != "infra_error":
        write(path_of(results, result["fingerprint"]), json.dumps(result, indent=1) + "\n")


def write(path: Path, text: str) -> None:
    """The whole file or none of it, whenever this process is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def write_tables(results: Path, graded: list[dict]) -> None:
    """Everything that is made from the results of a class."""
    graded = sorted(graded, key=lambda result: (result["student"], result["file"]))
    rows = [{name: result[name] for name in (*COLUMNS, "fingerprint")} for result in graded]
    write(results / "grades.json", json.dumps(rows, indent=1) + "\n")
    write(results / "grades.csv", table(graded))
    students: dict[str, list[dict]] = {}
    for result in graded:
        students.setdefault(result["student"], []).append(result)
    for folder, make, suffix in (("gradescope", gradescope, "json"), ("feedback", page, "html")):
        for old in (results / folder).glob(f"*.{suffix}"):
            old.unlink()
        for student, theirs in students.items():
            write(results / folder / f"{file_name(student)}.{suffix}", make(student, theirs))


def file_name(student: str) -> str:
    """A name for files: what is plain of the student's, and a hash, so that no two are alike."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", student).strip("-")[:40]
    return f"{plain}-{hashlib.sha256(student.encode()).hexdigest()[:8]}"


def table(graded: Iterable[dict]) -> str:
    """CSV: a line a submission, with the points of each exercise as text ("2.1: 2/2")."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, "exercises"])
    for result in graded:
        points = "; ".join(
            f"{e['exercise']}: {e['earned']}/{e['points']} {e['status']}"
            for e in result["exercises"]
        )
        writer.writerow([harmless(result[name]) for name in COLUMNS] + [harmless(points)])
    return text.getvalue()


def harmless(value: str | int) -> str | int:
    """No spreadsheet shall take a student's text for a formula: such a cell starts with '."""
    if isinstance(value, str) and value.lstrip()[:1] in tuple("=+-@\t\r|%"):
        return "'" + value
    return value


def gradescope(student: str, graded: list[dict]) -> str:
    """Gradescope's results.json; a submission that staff must look at says so."""
    tests = [
        {
            "name": f"{e['exercise']} {e['name']}",
            "score": e["earned"],
            "max_score": e["points"],
            "status": "passed" if e["earned"] == e["points"] else "failed",
            "output": f"{e['status']}: {e['message']}",
            "output_format": "text",
        }
        for result in graded
        for e in result["exercises"]
    ]
    said = "\n".join(f"{r['file']}: {r['status']}. {r['message']}".strip() for r in graded)
    score = sum(r["earned"] for r in graded)
    found = {"score": score, "output": said, "output_format": "text", "tests": tests}
    return json.dumps(found, indent=1) + "\n"


def page(student: str, graded: list[dict]) -> str:
    """A student's feedback: plain HTML without scripts, everything from outside escaped."""
    return TEMPLATES.get_template("feedback.html").render(student=student, graded=graded)


def difference(before: Path, after: Path) -> list[str]:
    """What changed between two runs: a line for each submission whose points or status differ."""
    old, new = ({r["file"]: summary(r) for r in rows_of(folder)} for folder in (before, after))
    gone = "not there"
    changes = [(file, old.get(file, gone), new.get(file, gone)) for file in sorted(old | new)]
    return [f"{file}: {was} → {now}" for file, was, now in changes if was != now]


def rows_of(results: Path) -> list[dict]:
    path = results / "grades.json"
    if not path.is_file():
        raise ValueError(f"There are no results in {results}; name a folder that `grade` wrote.")
    return json.loads(path.read_text(encoding="utf-8"))


def summary(row: dict) -> str:
    return f"{row['earned']}/{row['points']} {row['status']}"
