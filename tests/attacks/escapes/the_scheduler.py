"""dask's scheduler and workers listen on this machine: try every port of it."""

from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"

ANSWER = """\
import socket
for port in range(1024, 65536):
    with socket.socket() as tcp:
        there = tcp.connect_ex(('127.0.0.1', port)) == 0
        # a socket on loopback can meet itself
        ESCAPED = ESCAPED or there and tcp.getsockname() != tcp.getpeername()"""


def notebook():
    return if_it_works(ANSWER)
