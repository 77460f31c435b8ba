"""The grader: what a sandbox costs, what a second worker gains, nbgrader, and being killed.

`measure` returns ratios below their limits, as all benchmarks do; the numbers behind them are
printed. All of it is wall clock: run it on a machine that does nothing else.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat

from grading import lesson as lessons
from grading.editions import EDITIONS
from grading.grade import cluster, escapes, judging, submissions
from grading.grade.sandbox import SandboxError
from tests import labelled_class

LESSON = "02_saliency"
SUBMISSIONS = 200
BUILD = Path("build/bench")
OVERHEAD = 1.5  # seconds a submission, beyond a plain Python that runs the same answers


def measure() -> list[dict]:
    """Overhead, two workers, nbgrader and 200 submissions with two kills: ratio and limit."""
    try:
        escapes.demand_none("bubblewrap")
    except SandboxError as error:
        print(f"The grader is not measured: {error}")
        return []
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    return [overhead(), two_workers(), against_nbgrader(), killed_twice()]


# what a sandbox costs

PLAIN = """
import json, sys
from grading.jail import answers, wire
for exercise in json.load(open(sys.argv[1])):
    namespace = {}
    exec(answers.PREAMBLE + exercise["source"], namespace)
    cases = wire.decoded(exercise["cases"])
    answers.attempt(exercise["id"], namespace[exercise["name"]], cases)
"""


def overhead(rounds: int = 7) -> dict:
    """Seconds to grade an honest submission, beyond a plain Python with the same answers.

    Wall clock, the best of some rounds taken in turn: what runs in a PID namespace is not counted
    among the CPU time of our children.
    """
    one = submission_of(EDITIONS["reference"] / f"{LESSON}.ipynb")
    settings = judging.Settings(seed=1)
    fingerprint = judging.fingerprint_of(one, settings)
    jobs = [judging.job(lessons.exercise(e), s[0], settings.seed) for e, s in one.answers.items()]
    path = BUILD / "jobs.json"
    path.write_bytes(judging.wire.encoded(jobs))
    command = [sys.executable, "-c", PLAIN, str(path)]
    plain, graded = [], []
    for _ in range(rounds):
        plain.append(seconds(lambda: subprocess.run(command, check=True)))
        graded.append(seconds(lambda: judging.grade(one, settings, fingerprint)))
    extra = max(0.0, min(graded) - min(plain))
    print(f"one submission: {min(graded):.2f} s graded, {min(plain):.2f} s in plain Python")
    return {"name": "sandbox, extra s a submission", "ratio": extra, "limit": OVERHEAD}


def seconds(work) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


def submission_of(path: Path) -> submissions.Submission:
    return submissions.Submission("a", path.name, *submissions.answers_in(path, {}))


# what a second worker gains


def two_workers(count: int = 16) -> dict:
    """Wall clock of the same submissions with two workers over that with one, both warmed up."""
    one = submission_of(EDITIONS["reference"] / f"{LESSON}.ipynb")
    settings = judging.Settings(seed=1)
    fingerprint = judging.fingerprint_of(one, settings)
    seconds = []
    for workers in (1, 2):
        with cluster.client(None, workers) as dask:
            list(cluster.grade_all(dask, [(fingerprint, one)] * 2 * workers, settings))
            start = time.monotonic()
            list(cluster.grade_all(dask, [(fingerprint, one)] * count, settings))
            seconds.append(time.monotonic() - start)
    gain = seconds[0] / seconds[1]
    print(f"{count} submissions: {seconds[0]:.0f} s with one worker, {seconds[1]:.0f} s with two")
    print(f"two workers are {gain:.2f} times as fast as one")
    return {"name": "two workers over one, time", "ratio": 1 / gain, "limit": 1 / 1.7}


# against nbgrader

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "course"
c.ExecutePreprocessor.timeout = 600
"""


def against_nbgrader(count: int = 2) -> dict:
    """Time a submission of `grade` on all cores over that of nbgrader's autograde, same answers."""
    notebook = EDITIONS["reference"] / f"{LESSON}.ipynb"
    course = BUILD / "nbgrader"
    nbgrader, environment = install_nbgrader(course)
    (course / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    for place in ("source", *(f"submitted/student{n}" for n in range(count))):
        folder = course / place / "ps1"
        folder.mkdir(parents=True)
        made = nbformat.read(notebook, as_version=4)
        made.metadata["kernelspec"] = {"name": "course", "display_name": "course"}
        nbformat.write(made, folder / notebook.name)

    def call(*words: str) -> float:
        start = time.monotonic()
        subprocess.run(
            [nbgrader, *words], cwd=course, env=environment, check=True, capture_output=True
        )
        return (time.monotonic() - start) / count

    call("generate_assignment", "ps1", "--force")
    theirs = call("autograde", "ps1")
    submissions = course / "ours"
    submissions.mkdir()
    for n in range(12):
        shutil.copy(notebook, submissions / f"student{n}.ipynb")
    start = time.monotonic()
    grade(submissions, course / "results").wait()
    ours = (time.monotonic() - start) / 12
    print(f"submissions an hour: {3600 / ours:.0f} here, {3600 / theirs:.0f} with nbgrader")
    return {"name": "grade over nbgrader, time a submission", "ratio": ours / theirs, "limit": 0.1}


def install_nbgrader(folder: Path) -> tuple[str, dict]:
    """nbgrader in an environment of its own, whose kernel is this Python with the course in it."""
    home = (folder / "environment").absolute()
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, home], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", home / "bin/python", "nbgrader"]
    subprocess.run(install, check=True)
    kernel = home / "share/jupyter/kernels/course"
    kernel.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "course", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    path = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return str(home / "bin/nbgrader"), os.environ | {"OMP_NUM_THREADS": "1", "PATH": path}


def grade(submissions: Path, out: Path, *options: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "grading", "grade", str(submissions), "--out", str(out)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([*command, *options], **quiet)


# killed on the way


def killed_twice() -> dict:
    """Submissions whose result is not what their label says after two SIGKILLs: none."""
    submissions, out = BUILD / "class", BUILD / "results"
    labels = labelled_class.write(submissions, seed=0, students=SUBMISSIONS)
    for kill_at in (SUBMISSIONS // 4, SUBMISSIONS // 2):
        grader = grade(submissions, out)
        while written(out) < kill_at and grader.poll() is None:
            time.sleep(0.1)
        grader.send_signal(signal.SIGKILL)
        grader.wait()
        print(f"killed with {written(out)} of {SUBMISSIONS} graded")
    grade(submissions, out).wait()
    lines = labelled_class.disagreements(out, labels)
    print("\n".join([f"{len(lines)} answers are not graded as they should be", *lines]))
    return {"name": "lost or wrong of 200 after two kills", "ratio": len(lines), "limit": 0}


def written(out: Path) -> int:
    return len(list((out / "submissions").glob("*.json")))


if __name__ == "__main__":
    for row in measure():
        print(f"{row['ratio']:.2f} (limit {row['limit']:.2f})  {row['name']}")
