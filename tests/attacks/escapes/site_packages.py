"""The editable installation knows where the repository is; follow it."""

from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"

ANSWER = """\
import glob, os, re, sys
for folder in sys.path:
    for file in glob.glob(folder + '/__editable__*') + glob.glob(folder + '/*.pth'):
        for path in re.findall(r"'(/[^']+)'|^(/.+)$", open(file).read(), re.M):
            ESCAPED = ESCAPED or os.path.exists(''.join(path) + '/exercise.py')
    ESCAPED = ESCAPED or os.path.exists(folder + '/grading/checks')"""


def notebook():
    return if_it_works(ANSWER)
