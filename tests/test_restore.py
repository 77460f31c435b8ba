"""`make restore`: a lesson's own cells come back, and nothing a student wrote is ever lost."""

import errno
import functools
import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from grading import editions
from grading import lesson as lessons
from grading.editions import EDITIONS
from grading.file import cells as files
from grading.file import check, restore
from grading.jail.gather import gathered
from grading.lesson import ROOT

NAME = "00_start_here.ipynb"
MINE = "def top_class(logits):\n    return logits.argmax(1)  # my own"
FRESH = (EDITIONS["student"] / NAME).read_text(encoding="utf-8")


class Student:
    """A student's copy of lesson 00: change it, restore it, look at it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.path.write_text(FRESH, encoding="utf-8")

    def change(self, change) -> None:
        nb = nbformat.from_dict(json.loads(self.path.read_text(encoding="utf-8")))
        change(nb.cells, {cell.id: cell for cell in nb.cells})
        self.path.write_text(nbformat.writes(nb), encoding="utf-8")  # as Jupyter saves it

    def restore(self) -> str:
        return restore.restore(self.path)

    @property
    def cells(self) -> list:
        nb = nbformat.read(self.path, as_version=4)
        nbformat.validate(nb)
        assert len({cell.id for cell in nb.cells}) == len(nb.cells)
        return nb.cells

    @property
    def sources(self) -> dict[str, str]:
        return {cell.id: cell.source for cell in self.cells}

    @property
    def backups(self) -> list[str]:
        return sorted(p.name for p in self.path.parent.iterdir() if p != self.path)

    @property
    def checked_answer(self) -> str:
        """What `make check` takes for the answer to 0.1."""
        code = [(files.name_of(c), c.source) for c in self.cells if c.cell_type == "code"]
        found = files.answers(code, lessons.find("00"), ["0.1"])
        asked = {"id": "0.1", "name": "top_class"}
        return "\n\n".join(gathered(asked, files.code_of("0.1", found)))

    def is_fresh_but_for(self, answers: dict[str, str]) -> bool:
        fresh = {cell["id"]: cell["source"] for cell in json.loads(FRESH)["cells"]}
        return list(self.sources.items()) == list((fresh | answers).items())


@pytest.fixture(scope="module", autouse=True)
def built_once():
    """Every lesson is built once for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(editions, "notebook", functools.cache(editions.notebook))
        yield


@pytest.fixture
def student(tmp_path):
    return Student(tmp_path)


def answer(cells, by_id):
    by_id["q0_1"].source = MINE


def own(source, id):
    return nbformat.v4.new_code_cell(source, id=id)


def place(cells, cell_id):
    return [cell.id for cell in cells].index(cell_id)


# Bringing back


def test_nothing_to_do_touches_nothing(student):
    student.change(answer)
    before = student.path.stat().st_mtime_ns, student.path.read_bytes()
    assert student.restore() == f"{NAME}: nothing to restore, 1 answer kept."
    assert (student.path.stat().st_mtime_ns, student.path.read_bytes()) == before
    assert student.backups == []


def test_what_jupyter_adds_when_it_saves_is_no_damage(student):
    def saved(cells, by_id):
        for cell in cells:
            cell.metadata["collapsed"] = False
            if cell.cell_type == "code":
                cell.execution_count = 3
                cell.outputs = [nbformat.v4.new_output("stream", text="seen\n")]

    student.change(saved)
    nb = json.loads(student.path.read_text(encoding="utf-8"))
    nb["metadata"]["language_info"] = {"name": "python", "version": "3.12.1"}
    nb["metadata"]["kernelspec"] = {"name": "mine", "display_name": "Mine"}
    student.path.write_text(json.dumps(nb), encoding="utf-8")
    assert "nothing to restore" in student.restore()


def test_deleted_edited_and_retyped_cells_come_back_and_the_answer_stays(student):
    def damage(cells, by_id):
        answer(cells, by_id)
        by_id["check_0_1"].source = "print('✓ 0.1 top_class')"
        cells[0] = nbformat.v4.new_raw_cell(cells[0].source, id=cells[0].id)
        for name in ("check_0_2", "q0_2"):
            cells.remove(by_id[name])

    student.change(damage)
    damaged = student.path.read_bytes()
    text = student.restore()
    assert f"{NAME}: 4 cells brought back, 1 answer kept; the file as it was: " in text
    assert student.is_fresh_but_for({"q0_1": MINE})
    assert (student.path.parent / student.backups[0]).read_bytes() == damaged
    assert editions.is_worked_in(student.path)
    assert "nothing to restore" in student.restore()


def test_marks_and_order_of_cells_are_mended(student):
    def damage(cells, by_id):
        for cell in cells:
            cell.metadata.clear()
        cells.reverse()

    student.change(damage)
    assert "its cells put in order, 0 answers kept" in student.restore()
    assert student.is_fresh_but_for({})
    assert json.loads(FRESH)["cells"] == json.loads(json.dumps(student.cells))


def test_outputs_of_what_stays_are_kept_and_of_what_changes_dropped(student):
    def ran(cells, by_id):
        answer(cells, by_id)
        for name in ("q0_1", "check_0_1", "check_0_2"):
            by_id[name].outputs = [nbformat.v4.new_output("stream", text=f"of {name}\n")]
            by_id[name].execution_count = 5
        by_id["check_0_2"].source = "1"

    student.change(ran)
    student.restore()
    outputs = {cell.id: [o.text for o in cell.get("outputs", [])] for cell in student.cells}
    assert outputs["q0_1"] == ["of q0_1\n"] and outputs["check_0_1"] == ["of check_0_1\n"]
    assert outputs["check_0_2"] == []


def test_cells_that_lost_their_ids_are_known_by_their_text(student):
    """Some editors keep neither ids nor what they do not know in the metadata."""

    def strip(cells, by_id):
        for n, cell in enumerate(cells):
            cell.id, cell.metadata = f"other-{n}", {}

    student.change(strip)
    student.restore()
    assert student.is_fresh_but_for({})


def test_an_older_format_without_ids_is_restored(student):
    nb = json.loads(FRESH)
    nb["nbformat_minor"] = 4
    for cell in nb["cells"]:
        del cell["id"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "q0_1":
            cell["source"] = MINE
    student.path.write_text(json.dumps(nb), encoding="utf-8")
    student.restore()
    assert student.is_fresh_but_for({"q0_1": MINE})


def test_a_cell_the_course_has_given_up_goes_and_an_answer_of_it_stays(student):
    def old_version(cells, by_id):
        cells.insert(3, own("demonstration = 1", "l00_old-heading_2"))
        cells.insert(3, own("check('0.9')", "check_0_9"))
        cells.insert(3, own("def given_up(x):\n    return x", "q0_9"))

    student.change(old_version)
    student.restore()
    assert student.sources["q0_9"] == "def given_up(x):\n    return x"
    assert {"l00_old-heading_2", "check_0_9"}.isdisjoint(student.sources)


# What is the student's


def test_own_cells_stay_where_they_were(student):
    def notes(cells, by_id):
        cells.insert(0, nbformat.v4.new_markdown_cell("first of all", id="top"))
        cells.insert(place(cells, "check_0_1") + 1, own("print(1)", "after-check"))
        cells.insert(place(cells, "q0_1"), own("import math", "before-answer"))
        cells.append(nbformat.v4.new_markdown_cell("the end", id="end"))
        cells.remove(by_id["check_0_1"])
        cells.remove(by_id["l00_exercise-0-1-the-largest-score_0"])

    student.change(notes)
    student.restore()
    ids = list(student.sources)
    assert ids[0] == "top" and ids[-1] == "end"
    assert ids[place(student.cells, "q0_1") - 1] == "before-answer"
    assert ids[place(student.cells, "q0_1") + 1] == "after-check"  # where the check was deleted


def test_a_split_answer_stays_split_and_checks_as_before(student):
    def split(cells, by_id):
        by_id["q0_1"].source = "def top_class(logits):\n    return helper(logits)"
        cells.insert(
            place(cells, "q0_1"), own("def helper(logits):\n    return logits.argmax(1)", "half")
        )
        del cells[0]

    student.change(split)
    before = student.checked_answer
    student.restore()
    assert "def helper" in before and student.checked_answer == before


def test_of_two_answers_both_stay_the_second_as_a_plain_cell(student):
    def copied(cells, by_id):
        answer(cells, by_id)
        second = nbformat.from_dict(by_id["q0_1"] | {"id": "copied", "source": "second = 2"})
        cells.insert(place(cells, "q0_1") + 1, second)

    student.change(copied)
    student.restore()
    first, second = student.cells[place(student.cells, "q0_1") :][:2]
    assert (first.source, second.source) == (MINE, "second = 2")
    assert "nbgrader" not in second.metadata


@pytest.mark.filterwarnings("ignore::nbformat.warnings.DuplicateCellId")
@pytest.mark.parametrize("there", ["the stub", ""])
def test_an_answer_counts_before_a_stub_or_an_empty_cell_of_the_same_name(student, there):
    def twice(cells, by_id):
        stub = nbformat.from_dict(by_id["q0_1"])
        answer(cells, by_id)
        source = stub.source if there else ""
        cells.insert(
            place(cells, "q0_1"),
            nbformat.from_dict(json.loads(json.dumps(by_id["q0_1"])) | {"source": source}),
        )

    student.change(twice)
    student.restore()
    assert student.sources["q0_1"] == MINE


def test_an_emptied_answer_cell_gets_its_stub_back(student):
    student.change(lambda cells, by_id: by_id["q0_1"].update(source="  \n"))
    assert "1 cell brought back" in student.restore()
    assert student.is_fresh_but_for({})


def test_an_answer_in_a_cell_turned_to_text_becomes_code_again(student):
    def retype(cells, by_id):
        index = place(cells, "q0_1")
        metadata = by_id["q0_1"].metadata
        cells[index] = nbformat.v4.new_markdown_cell(MINE, id="q0_1", metadata=metadata)

    student.change(retype)
    student.restore()
    assert student.is_fresh_but_for({"q0_1": MINE})
    assert student.cells[place(student.cells, "q0_1")].cell_type == "code"


def test_an_own_cell_cannot_take_a_course_cells_id(student):
    def confuse(cells, by_id):
        index = place(cells, "check_0_1")
        metadata = {"nbgrader": {"grade_id": "somebody", "solution": False}}
        cells[index] = nbformat.v4.new_code_cell("mine = 1", id="check_0_1", metadata=metadata)

    student.change(confuse)
    student.restore()
    assert student.sources["check_0_1"] == 'top_class = check("0.1")'
    assert "mine = 1" in student.sources.values()


def test_an_answer_that_a_merge_put_under_another_name_is_found(student):
    """What git makes of it where an update has moved an answer cell past its check."""

    def swap(cells, by_id):
        by_id["q0_1"].source, by_id["check_0_1"].source = by_id["check_0_1"].source, MINE

    student.change(swap)
    student.restore()
    assert student.is_fresh_but_for({"q0_1": MINE})


def test_two_answers_that_a_merge_has_swapped_find_home(student):
    def swap(cells, by_id):
        by_id["q0_1"].source, by_id["q0_2"].source = 'answer_0_2 = "B"', MINE

    student.change(swap)
    student.restore()
    assert student.is_fresh_but_for({"q0_1": MINE, "q0_2": 'answer_0_2 = "B"'})


def test_an_answer_that_sets_another_one_too_stays_at_home(student):
    source = f'answer_0_2 = "B"\n{MINE}'
    student.change(lambda cells, by_id: by_id["q0_1"].update(source=source))
    student.restore()
    assert student.is_fresh_but_for({"q0_1": source})


@pytest.mark.filterwarnings("ignore::nbformat.warnings.DuplicateCellId")
def test_two_own_cells_of_one_id_both_stay(student):
    nb = json.loads(FRESH)
    nb["cells"] += [own("a = 1", "mine"), own("b = 2", "mine")]
    student.path.write_text(json.dumps(nb), encoding="utf-8")
    student.restore()
    assert {"a = 1", "b = 2"} <= set(student.sources.values())


def test_two_equal_notes_without_ids_both_stay(student):
    nb = json.loads(FRESH)
    nb["nbformat_minor"] = 4
    for cell in nb["cells"]:
        del cell["id"]
    note = {"cell_type": "markdown", "metadata": {}, "source": "why?"}
    nb["cells"][3:3] = [note, note]
    student.path.write_text(json.dumps(nb), encoding="utf-8")
    student.restore()
    assert list(student.sources.values()).count("why?") == 2


def test_a_backup_is_never_overwritten(student):
    for expected in (
        "00_start_here.before-restore.ipynb",
        "00_start_here.before-restore-2.ipynb",
        "00_start_here.before-restore-3.ipynb",
    ):
        student.change(lambda cells, by_id, name=expected: by_id["check_0_1"].update(source=name))
        assert f"the file as it was: {expected}." in student.restore()
    for name in student.backups:
        assert name in (student.path.parent / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_done_to_a_notebook_no_answer_and_no_own_cell_is_lost(student, seed):
    rng = random.Random(seed)
    written = []

    def anything(cells, by_id):
        for name in ("q0_1", "q0_2"):
            by_id[name].source = f"answer = {rng.random()}"
            written.append(by_id[name].source)
        for n in range(5):
            written.append(f"own = {rng.random()}")
            cells.insert(rng.randrange(len(cells) + 1), own(written[-1], f"own-{n}"))
        for _ in range(6):
            cell = rng.choice(cells)
            if cell.source in written:
                cells.append(cells.pop(rng.randrange(len(cells))))
            elif rng.random() < 0.5:
                cells.remove(cell)
            else:
                cell.source = "damaged"

    student.change(anything)
    student.restore()
    sources = student.sources.values()
    assert set(written) <= set(sources) and len(sources) == len(set(sources))
    assert {c["source"] for c in json.loads(FRESH)["cells"] if c["id"][0] != "q"} <= set(sources)
    assert "nothing to restore" in student.restore()


# Files that cannot be read


def conflicted(ours, theirs, base=None):
    middle = "" if base is None else f"||||||| base\n{base}"
    return f"<<<<<<< Updated upstream\n{ours}{middle}=======\n{theirs}>>>>>>> Stashed changes\n"


@pytest.mark.parametrize(
    "base", [None, FRESH.replace("Index of", "The old stub: index of")], ids=["merge", "diff3"]
)
def test_marks_of_a_git_conflict_both_sides_are_tried(student, base):
    """`git stash pop` puts the student's side second."""
    student.change(answer)
    student.change(lambda cells, by_id: cells.append(own("kept = 1", "mine")))
    mine = student.path.read_text(encoding="utf-8") + "\n"
    student.path.write_text(conflicted(FRESH, mine, base), encoding="utf-8")
    assert "could not be read and is a fresh copy now, with 1 answer found" in student.restore()
    assert student.is_fresh_but_for({"q0_1": MINE, "mine": "kept = 1"})


def test_a_conflict_between_two_versions_keeps_no_outdated_text(student):
    student.change(answer)
    student.change(lambda cells, by_id: cells[0].update(source="# the old title"))
    mine = student.path.read_text(encoding="utf-8") + "\n"
    student.path.write_text(conflicted(FRESH, mine), encoding="utf-8")
    student.restore()
    assert student.is_fresh_but_for({"q0_1": MINE})


def test_a_conflict_inside_one_answer_keeps_both_sides(student):
    student.change(answer)
    student.change(lambda cells, by_id: cells.append(own("kept = 1", "mine")))
    lines = student.path.read_text(encoding="utf-8").splitlines(keepends=True)
    index = next(n for n, line in enumerate(lines) if "# my own" in line)
    lines[index] = conflicted(lines[index], lines[index].replace("my own", "my other"))
    student.path.write_text("".join(lines), encoding="utf-8")
    student.restore()
    sources = list(student.sources.values())
    assert sources.count(MINE) == 1 and sources.count(MINE.replace("my own", "my other")) == 1
    assert student.sources["q0_1"] == MINE
    assert sources.count("kept = 1") == 1  # though both sides have it


def test_of_a_truncated_file_the_whole_cells_are_kept(student):
    student.change(answer)
    text = student.path.read_text(encoding="utf-8")
    cut = text[: text.index('"id": "check_0_2"')]
    student.path.write_text(cut, encoding="utf-8")
    assert "with 1 answer found" in student.restore()
    assert student.is_fresh_but_for({"q0_1": MINE})
    assert (student.path.parent / student.backups[0]).read_text(encoding="utf-8") == cut


def test_whichever_line_a_file_has_lost_an_answer_elsewhere_is_found(student):
    student.change(answer)
    lines = student.path.read_text(encoding="utf-8").splitlines(keepends=True)
    first = next(n for n, line in enumerate(lines) if '"id": "q0_1"' in line) - 4
    last = next(n for n, line in enumerate(lines) if '"id": "check_0_1"' in line) - 4
    for lost in range(len(lines)):
        if not first <= lost <= last:
            student.path.write_text("".join(lines[:lost] + lines[lost + 1 :]), encoding="utf-8")
            student.restore()
            assert student.sources["q0_1"] == MINE, lines[lost]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00not a notebook",
        b"[]",
        b"{" * 100_000,
        b'{"cells": [{"cell_type": "code", "source": 3}, {"cell_type": [], "source": ""}]}',
        b'{"cells": 1, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        b'{"cells": [], "metadata": {"course": 3}, "nbformat": 4, "nbformat_minor": 5}',
    ],
    ids=["empty", "bytes", "list", "braces", "odd cells", "no cells", "odd metadata"],
)
def test_a_file_without_anything_in_it_becomes_a_fresh_copy(student, data):
    student.path.write_bytes(data)
    assert "fresh copy now, with 0 answers" in student.restore()
    assert student.path.read_text(encoding="utf-8") == FRESH
    assert (student.path.parent / student.backups[0]).read_bytes() == data


@pytest.mark.parametrize("mark", [{"grade_id": ["q0_1"]}, "yes"])
def test_odd_marks_in_a_readable_notebook_do_no_harm(student, mark):
    nb = json.loads(FRESH)
    nb["cells"][0]["metadata"]["nbgrader"] = mark
    student.path.write_text(json.dumps(nb), encoding="utf-8")
    student.restore()
    assert student.path.read_text(encoding="utf-8") == FRESH


# Trouble with the disk


@pytest.mark.parametrize("full_at", ["write_text", "replace"])
def test_a_full_disk_leaves_the_file_as_it_was(student, monkeypatch, full_at):
    student.change(lambda cells, by_id: (answer(cells, by_id), cells.pop(0)))
    before = student.path.read_bytes()

    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os if full_at == "replace" else Path, full_at, full)
    with pytest.raises(files.NotebookError, match="No space left on device.*as it was"):
        student.restore()
    monkeypatch.undo()
    assert student.path.read_bytes() == before
    assert not any(name.endswith(".part") for name in student.backups)


def test_a_disk_that_fills_up_during_the_backup_leaves_no_half_backup(student, monkeypatch):
    student.change(lambda cells, by_id: cells.pop(0))
    before = student.path.read_bytes()
    real = Path.open

    def filling(self, mode="r", *arguments, **options):
        file = real(self, mode, *arguments, **options)
        if mode == "xb":
            file.close()
            file = os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb")
        return file

    monkeypatch.setattr(Path, "open", filling)
    with pytest.raises(files.NotebookError, match="No space left"):
        student.restore()
    monkeypatch.undo()
    assert student.path.read_bytes() == before and student.backups == []


def test_permissions_stay(student):
    student.change(lambda cells, by_id: cells.pop(0))
    student.path.chmod(0o640)
    student.restore()
    assert student.path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(student, tmp_path_factory):
    student.change(lambda cells, by_id: cells.pop(0))
    link = tmp_path_factory.mktemp("elsewhere") / NAME
    link.symlink_to(student.path)
    restore.restore(link)
    assert link.is_symlink() and student.is_fresh_but_for({})


# The command


def test_one_notebook_is_restored_by_the_command(student, command):
    student.change(lambda cells, by_id: cells.pop(0))
    status, out, _ = command("restore", student.path)
    assert status == 0 and "1 cell brought back, 0 answers kept" in out


def test_without_a_name_every_lesson_is_restored(student, command, monkeypatch):
    for number in [f"{n:02}" for n in range(2, 10)]:
        name = f"{lessons.find(number).name}.ipynb"
        shutil.copy(EDITIONS["student"] / name, student.path.parent)
    monkeypatch.setitem(editions.EDITIONS, "student", student.path.parent)
    student.change(answer)
    (student.path.parent / "02_saliency.ipynb").write_text("x", encoding="utf-8")
    (student.path.parent / "03_integrated_gradients.ipynb").unlink()
    (student.path.parent / "03_integrated_gradients.ipynb").mkdir()
    status, out, err = command("restore")
    assert "00_start_here.ipynb: nothing to restore, 1 answer kept." in out
    assert "01_why_explain.ipynb was missing; it is a fresh copy now." in out
    assert "02_saliency.ipynb: it could not be read" in out
    assert status == 2 and "03_integrated_gradients.ipynb cannot be read (Is a directory)" in err
    assert "09_similarity.ipynb: nothing to restore" in out  # one failure stops no other


@pytest.mark.parametrize("name", ["unknown.ipynb", "02_saliency-Copy1.ipynb", "02.ipynb"])
def test_what_is_no_lesson_is_refused_in_a_sentence(tmp_path, command, name):
    status, _, err = command("restore", tmp_path / name)
    assert status == 2 and f"{name} is no lesson of this course" in err
    assert list(tmp_path.iterdir()) == []


def test_another_notebook_is_left_alone(tmp_path, command):
    path = tmp_path / "my-thesis.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[own("1", "a")]), path)
    before = path.read_bytes()
    assert command("restore", path)[0] == 2 and path.read_bytes() == before


def test_a_copy_under_another_name_is_known_by_its_metadata(student):
    student.change(lambda cells, by_id: (answer(cells, by_id), cells.pop(0)))
    student.path = student.path.rename(student.path.with_name("alice.ipynb"))
    assert student.restore().startswith("alice.ipynb: 1 cell brought back, 1 answer kept")
    assert student.backups == ["alice.before-restore.ipynb"]


def test_the_lecture_edition_is_not_turned_into_a_students(student, command):
    nb = editions.notebook(lessons.find("00"), "lecture")
    student.path.write_text(editions.as_text(nb), encoding="utf-8")
    status, _, err = command("restore", student.path)
    assert status == 2 and "is the lecture edition" in err


def test_a_missing_answer_points_to_restore(student):
    student.change(lambda cells, by_id: cells.remove(by_id["q0_1"]))
    row = check.row(lessons.exercise("0.1"), [], {}, student.path)
    assert f"`make restore NOTEBOOK={student.path}`" in row.message


def test_every_lesson_as_it_is_handed_out_needs_no_restoring(tmp_path):
    for name in (path.stem for path in restore.notebooks()):
        nb = editions.notebook(lessons.find(name[:2]), "student")
        path = tmp_path / f"{name}.ipynb"
        path.write_text(editions.as_text(nb), encoding="utf-8")
        assert restore.restore(path) == f"{name}.ipynb: nothing to restore, 0 answers kept."


# nbgitpuller


@pytest.fixture
def course(tmp_path, monkeypatch):
    """An upstream repository with lesson 00, and the folder that a hub pulls it into."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "somebody@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    return Course(tmp_path)


class Course:
    def __init__(self, folder: Path) -> None:
        self.bare, self.author = folder / "upstream.git", folder / "author"
        self.hub = folder / "hub"
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", self.bare.name)
        git(folder, "clone", "--quiet", self.bare.as_uri(), "author")
        git(self.author, "checkout", "--quiet", "-B", "main")
        self.publish(lambda nb: None)
        self.pull()
        self.student = Student.__new__(Student)
        self.student.path = self.hub / NAME

    def publish(self, change) -> None:
        """A new version of the lesson."""
        path = self.author / NAME
        nb = nbformat.from_dict(json.loads(FRESH))
        change(nb)
        nb.metadata["course"]["fingerprint"] = editions.fingerprint(nb)
        path.write_text(editions.as_text(nb), encoding="utf-8")
        git(self.author, "add", NAME)
        git(self.author, "commit", "--quiet", "--message", "a version")
        git(self.author, "push", "--quiet", "origin", "main")
        self.edition = nb

    def pull(self) -> None:
        from nbgitpuller.pull import GitPuller

        for _ in GitPuller(self.bare.as_uri(), str(self.hub), branch="main").pull():
            pass


def git(folder, *arguments):
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def new_version(nb):
    """The author changes text, a check and a demonstration, adds a cell and moves another."""
    by_id = {cell.id: cell for cell in nb.cells}
    nb.cells[0].source += "\n\nNew text."
    by_id["check_0_1"].source += "  # a new check"
    by_id["q0_1"].source = by_id["q0_1"].source.replace("Index", "The index")
    nb.cells.insert(place(nb.cells, "check_0_1") + 1, own("new = 1", "l00_new_0"))
    nb.cells.append(nb.cells.pop(1))


@pytest.mark.slow
def test_an_update_keeps_every_answer_and_restore_brings_the_new_checks(course, monkeypatch):
    def work(cells, by_id):
        answer(cells, by_id)
        by_id["q0_2"].source = 'answer_0_2 = "B"'
        by_id["check_0_1"].outputs = [nbformat.v4.new_output("stream", text="✓ 0.1 top_class\n")]
        by_id["check_0_1"].execution_count = 7
        cells.insert(place(cells, "q0_1") + 1, own("note = 'mine'", "own-cell"))

    course.student.change(work)
    course.publish(new_version)
    course.pull()
    text = course.student.path.read_text(encoding="utf-8")
    assert all(words in text for words in ("# my own", 'answer_0_2 = \\"B\\"', "note = 'mine'"))

    monkeypatch.setattr(editions, "notebook", lambda lesson, edition: course.edition)
    course.student.restore()
    sources = course.student.sources
    mine = {"q0_1": MINE, "q0_2": 'answer_0_2 = "B"', "own-cell": "note = 'mine'"}
    assert sources == {cell.id: cell.source for cell in course.edition.cells} | mine
    assert sources["check_0_1"].endswith("# a new check") and "l00_new_0" in sources

    course.publish(lambda nb: nb.cells.pop(0))  # and the next update finds nothing in its way
    course.pull()
    assert course.student.sources["q0_1"] == MINE


@pytest.mark.slow
def test_an_untouched_notebook_is_simply_the_new_version(course):
    course.publish(new_version)
    course.pull()
    assert course.student.path.read_text(encoding="utf-8") == editions.as_text(course.edition)


@pytest.mark.slow
def test_a_lesson_deleted_upstream_or_by_the_student(course):
    course.student.change(answer)
    git(course.author, "rm", "--quiet", NAME)
    git(course.author, "commit", "--quiet", "--message", "without it")
    git(course.author, "push", "--quiet", "origin", "main")
    course.pull()
    assert course.student.sources["q0_1"] == MINE  # what the student worked in stays


@pytest.mark.parametrize("seed", range(40))
def test_git_merges_a_cell_whole_or_not_at_all(tmp_path, seed):
    """Each cell's text is one line of the built file, so that no answer is mixed with a new stub.

    This is the merge that nbgitpuller runs, on one file: conflicts go to the student.
    """
    rng = random.Random(seed)
    base = editions.as_text(editions.notebook(lessons.find("02"), "student"))
    mine, upstream = (nbformat.reads(base, as_version=4) for _ in range(2))
    written = []
    for n, cell in enumerate(mine.cells):
        if cell.id.startswith("q2"):
            cell.source = cell.source.split("\n")[0] + f"\n    return {rng.random()}  # mine"
            written.append(cell.source)
        if cell.cell_type == "code" and rng.random() < 0.6:
            cell.execution_count, cell.outputs = n, [nbformat.v4.new_output("stream", text=f"{n}")]
    for _ in range(rng.randrange(1, 12)):
        at = rng.randrange(len(upstream.cells))
        cell = upstream.cells[at]
        change = rng.choice(["text", "cut", "add", "delete", "swap"])
        if change == "text":
            cell.source = f"# new\n{cell.source}\n# last"
        elif change == "cut":
            cell.source = cell.source.split("\n")[0]
        elif change == "add":
            upstream.cells.insert(at, own("new = 1", f"l02_new_{rng.randrange(10**9)}"))
        elif change == "delete":
            del upstream.cells[at]
        else:
            upstream.cells[at - 1], upstream.cells[at] = cell, upstream.cells[at - 1]
    for name, text in {
        "mine": nbformat.writes(mine),
        "base": base,
        "upstream": editions.as_text(upstream),
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    merge = ["git", "merge-file", "--ours", "-p", "mine", "base", "upstream"]
    merged = subprocess.run(merge, cwd=tmp_path, capture_output=True, text=True).stdout
    sources = ["".join(cell["source"]) for cell in json.loads(merged)["cells"]]
    assert set(written) <= set(sources)

    path = tmp_path / "02_saliency.ipynb"
    path.write_text(merged, encoding="utf-8")
    restore.restore(path)
    restored = nbformat.read(path, as_version=4).cells
    assert set(written) == {cell.source for cell in restored if cell.id.startswith("q2")}
    assert [cell.id for cell in restored] == [cell["id"] for cell in json.loads(base)["cells"]]


# Codespaces and Binder


def test_the_container_is_plain_json_and_installs_as_the_makefile_does():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    program, target = container["postCreateCommand"].split()
    assert program == "make" and f"\n{target}:" in makefile
    assert "requirements.lock" in makefile and 8888 in container["forwardPorts"]
    editor = container["customizations"]["vscode"]
    assert {"ms-python.python", "ms-toolsai.jupyter"} <= set(editor["extensions"])
    assert editor["settings"]["python.defaultInterpreterPath"].endswith("/.venv/bin/python")


def test_binder_installs_the_same_lock():
    """repo2docker reads these from the root, and would not if there were a folder of its own."""
    assert not any((ROOT / folder).exists() for folder in ("binder", ".binder"))
    environment = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert "- -c requirements.lock\n" in environment and "- -e .\n" in environment
    post_build = ROOT / "postBuild"
    subprocess.run(["bash", "-n", post_build], check=True)
    assert os.access(post_build, os.X_OK)
