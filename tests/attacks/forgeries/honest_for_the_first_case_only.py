"""Right once; afterwards zeros."""

from tests.attack import honest, instead

EARNS = 11
STATUS = "graded"


def notebook():
    right = honest()["q2_3"].replace("for_the_eye", "right")
    return instead(
        f"{right}\nturn = []\ndef for_the_eye(gradient):\n    turn.append(1)\n"
        "    return right(gradient) if len(turn) == 1 else torch.zeros_like(gradient)[:, 0]"
    )
