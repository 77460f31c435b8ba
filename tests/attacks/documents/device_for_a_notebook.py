"""A link to a device that never ends."""

from tests.attack import NOTEBOOK

EARNS = 0
STATUS = "malformed"


def write(folder):
    (folder / NOTEBOOK).symlink_to("/dev/zero")
