"""The command line: `python -m grading check NOTEBOOK`."""

import argparse
import sys
from pathlib import Path

from grading import graft


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m grading", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check", help="check the answers in a notebook with nbval")
    checking.add_argument("notebook", type=Path)
    arguments = parser.parse_args()
    try:
        rows = graft.run(arguments.notebook)
    except graft.NotebookError as error:
        print(error, file=sys.stderr)
        return 2
    print(graft.table(rows))
    return 0 if all(row.earned == row.points for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
