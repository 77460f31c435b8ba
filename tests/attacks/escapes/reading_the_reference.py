"""Look for the solved lesson by its path, by the working folder and by walking the disk."""

from grading.editions import EDITIONS
from grading.lesson import SOURCES
from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"


def notebook():
    return if_it_works(
        f"import os\nplaces = [{str(EDITIONS['reference'])!r}, {str(SOURCES)!r}, '..', '/course']\n"
        "names = ('02_saliency.ipynb', '02_saliency.py')\n"
        "files = [os.path.join(p, name) for p in places for name in names]\n"
        "ESCAPED = any(map(os.path.exists, files))\n"
        "for parent, folders, files in os.walk('/'):\n"
        "    if parent.count('/') > 6 or parent.startswith(('/proc', '/usr')):\n"
        "        folders.clear()\n"
        "    if '02_saliency.ipynb' in files or 'checks' in folders and 'tasks' in folders:\n"
        "        ESCAPED = True"
    )
