"""The command line: check or restore a notebook, grade a class, compare two runs of the grader."""

import argparse
import sys
from pathlib import Path

from grading.file.cells import NotebookError, lesson_of, notebook_in


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
    tiers = ("bubblewrap", "rlimits")
    grading.add_argument("--sandbox", dest="tier", choices=tiers, default=tiers[0])
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
    except (NotebookError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2


def check(arguments: argparse.Namespace) -> int:
    from grading.file import check

    rows = check.check(arguments.notebook)
    print(check.table(rows))
    return 0 if all(row.earned == row.points for row in rows) else 1


def restore(arguments: argparse.Namespace) -> int:
    from grading.file import restore

    failed = 0
    for path in [arguments.notebook] if arguments.notebook else restore.notebooks():
        try:
            print(restore.restore(path))
        except NotebookError as error:
            print(error, file=sys.stderr)
            failed = 2
    return failed


def grade(arguments: argparse.Namespace) -> int:
    from grading.grade.whole_class import grade_class

    folders, secrets = (arguments.submissions, arguments.out), (arguments.seed_file, arguments.pack)
    where = (arguments.scheduler, arguments.workers)
    statuses = grade_class(*folders, arguments.tier, *secrets, *where)
    for status, number in statuses.items():
        print(f"{number:5} {status}")
    print(f"Tables, feedback and Gradescope files are in {arguments.out}.")
    return 1 if statuses["infra_error"] else 0


def diff(arguments: argparse.Namespace) -> int:
    from grading.grade import results

    lines = results.difference(arguments.before, arguments.after)
    print("\n".join(lines) or "No submission's points or status changed.")
    return 0


def ask(arguments: argparse.Namespace) -> int:
    import nbformat

    from grading.editions import question_cells
    from grading.grade.questions import questions_in

    notebook = notebook_in(arguments.notebook)
    lesson = lesson_of(arguments.notebook, notebook)
    questions = questions_in(arguments.pack).get(lesson.number, [])
    notebook.cells += [cell for question in questions for cell in question_cells(question)]
    nbformat.write(notebook, arguments.out)
    print(f"{len(questions)} questions added: {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
