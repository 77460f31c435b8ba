"""Outputs that are nested 100,000 deep, for the reader outside."""

from tests.attack import claiming

EARNS = 11
STATUS = "malformed"


def notebook():
    return claiming("'[' * 100_000")
