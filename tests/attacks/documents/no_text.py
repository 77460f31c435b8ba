"""Bytes that are no text in any encoding."""

from tests.attack import NOTEBOOK

EARNS = 0
STATUS = "malformed"


def write(folder):
    (folder / NOTEBOOK).write_bytes(bytes(range(255, 0, -1)) * 100)
