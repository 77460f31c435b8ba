"""A folder with a notebook's name, and nothing in it."""

from tests.attack import NOTEBOOK

EARNS = 0
STATUS = "malformed"


def write(folder):
    (folder / NOTEBOOK).mkdir()
