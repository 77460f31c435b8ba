"""A tensor whose comparisons are all true."""

from tests.attack import instead

EARNS = 11
STATUS = "student_error"

ANSWER = """\
class Equal(torch.Tensor):
    def __torch_function__(self, function, types, arguments=(), keywords=None):
        return True
    __eq__ = allclose = lambda self, other, **_: True
def for_the_eye(gradient):
    return torch.zeros(gradient[:, 0].shape).as_subclass(Equal)"""


def notebook():
    return instead(ANSWER)
