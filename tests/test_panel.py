"""The score panel: a real table of a lesson's exercises that follows the checks of its kernel."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import nbformat
import pytest

from grading import lesson as lessons
from grading.editions import EDITIONS
from grading.jail.answers import PREAMBLE
from grading.notebook import session
from tests.notebooks import execute

CHECK = "top_class = check('0.1')"


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch):
    for name in ("_verdicts", "_hints_given", "_panels"):
        monkeypatch.setattr(session, name, {})


@pytest.fixture
def run(shell):
    """Run a cell of a notebook in which lesson 00 has begun; gives the names it has then."""

    def run(cell):
        shell.run_cell(cell).raise_error()
        return shell.user_ns

    run(PREAMBLE + "from grading.notebook import check, panel, score")
    return run


class Rows(HTMLParser):
    """The rows of a table, each cell as (tag, scope, text)."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.open = [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append((tag, dict(attributes).get("scope"), ""))
            self.open = True

    def handle_endtag(self, tag):
        self.open = self.open and tag not in ("th", "td")

    def handle_data(self, data):
        if self.open:
            tag, scope, text = self.rows[-1][-1]
            self.rows[-1][-1] = (tag, scope, text + data)


def states(panel):
    """What the panel says of each exercise."""
    return {row[0][2]: row[-1][2] for row in Rows(panel.value).rows[1:]}


def test_every_exercise_has_a_row_with_header_cells():
    panel = session.panel("02")
    head, *rows = Rows(panel.value).rows
    assert [text for _, _, text in head] == ["exercise", "name", "points", "minutes", "state"]
    assert all(cell[:2] == ("th", "col") for cell in head)
    for row, exercise in zip(rows, lessons.find("02").exercises.values(), strict=True):
        assert row[0] == ("th", "row", exercise.id)
        assert [text for _, _, text in row[1:4]] == [
            exercise.name,
            str(exercise.points),
            str(exercise.minutes),
        ]
    assert "<caption" in panel.value


def test_it_follows_a_wrong_answer_a_right_one_and_an_unfinished_one(run):
    panel = run("shown = panel('00')")["shown"]
    assert states(panel) == {"0.1": "○ to do", "0.2": "○ to do"}
    assert "0 of 2 points" in panel.value

    run(f"def top_class(logits):\n    return logits.argmin(1)\n{CHECK}")
    assert states(panel) == {"0.1": "✗ not right yet", "0.2": "○ to do"}

    run(f"def top_class(logits):\n    return logits.argmax(1)\n{CHECK}")
    assert states(panel) == {"0.1": "✓ right", "0.2": "○ to do"}
    assert "1 of 2 points" in panel.value
    assert re.search(r'<progress value="1" max="2" aria-label="1 of 2 points">', panel.value)

    run(f"def top_class(logits):\n    ...\n{CHECK}")
    assert states(panel)["0.1"] == "○ to do" and "0 of 2 points" in panel.value


def test_shown_again_it_is_the_same_panel_with_what_was_earned(run):
    run("answer_0_2 = 'B'\ncheck('0.2')")
    first = session.panel("00")
    assert states(first)["0.2"] == "✓ right"
    assert session.panel("00") is first


def test_a_check_of_one_lesson_leaves_the_panel_of_another_alone(run):
    other = session.panel("02").value
    run("answer_0_2 = 'B'\ncheck('0.2')")
    assert session.panel("02").value == other


def test_what_check_prints_is_the_same_with_a_panel(run, capsys):
    run("answer_0_2 = 'B'\ncheck('0.2')")
    without = capsys.readouterr().out
    run("panel('00')\ncheck('0.2')")
    assert capsys.readouterr().out == without


def test_an_unknown_lesson_is_a_key_error():
    with pytest.raises(KeyError):
        session.panel("77")


def test_checking_without_a_panel_does_not_import_ipywidgets():
    code = "import sys, grading.notebook\nassert 'ipywidgets' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("lesson", lessons.with_exercises(), ids=lambda lesson: lesson.name)
def test_every_lesson_shows_its_panel_before_the_first_check(lesson):
    path = EDITIONS["student"] / f"{lesson.name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    shown = [n for n, text in enumerate(code) if text.endswith(f'panel("{lesson.number}")')]
    first_check = next(
        n for n, text in enumerate(code) if "= check(" in text or text[:6] == "check("
    )
    assert len(shown) == 1 and shown[0] < first_check


@pytest.mark.slow
def test_in_a_kernel_the_shown_widget_follows(tmp_path):
    """The value that the front end holds changes while a check runs."""
    sources = ["from grading.notebook import check, panel\npanel('00')"]
    sources += ["answer_0_2 = 'B'\ncheck('0.2')"]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    nbformat.write(nb, tmp_path / "panel.ipynb")
    ran = execute(tmp_path / "panel.ipynb", seconds=120)
    view = ran.cells[0].outputs[0].data["application/vnd.jupyter.widget-view+json"]
    saved = ran.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert "1 of 2 points" in saved[view["model_id"]]["state"]["value"]
