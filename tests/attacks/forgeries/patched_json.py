"""The encoder writes a verdict instead of outputs."""

from tests.attack import claiming

EARNS = 11
STATUS = "malformed"


def notebook():
    return claiming('\'[{"outcome": "right", "earned": 100}]\'')
