"""Every attack notebook earns what its honest answers earn, and harms nobody."""

import csv
import json
import os
import time
from pathlib import Path

import pytest

from tests.attack import CONTROLS, FULL, MARKER, attacks, write_all
from tests.sandboxes import grade, need_bubblewrap, rows_of

pytestmark = pytest.mark.slow

ATTACKS = attacks()


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Results of all attacks and controls, graded in one run as staff would."""
    need_bubblewrap()
    folder = tmp_path_factory.mktemp("class")
    submissions, results = folder / "submissions", folder / "results"
    submissions.mkdir()
    write_all(submissions)
    (folder / "seed").write_text("a secret of the staff", encoding="utf-8")
    before = everything(submissions)
    run = grade(submissions, results, "--seed-file", folder / "seed")
    assert run.returncode == 0, run.stdout + run.stderr[-2000:]
    assert everything(submissions) == before
    return results


def everything(folder: Path) -> list[tuple[str, int, int]]:
    found = [(p, p.lstat()) for p in sorted(folder.rglob("*"))]
    return [(str(p), status.st_size, status.st_mtime_ns) for p, status in found]


@pytest.fixture(scope="module")
def rows(graded):
    found = rows_of(graded)
    assert len(found) == len(ATTACKS) + len(CONTROLS)
    return found


def test_there_are_enough_attacks():
    assert len(ATTACKS) >= 35
    assert all(each.earns < FULL or each.status == "graded" for each in ATTACKS.values())


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_earns_what_its_honest_answers_earn(rows, name):
    attack = ATTACKS[name]
    row = rows[attack.student]
    assert (row["earned"], row["status"]) == (attack.earns, attack.status)


@pytest.mark.parametrize("name", CONTROLS)
def test_honest_neighbours_earn_full_marks(rows, name):
    assert (rows[name]["earned"], rows[name]["points"]) == (FULL, FULL)
    assert rows[name]["status"] == "graded"


def test_no_process_is_left_behind(graded):
    deadline = time.monotonic() + 10
    while left := strays():
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def strays() -> list[str]:
    """Command lines of sandboxes, and of what attacks start, that no test or grader waits for."""
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        line = command_line(process)
        if ("warden.py" in line or MARKER in line) and not any(
            "pytest" in above or "-m grading" in above for above in ancestors(process)
        ):
            found.append(line)
    return found


def command_line(process: str) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def ancestors(process: str) -> list[str]:
    lines = []
    while process not in ("", "0", "1"):
        try:
            status = Path(f"/proc/{process}/status").read_text()
        except OSError:
            break
        process = status.split("PPid:")[1].split()[0]
        lines.append(command_line(process))
    return lines


def test_tables_and_pages_are_harmless(graded):
    with open(graded / "grades.csv", encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    assert not any(cell[:1] in tuple("=+-@\t\r") for line in table for cell in line if cell)
    assert any(line[0] == "'=HYPERLINK(1)" for line in table)
    pages = list((graded / "feedback").iterdir())
    assert len(pages) == len(ATTACKS) + len(CONTROLS)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text and "<img" not in text
    assert any("&lt;script&gt;alert(1)" in page.read_text(encoding="utf-8") for page in pages)
    assert not list(graded.parent.glob("escaped*"))


def test_every_result_names_its_sandbox(graded):
    results = [json.loads(p.read_text()) for p in (graded / "submissions").glob("*.json")]
    assert {result["sandbox"] for result in results} == {"bubblewrap"}
