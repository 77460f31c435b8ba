"""Lists in lists, a million deep."""

from tests.attack import NOTEBOOK

EARNS = 0
STATUS = "malformed"


def write(folder):
    (folder / NOTEBOOK).write_text("[" * 1_000_000, encoding="utf-8")
