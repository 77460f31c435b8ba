"""The grader: reading a submission, the wire, one submission, a class, a cluster, the results."""

import json
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from distributed import Client

from grading import lesson as lessons
from grading.editions import EDITIONS
from grading.grade import cluster, escapes, judging, questions, results, submissions
from grading.grade.submissions import Submission
from grading.jail import answers, wire
from grading.lesson import ROOT
from tests.sandboxes import grade, need_bubblewrap, rows_of

PACK = Path(__file__).parent / "pack"
RIGHT = {"q0_1": "def top_class(logits):\n    return logits.argmax(1)", "q0_2": "answer_0_2 = 'b'"}


def cell(name, source, by="id", kind="code"):
    metadata = {"nbgrader": {"grade_id": name}} if by == "grade_id" else {}
    return {"cell_type": kind, "id": name if by == "id" else "x", "metadata": metadata} | {
        "source": source
    }


def save(path, answers=None, cells=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = cells or [cell(name, source) for name, source in (answers or RIGHT).items()]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


def read(tmp_path, *cells):
    return submissions.answers_in(save(tmp_path / "one.ipynb", cells=list(cells)), {})


# reading a submission


def test_answers_are_found_by_grade_id_then_id_and_strange_cells_are_kept(tmp_path):
    lesson, answers = read(
        tmp_path,
        cell("mine", "import math"),
        cell("q2_1", ["one", " = 1"], by="grade_id"),
        cell("check_2_1", "check('2.1')"),
        cell("helper", "x = 2"),
        cell("q2_2", "answer_2_2 = 'A'"),
        cell("q2_3", "text", kind="markdown"),
    )
    assert lesson == "02"
    assert answers == {
        "": ["import math", "x = 2"],
        "2.1": ["one = 1"],
        "2.2": ["answer_2_2 = 'A'"],
    }


def test_the_lesson_is_the_one_with_the_most_answers(tmp_path):
    cells = [cell("q0_1", ""), cell("q2_1", ""), cell("q2_2", "")]
    assert read(tmp_path, *cells)[0] == "02"


def test_every_built_lesson_is_read_whole():
    for edition in ("student", "reference"):
        for lesson in lessons.with_exercises():
            number, answers = submissions.answers_in(EDITIONS[edition] / f"{lesson.name}.ipynb", {})
            assert number == lesson.number
            assert set(answers) == set(lesson.exercises)
            assert all(len(sources) == 1 for sources in answers.values())


def test_one_file_or_one_folder_a_student_and_links_are_not_followed(tmp_path):
    save(tmp_path / "class/alice.ipynb")
    save(tmp_path / "class/bob/deep/er/00.ipynb")
    save(tmp_path / "class/bob/.ipynb_checkpoints/00.ipynb")
    save(tmp_path / "elsewhere/secret.ipynb")
    (tmp_path / "class/carol").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "class/mallory.ipynb").symlink_to(tmp_path / "elsewhere/secret.ipynb")
    (tmp_path / "class/dave.zip").write_bytes(b"PK")
    (tmp_path / "class/.DS_Store").write_bytes(b"")
    (tmp_path / "class/eve").mkdir()
    found = list(submissions.submissions_in(tmp_path / "class", {}))
    assert [s.file for s in found if not s.problem] == ["alice.ipynb", "bob/deep/er/00.ipynb"]
    refused = [s.student for s in found if s.problem]
    assert refused == ["carol", "dave.zip", "eve", "mallory"]


def test_a_folder_with_too_many_notebooks_is_refused(tmp_path):
    for number in range(submissions.MOST + 1):
        save(tmp_path / f"class/alice/{number}.ipynb")
    (found,) = submissions.submissions_in(tmp_path / "class", {})
    assert found.problem == "There are more than 50 notebooks in this folder."


# the wire


def test_plain_data_survives_the_wire():
    value = {
        "array": np.arange(6, dtype="f4").reshape(1, 2, 3),
        "flags": np.array([True, False]),
        "empty": np.zeros((0, 3)),
        "number": 0.1,
        "list": [1, "two", None, {"three": True}],
    }
    back = wire.decoded(json.loads(wire.encoded(value)))
    for name in ("array", "flags", "empty"):
        assert back[name].dtype == value[name].dtype and np.array_equal(back[name], value[name])
    assert back["number"] == 0.1 and back["list"] == value["list"]


@pytest.mark.parametrize("lesson", lessons.with_exercises(), ids=lambda lesson: lesson.name)
def test_outputs_of_every_exercise_survive_the_wire(lesson):
    for exercise in lesson.exercises.values():
        cases = wire.decoded(json.loads(wire.encoded(exercise.cases(3))))
        right_answer = lesson.right_answer(exercise.id)
        outputs = answers.attempt(exercise.id, right_answer, cases)
        back = wire.outputs_from(wire.encoded(outputs), len(cases))
        assert exercise.judge(back, right_answer, 3).outcome == "right"
        assert len(wire.encoded(outputs)) < wire.LARGEST / 8


NUMBER = {"kind": "number", "value": 1.0}


def array(dtype="float32", shape=(1,), data="AAAAAA==", kind="torch.Tensor of float32"):
    return {"kind": kind, "value": {"array": [dtype, list(shape), data]}}


def test_what_an_honest_answer_sends_is_read():
    for item in (NUMBER, array(), {"kind": "list", "value": [NUMBER]}):
        assert wire.outputs_from(json.dumps([{"value": item}]).encode(), 1)


@pytest.mark.parametrize(
    "outputs",
    [
        [],
        [{}, {}],
        {"value": NUMBER},
        [{"value": {"kind": "number", "value": True}}],
        [{"value": {"kind": "number", "value": "1.0"}}],
        [{"value": {"kind": "True or False", "value": 1}}],
        [{"value": {"kind": "text", "value": 1}}],
        [{"value": {"kind": "text", "value": "x" * 10**6}}],
        [{"value": {"kind": "list", "value": {"0": NUMBER}}}],
        [{"value": {"kind": "anything else", "value": 1}}],
        [{"value": NUMBER | {"more": 1}}],
        [{"value": 1}],
        [{"value": array(shape=(2,))}],
        [{"value": array(shape=(-1,))}],
        [{"value": array(shape=(2**62, 4))}],
        [{"value": array(shape=(True,))}],
        [{"value": array(dtype="object", kind="numpy array of object")}],
        [{"value": array(dtype="int32")}],
        [{"value": array(data="A" * 8)}],
        [{"value": array(data="*AAAAA==")}],
        [{"error": {"type": "ValueError", "message": "no", "line": "2"}}],
        [{"error": "no"}],
    ],
)
def test_anything_else_is_malformed(outputs):
    with pytest.raises(wire.Malformed):
        wire.outputs_from(json.dumps(outputs).encode(), 1)


def test_only_an_error_ends_the_outputs_before_the_last_case():
    value = {"value": NUMBER}
    error = {"error": {"type": "ValueError", "message": "no", "line": 2, "returned": ""}}
    assert wire.outputs_from(json.dumps([value, error]).encode(), 3) == [value, error]
    for outputs in ([value, value], [error, value, value]):
        with pytest.raises(wire.Malformed):
            wire.outputs_from(json.dumps(outputs).encode(), 3)


def test_bytes_that_are_no_outputs_are_malformed():
    for data in (b"", b"[" * 10**6, b"\xff\xfe", b"[" + b"9" * 10**5 + b"]", b" " * 10**8):
        with pytest.raises(wire.Malformed):
            wire.outputs_from(data, 1)


# one submission


def row_of(source, exercise="0.1", tier="rlimits"):
    """What is said of one answer of lesson 00, in the quicker tier."""
    answers = {"0.1": [RIGHT["q0_1"]], "0.2": [RIGHT["q0_2"]]} | {exercise: [source]}
    settings = judging.Settings(tier=tier, seed=5)
    one = Submission("a", "a.ipynb", "00", answers)
    result = judging.grade(one, settings, judging.fingerprint_of(one, settings))
    others = [e for e in result["exercises"] if e["exercise"] != exercise]
    assert all(e["earned"] == e["points"] for e in others), result
    return next(e for e in result["exercises"] if e["exercise"] == exercise)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "earned", "status", "message"),
    [
        ("%%time\n" + RIGHT["q0_1"], 1, "graded", "Right."),
        ("%matplotlib inline\n!ls\n" + RIGHT["q0_1"], 1, "graded", "Right."),
        ("", 0, "graded", "Not attempted."),
        ("top_class = ...", 0, "graded", "Not attempted."),
        ("top_class = 3", 0, "student_error", "should be a function; yours is a int"),
        ("x = 1\nx.nothing", 0, "student_error", "line 2 of the answer cell"),
        ("import helpers", 0, "student_error", "No module named 'helpers'"),
        (
            "def topclass(logits): return logits",
            0,
            "student_error",
            "but `topclass`. Keep the name",
        ),
        (RIGHT["q0_1"] + "\ntop_class(network(cat))", 1, "graded", "Right."),
        ("def top_class(x):\n    return [x.argmax(1)]", 0, "graded", "yours is a list"),
    ],
)
def test_verdicts_on_what_the_class_with_known_mistakes_does_not_hold(
    source, earned, status, message
):
    row = row_of(source)
    assert (row["earned"], row["status"]) == (earned, status), row
    assert message in row["message"]


@pytest.mark.slow
def test_every_reference_earns_full_marks_under_bubblewrap():
    need_bubblewrap()
    settings = judging.Settings(seed=20240817)
    for lesson in lessons.with_exercises():
        path = EDITIONS["reference"] / f"{lesson.name}.ipynb"
        one = Submission("a", "a.ipynb", *submissions.answers_in(path, {}))
        result = judging.grade(one, settings, judging.fingerprint_of(one, settings))
        assert result["status"] == "graded", result
        assert (result["earned"], result["points"]) == (lesson.points, lesson.points)


@pytest.mark.slow
def test_the_probe_sees_what_rlimits_cannot_hold():
    able = escapes.escapes("rlimits")
    assert {"reach the network", "see other processes"} <= set(able)
    assert f"read {ROOT / 'notebooks' / 'source'}" in able
    assert "take 4 GB of memory" not in able


@pytest.mark.slow
def test_bubblewrap_holds_and_secrets_are_not_there(tmp_path):
    need_bubblewrap()
    assert escapes.escapes("bubblewrap", [tmp_path]) == []
    # the same probe notices a place that can be read
    assert escapes.escapes("bubblewrap", [Path(os.__file__)]) == [f"read {os.__file__}"]


def test_the_key_names_all_that_determines_a_result(monkeypatch):
    one = Submission("a", "a.ipynb", "00", {"0.1": ["x"]})
    settings = judging.Settings()
    others = [
        (Submission("b", "a.ipynb", "00", {"0.1": ["x"]}), settings),
        (Submission("a", "a.ipynb", "00", {"0.1": ["y"]}), settings),
        (one, judging.Settings(seed=1)),
        (one, judging.Settings(tier="rlimits")),
        (one, judging.Settings(pack={"00": [{"key": "A"}]})),
    ]
    keys = {judging.fingerprint_of(*other) for other in others}
    assert judging.fingerprint_of(one, settings) == judging.fingerprint_of(
        one, judging.Settings(pack={"01": []})
    )
    assert judging.fingerprint_of(one, settings) not in keys and len(keys) == len(others)
    monkeypatch.setattr(judging, "sources", lambda lesson: "another version")
    assert judging.fingerprint_of(one, settings) not in keys


def test_a_missing_answer_earns_nothing_and_a_doubled_one_is_for_a_person():
    one = Submission("a", "a.ipynb", "00", {"0.2": ["answer_0_2 = 'b'"] * 2})
    missing, doubled = judging.rows_of(one, judging.Settings(tier="rlimits"))
    assert (missing.earned, missing.status) == (0, "graded") and "is missing" in missing.message
    assert (doubled.earned, doubled.status) == (0, "needs_review")


def test_a_submission_is_as_bad_as_its_worst_exercise_and_messages_have_an_end():
    exercise = lessons.exercise("0.1")
    rows = [
        judging.row(exercise, status, "x" * 10**6) for status in ("graded", "timeout", "graded")
    ]
    one = Submission("a", "a.ipynb", "00")
    result = judging.result(one, judging.Settings(), "fingerprint", rows)
    assert result["status"] == "timeout"
    assert all(len(e["message"]) == judging.LONGEST_MESSAGE for e in result["exercises"])


def test_a_worker_with_another_version_of_the_course_does_not_grade():
    one = Submission("a", "a.ipynb", "00", {})
    result = judging.grade(one, judging.Settings(), "another key")
    assert result["status"] == "infra_error" and "version" in result["message"]


# the staff's questions


def test_a_pack_takes_the_place_of_public_questions():
    pack = questions.questions_in(PACK)
    public, asked = lessons.find("02").exercises, questions.exercises("02", pack)
    assert [e.id for e in asked if e.options] == ["2.90"]
    assert {e.id for e in asked if not e.options} == {e for e in public if not public[e].options}
    assert questions.exercises("01", pack) == list(lessons.find("01").exercises.values())


@pytest.mark.slow
def test_questions_are_asked_without_keys_and_judged_with_them(tmp_path, command):
    student = EDITIONS["student"] / "02_saliency.ipynb"
    asked = tmp_path / "02.ipynb"
    assert command("ask", student, "--pack", PACK, "--out", asked)[0] == 0
    text = asked.read_text(encoding="utf-8")
    assert "What do you know?" in text and "derivative's meaning" not in text
    for letter, earned in (("A", 2), ("B", 0)):
        asked.write_text(text.replace("answer_2_90 = None", f"answer_2_90 = '{letter}'"), "utf-8")
        pack = questions.questions_in(PACK)
        one = Submission("a", "02.ipynb", *submissions.answers_in(asked, pack))
        settings = judging.Settings(tier="rlimits", pack=pack)
        result = judging.grade(one, settings, judging.fingerprint_of(one, settings))
        row = result["exercises"][-1]
        assert (row["exercise"], row["earned"], row["points"]) == ("2.90", earned, 2)
        assert letter == "A" or "has to be measured" in row["message"]


@pytest.mark.parametrize("change", [{"id": "2.1"}, {"id": "3.90"}, {"key": "E"}, {"feedback": {}}])
def test_a_wrong_pack_is_refused_in_one_sentence(tmp_path, change):
    question = json.loads((PACK / "02.json").read_text(encoding="utf-8"))[0]
    (tmp_path / "02.json").write_text(json.dumps([question | change]), encoding="utf-8")
    with pytest.raises(ValueError, match=r"02\.json is no pack of questions: "):
        questions.questions_in(tmp_path)


# a class


@pytest.mark.slow
def test_a_run_goes_on_where_it_stopped_and_a_regrade_touches_only_what_changed(tmp_path, command):
    submissions, first, second = (tmp_path / name for name in ("class", "first", "second"))
    wrong = RIGHT | {"q0_1": "def top_class(logits):\n    return logits.argmin(1)"}
    save(submissions / "alice.ipynb")
    save(submissions / "bob.ipynb", wrong)
    options = ("--sandbox", "rlimits", "--workers", "1")
    done = grade(submissions, first, *options)
    assert done.returncode == 0 and "for accidents, not for attackers" in done.stdout, done.stderr
    assert [rows_of(first)[name]["earned"] for name in ("alice", "bob")] == [2, 1]

    shutil.copytree(first, second)
    stamps = {p: p.stat().st_mtime_ns for p in (second / "submissions").iterdir()}
    save(submissions / "bob.ipynb", RIGHT)
    done = grade(submissions, second, *options)
    assert "1 results are there already" in done.stdout
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in stamps.items())
    assert len(list((second / "submissions").iterdir())) == 3
    assert command("diff", first, second)[1] == "bob.ipynb: 1/2 graded → 2/2 graded\n"


@pytest.mark.slow
def test_without_bubblewrap_nothing_is_graded_unless_rlimits_is_asked_for(tmp_path, monkeypatch):
    save(tmp_path / "class/alice.ipynb")
    monkeypatch.setenv("PATH", str(tmp_path))
    done = grade(tmp_path / "class", tmp_path / "results")
    assert done.returncode == 2
    assert "apt-get install bubblewrap" in done.stderr and "--sandbox rlimits" in done.stderr
    assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "results").exists()


@pytest.mark.slow
def test_a_scheduler_and_two_workers_of_their_own_one_of_which_is_killed(tmp_path):
    """The class is graded whole; the student's code runs in sandboxes the workers start."""
    address = tmp_path / "scheduler.json"
    start = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    file = ["--scheduler-file", str(address)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = [
        subprocess.Popen([*start, "--port", "0", "--no-dashboard", *file], **quiet),
    ]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--no-nanny", "--nthreads", "1"]
    try:
        processes += [
            subprocess.Popen([*worker, *file, "--no-dashboard"], cwd=tmp_path, **quiet)
            for _ in range(2)
        ]
        with Client(scheduler_file=str(address), timeout=60) as dask:
            dask.wait_for_workers(2, timeout=60)
            scheduler = dask.scheduler.address
            pids = list(dask.run(os.getpid).values())
        for n in range(5):
            save(tmp_path / f"class/student_{n}.ipynb")
        options = ("--sandbox", "rlimits", "--scheduler", scheduler)
        with ThreadPoolExecutor() as pool:
            grading = pool.submit(grade, tmp_path / "class", tmp_path / "results", *options)
            folder = tmp_path / "results/submissions"
            wait_until(lambda: folder.is_dir() and len(list(folder.glob("*.json"))) >= 1)
            os.kill(pids[0], signal.SIGKILL)
            done = grading.result()
        assert done.returncode == 0, done.stderr
        rows = rows_of(tmp_path / "results")
        assert len(rows) == 5 and all(row["earned"] == 2 for row in rows.values())
    finally:
        for process in processes:
            process.kill()
            process.wait()


def wait_until(condition, seconds=300):
    import time

    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


TRIED = []


def graded_at_the_third_try(one, settings, key):
    """In place of judging.grade; a function of this module, so that dask does not copy TRIED."""
    TRIED.append(one.student)
    result = judging.failed(one, settings, key, "")
    done = one.student == "theirs" or (one.student, TRIED.count("ours")) == ("ours", 3)
    return result | {"status": "crashed"} if done else result


def test_only_the_graders_own_trouble_is_retried(monkeypatch):
    monkeypatch.setattr(judging, "grade", graded_at_the_third_try)
    students = [("k", Submission(s, s)) for s in ("ours", "theirs", "always")]
    here = {"processes": False, "n_workers": 1, "threads_per_worker": 1}
    with Client(**here, dashboard_address="127.0.0.1:0") as dask:
        found = list(cluster.grade_all(dask, students, judging.Settings()))
    found = {result["student"]: result["status"] for result in found}
    assert found == {"ours": "crashed", "theirs": "crashed", "always": "infra_error"}
    assert [TRIED.count(s) for s in ("ours", "theirs", "always")] == [
        cluster.TRIES,
        1,
        cluster.TRIES,
    ]


# results


RESULT = {
    "student": "=1+1",
    "file": "../<b>.ipynb",
    "lesson": "02",
    "status": "student_error",
    "message": "",
    "earned": 1,
    "points": 3,
    "sandbox": "bubblewrap",
    "fingerprint": "k",
    "exercises": [
        {"exercise": "2.1", "name": "a", "earned": 1, "points": 1}
        | {"status": "graded"}
        | {"message": "Right."},
        {"exercise": "2.2", "name": "b", "earned": 0, "points": 2}
        | {"status": "student_error"}
        | {"message": "<script>alert(1)</script>"},
    ],
}


def test_a_table_a_page_and_gradescopes_results(tmp_path):
    results.write_tables(tmp_path, [RESULT])
    line = (tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines()[1]
    assert line.startswith("'=1+1,../<b>.ipynb,02,student_error,1,3,")
    (page,) = (tmp_path / "feedback").iterdir()
    assert page.parent == tmp_path / "feedback" and page.name.startswith("1-1-")
    assert "<script>" not in page.read_text(encoding="utf-8")
    (found,) = (tmp_path / "gradescope").iterdir()
    found = json.loads(found.read_text(encoding="utf-8"))
    assert found["score"] == 1 and [t["score"] for t in found["tests"]] == [1, 0]
    assert [t["max_score"] for t in found["tests"]] == [1, 2]


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@a", "\t=1", "  =1", "\n=1", "|a", "%a"])
def test_formulas_are_neutralised(value):
    assert results.harmless(value) == "'" + value
    assert results.harmless("a=1") == "a=1" and results.harmless(-1) == -1


def test_no_two_students_share_a_file():
    names = ["a/b", "a b", "a.b", "../a", "ä", "ö", "", "A" * 300]
    files = {results.file_name(name) for name in names}
    assert len(files) == len(names)
    assert all(set(name) <= set(results.file_name(name)) or "/" not in name for name in files)
    assert all("/" not in name and "." not in name and len(name) < 60 for name in files)


def test_the_graders_own_trouble_is_not_kept(tmp_path):
    results.save(tmp_path, RESULT | {"status": "infra_error"})
    assert results.load(tmp_path, "k") is None
    results.save(tmp_path, RESULT)
    assert results.load(tmp_path, "k") == RESULT
    assert [p.name for p in (tmp_path / "submissions").iterdir()] == ["k.json"]


@pytest.mark.parametrize("damaged", [b"", b'{"student": "a', b"\xff\x00"])
def test_a_damaged_result_counts_as_not_there(tmp_path, damaged):
    results.save(tmp_path, RESULT)
    results.path_of(tmp_path, "k").write_bytes(damaged)
    assert results.load(tmp_path, "k") is None
    results.save(tmp_path, RESULT)
    assert results.load(tmp_path, "k") == RESULT


def test_wrong_folders_get_one_sentence(tmp_path, command, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("class").mkdir()
    inside = ["grade", "class", "--out", "class/results"]
    for words in (["grade", "nowhere", "--out", "x"], inside, ["diff", "nowhere", "x"]):
        status, _, errors = command(*words)
        assert status == 2 and len(errors.splitlines()) == 1
