"""A number of a million digits."""

from tests.attack import NOTEBOOK

EARNS = 0
STATUS = "malformed"


def write(folder):
    text = '{"cells": [], "nbformat": ' + "9" * 1_000_000 + "}"
    (folder / NOTEBOOK).write_text(text, encoding="utf-8")
