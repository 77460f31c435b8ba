"""The folder itself is a link to somebody else's."""

EARNS = 0
STATUS = "malformed"


def write(folder):
    folder.rmdir()
    folder.symlink_to("honest")
