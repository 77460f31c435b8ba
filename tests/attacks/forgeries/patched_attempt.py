"""The function that runs answers is replaced by one that reports other outputs."""

from tests.attack import WRONG, instead

EARNS = 11
STATUS = "graded"


def notebook():
    return instead(
        "from grading.jail import answers\n"
        "fake = {'kind': 'torch.Tensor of float32', 'value': np.ones((2, 12, 8), 'f4')}\n"
        "answers.attempt = lambda *_: [{'the picture': fake}] * 2\n" + WRONG
    )
