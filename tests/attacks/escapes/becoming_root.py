"""setuid, setgid, a new user namespace with a mount in it, chroot."""

from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"

ANSWER = """\
import ctypes, os
libc = ctypes.CDLL(None)
for attempt in (lambda: os.setuid(0), lambda: os.chroot('/usr'),
                lambda: os.mknod('/tmp/disk', 0o60600, os.makedev(254, 0))):
    try:
        attempt()
        ESCAPED = True
    except OSError:
        pass
ESCAPED = ESCAPED or libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0"""


def notebook():
    return if_it_works(ANSWER)
