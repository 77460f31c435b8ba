"""Environment, command line, memory and root of every process that can be seen."""

from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"

ANSWER = """\
import os
for process in filter(str.isdigit, os.listdir('/proc')):
    if int(process) == os.getpid():
        continue
    for name in ('environ', 'mem', 'root/etc/passwd', 'cwd/pyproject.toml'):
        try:
            open(f'/proc/{process}/{name}', 'rb').read(1)
            ESCAPED = True
        except OSError:
            pass"""


def notebook():
    return if_it_works(ANSWER)
