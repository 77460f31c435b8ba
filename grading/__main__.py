"""The command line: check or restore a notebook, grade a class, compare two runs of the grader."""

import argparse
import hashlib
import sys
from collections import Counter
from pathlib import Path

from grading import exercise, graft


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m grading", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    checking = commands.add_parser("check", help="check the answers in a notebook with nbval")
    checking.add_argument("notebook", type=Path)
    checking.set_defaults(run=check)

    restoring = commands.add_parser("restore", help="bring a lesson's own cells back, keep answers")
    restoring.add_argument("notebook", type=Path, nargs="?", help="default: every lesson")
    restoring.set_defaults(run=restore)

    grading = commands.add_parser("grade", help="grade a folder of notebooks in a sandbox")
    grading.add_argument("submissions", type=Path, help="one notebook or one folder a student")
    grading.add_argument("--out", type=Path, required=True, metavar="RESULTS")
    grading.add_argument("--seed-file", type=Path, help="a secret text; the cases are made from it")
    grading.add_argument("--pack", type=Path, help="a folder with the staff's own questions")
    grading.add_argument("--sandbox", choices=("bubblewrap", "rlimits"), default="bubblewrap")
    grading.add_argument("--scheduler", metavar="ADDRESS", help="a running dask cluster")
    grading.add_argument("--workers", type=int, help="processes on this machine; default: cores")
    grading.set_defaults(run=grade)

    comparing = commands.add_parser("diff", help="whose points changed between two runs")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.set_defaults(run=diff)

    asking = commands.add_parser("ask", help="put the staff's questions into a student notebook")
    asking.add_argument("notebook", type=Path)
    asking.add_argument("--pack", type=Path, required=True)
    asking.add_argument("--out", type=Path, required=True)
    asking.set_defaults(run=ask)

    arguments = parser.parse_args()
    try:
        return arguments.run(arguments)
    except (graft.NotebookError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2


def check(arguments: argparse.Namespace) -> int:
    rows = graft.run(arguments.notebook)
    print(graft.table(rows))
    return 0 if all(row.earned == row.points for row in rows) else 1


def restore(arguments: argparse.Namespace) -> int:
    from grading import restore

    failed = 0
    for path in [arguments.notebook] if arguments.notebook else restore.notebooks():
        try:
            print(restore.restore(path))
        except graft.NotebookError as error:
            print(error, file=sys.stderr)
            failed = 2
    return failed


def grade(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from grading.grade import cluster, pack, probe, results, run, sandbox, submission

    folder, out = arguments.submissions, arguments.out
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder; give one with a notebook or folder a student.")
    if out.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{out} lies in {folder}; give results a folder of their own.")
    secret = [path.resolve() for path in (folder, out) if path.exists()]
    seed, questions = exercise.NOTEBOOK_SEED, {}
    if arguments.seed_file:
        seed = seed_of(arguments.seed_file)
        secret.append(arguments.seed_file.resolve())
    if arguments.pack:
        questions = pack.read(arguments.pack)
        secret.append(arguments.pack.resolve())
    settings = run.Settings(arguments.sandbox, seed, questions)
    cases = "hidden cases" if arguments.seed_file else "the notebooks' own cases"
    print(f"Sandbox: {settings.tier}, {sandbox.TIERS[settings.tier]}. Graded on {cases}.")

    graded, left = [], []
    for each in submission.read_all(folder, questions):
        key = run.key_of(each, settings)
        if done := results.load(out, key):
            graded.append(done)
        else:
            left.append((key, each))
    if graded:
        print(f"{len(graded)} results are there already.")
    try:
        if left:
            probe.check(settings.tier, tuple(secret))
            with cluster.client(arguments.scheduler, arguments.workers) as dask:
                if arguments.scheduler:
                    cluster.check(dask, settings.tier)
                new = cluster.grade_all(dask, left, settings)
                for result in tqdm(new, total=len(left), unit="notebook"):
                    results.save(out, result)
                    graded.append(result)
    except (sandbox.SandboxError, OSError) as error:
        raise ValueError(str(error)) from None
    results.write_tables(out, graded)
    for status, number in Counter(result["status"] for result in graded).items():
        print(f"{number:5} {status}")
    print(f"Tables, feedback and Gradescope files are in {out}.")
    return 1 if any(result["status"] == "infra_error" for result in graded) else 0


def seed_of(path: Path) -> int:
    """A seed below 2³¹, as every random generator takes it, from a secret text."""
    text = path.read_bytes().strip()
    if not text:
        raise ValueError(f"{path} is empty; write a secret text into it.")
    return int.from_bytes(hashlib.sha256(text).digest()[:4], "big") >> 1


def diff(arguments: argparse.Namespace) -> int:
    from grading.grade import results

    lines = results.difference(arguments.before, arguments.after)
    print("\n".join(lines) or "No submission's points or status changed.")
    return 0


def ask(arguments: argparse.Namespace) -> int:
    import nbformat

    from grading.grade import pack

    notebook = graft.read(arguments.notebook)
    lesson = graft.lesson_of(arguments.notebook, notebook)
    questions = pack.read(arguments.pack).get(lesson, [])
    nbformat.write(pack.add_to(notebook, questions), arguments.out)
    print(f"{len(questions)} questions added: {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
