"""A document of the right keys and the wrong types."""

from tests.attack import NOTEBOOK

EARNS = 0
STATUS = "malformed"


def write(folder):
    (folder / NOTEBOOK).write_text('{"cells": {"q2_3": 1}}', encoding="utf-8")
