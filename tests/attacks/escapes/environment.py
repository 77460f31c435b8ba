"""Names of the grader's machine in the environment, or its host name."""

from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"

ANSWER = """\
import os, socket
usual = {'HOME', 'LANG', 'LC_CTYPE', 'OMP_NUM_THREADS', 'PATH', 'PWD',
         'MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_'}
mine = {n for n in os.environ if not n.startswith(('TORCH', 'KMP', 'PYTORCH'))}
ESCAPED = bool(mine - usual) or socket.gethostname() != 'sandbox'"""


def notebook():
    return if_it_works(ANSWER)
