"""NBVAL_SKIP as a comment and as tags, on the answer and on its check."""

from tests.attack import WRONG, cell_of, instead

EARNS = 11
STATUS = "graded"


def notebook():
    made = instead("# NBVAL_SKIP\n" + WRONG)
    for name in ("q2_3", "check_2_3"):
        cell_of(made, name)["metadata"]["tags"] = ["nbval-skip", "raises-exception"]
    return made
