"""A FIFO that nobody writes to."""

import os

from tests.attack import NOTEBOOK

EARNS = 0
STATUS = "malformed"


def write(folder):
    os.mkfifo(folder / NOTEBOOK)
