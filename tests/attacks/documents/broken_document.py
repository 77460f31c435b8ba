"""JSON that ends in the middle."""

import json

from tests.attack import NOTEBOOK, honest, instead

EARNS = 0
STATUS = "malformed"


def write(folder):
    whole = json.dumps(instead(honest()["q2_3"]))
    (folder / NOTEBOOK).write_text(whole[: len(whole) // 2], encoding="utf-8")
