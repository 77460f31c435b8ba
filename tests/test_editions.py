"""The builder: three editions from one source, and every broken rule an error with its line."""

import json

import nbformat
import pytest

from grading import editions
from grading import lesson as lessons
from grading.editions import EDITIONS
from grading.lesson import SourceError

LESSONS = lessons.every()
HEADER = "# %% [markdown]\n# # 00 · A lesson\n\n"
EXERCISE = (
    "# %% [markdown]\n# ### Exercise 0.1 · One\n\n"
    '# %% exercise="0.1"\n'
    "def top_class(logits):\n"
    "    ### BEGIN SOLUTION\n"
    "    return logits.argmax(dim=1)\n"
    "    ### END SOLUTION\n\n"
    '# %% check="0.1"\ntop_class = check("0.1")\n\n'
)
QUESTION = (
    "# %% [markdown]\n# ### Question 0.2 · Two\n#\n"
    "# - **A** a\n# - **B** b\n# - **C** c\n# - **D** d\n\n"
    '# %% exercise="0.2"\n### BEGIN SOLUTION\nanswer_0_2 = "B"\n### END SOLUTION\n\n'
    '# %% check="0.2"\ncheck("0.2")\n\n'
)


@pytest.fixture
def build(tmp_path):
    def build(text):
        source = tmp_path / "00_start_here.py"
        source.write_text(text, encoding="utf-8")
        return editions.build(lessons.read(source))

    return build


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_committed_notebooks_are_what_the_sources_build(lesson):
    for edition, nb in editions.build(lesson).items():
        if edition in editions.COMMITTED:
            path = EDITIONS[edition] / f"{lesson.name}.ipynb"
            assert path.read_text(encoding="utf-8") == editions.as_text(nb), "run `make build`"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_student_edition_has_no_output_and_no_solution(lesson):
    student = editions.build(lesson)["student"]
    assert not any(cell.get("outputs") for cell in student.cells)
    assert "SOLUTION" not in editions.as_text(student)
    assert not any(cell.metadata.slideshow.slide_type == "notes" for cell in student.cells)


def test_a_solution_becomes_a_stub(build):
    cells = {c.id: c for c in build(HEADER + EXERCISE + QUESTION)["student"].cells}
    assert "raise NotImplementedError" in cells["q0_1"].source
    assert "argmax" not in cells["q0_1"].source
    assert cells["q0_2"].source == "answer_0_2 = None"
    assert cells["q0_1"].metadata["nbgrader"]["grade_id"] == "q0_1"


def test_reference_has_the_fixed_lines(build):
    cells = {c.id: c for c in build(HEADER + EXERCISE + QUESTION)["reference"].cells}
    assert cells["check_0_1"].outputs[0].text == "✓ 0.1 top_class\n"
    assert cells["check_0_1"].execution_count == 1
    assert "return logits.argmax(dim=1)" in cells["q0_1"].source


def test_ids_stay_when_another_section_grows(build):
    extra = "# %% [markdown]\n# ## New section\n\n# %%\nx = 1\n\n"
    last = "# %% [markdown]\n# ## Last\n\n# %%\ny = 2\n"
    before = [c.id for c in build(HEADER + EXERCISE + QUESTION + last)["student"].cells]
    after = [c.id for c in build(HEADER + extra + EXERCISE + QUESTION + last)["student"].cells]
    assert set(before) <= set(after)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (EXERCISE.replace("    ### END SOLUTION\n", ""), "without its other half"),
        (EXERCISE.replace("### BEGIN", "### END"), "without its other half"),
        (EXERCISE.replace('# %% check="0.1"', "# %%"), "has no check cell"),
        (EXERCISE.replace('exercise="0.1"', 'exercise="0.7"'), "has no entry in grading/checks"),
        (EXERCISE.replace('# %% exercise="0.1"', "# %%"), "a solution outside an exercise cell"),
        (EXERCISE + '# %% check="0.5"\ncheck("0.5")\n', "has no exercise"),
        (EXERCISE.replace("### Exercise 0.1", "### Task"), "has no heading"),
        (EXERCISE + EXERCISE, "the id"),
        (QUESTION.replace("- **D** d", "- D d"), "shows the options"),
        (EXERCISE, "but the lesson does not"),
        (
            EXERCISE + QUESTION + "# %%\nx = torch.zeros(3, 4)\n\ndef mine(logits):\n"
            "    return logits.argmax(dim=1)\n",
            "a line of a solution stays",
        ),
    ],
)
def test_broken_rules_name_file_and_line(build, text, words):
    with pytest.raises(SourceError, match=r"00_start_here\.py:\d+: .*" + words):
        build(HEADER + text)


def test_building_twice_changes_nothing_and_work_is_never_overwritten(
    tmp_path, monkeypatch, capsys
):
    sources, student = tmp_path / "source", tmp_path / "student"
    sources.mkdir()
    (sources / "00_start_here.py").write_text(HEADER + EXERCISE + QUESTION, encoding="utf-8")
    folders = {name: tmp_path / name for name in EDITIONS}
    monkeypatch.setattr(editions, "ROOT", tmp_path)
    monkeypatch.setattr(lessons, "SOURCES", sources)
    monkeypatch.setattr(editions, "EDITIONS", folders)

    assert editions.main(["--check"]) == 1  # nothing is built yet
    assert editions.main([]) == 0
    capsys.readouterr()
    assert editions.main([]) == 0 and capsys.readouterr().out == ""
    assert editions.main(["--check"]) == 0

    path = student / "00_start_here.ipynb"
    nb = nbformat.read(path, as_version=4)
    nb.cells[2].source = "def top_class(logits):\n    return my_own_work(logits)"
    nbformat.write(nb, path)
    mine = path.read_text(encoding="utf-8")
    assert editions.main([]) == 1
    assert "holds somebody's work" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == mine


def test_notebooks_are_valid_and_carry_the_kernel():
    for lesson in LESSONS:
        path = EDITIONS["student"] / f"{lesson.name}.ipynb"
        nb = nbformat.from_dict(json.loads(path.read_text(encoding="utf-8")))
        nbformat.validate(nb)
        assert nb.metadata.kernelspec.name == "python3"
