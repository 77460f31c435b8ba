"""Any network interface but loopback, any name server, any packet out."""

from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"

ANSWER = """\
import socket
ESCAPED = any(name != 'lo' for _, name in socket.if_nameindex())
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    udp.sendto(b'x', ('192.0.2.1', 53))
    ESCAPED = True"""


def notebook():
    return if_it_works(ANSWER)
