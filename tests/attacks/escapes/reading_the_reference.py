"""Look for the solved lesson by its path, by the working folder and by walking the disk."""

from grading import exercise as registry
from tests.attack import if_it_works

EARNS = 11
STATUS = "graded"


def notebook():
    return if_it_works(
        f"import os\nplaces = [{str(registry.REFERENCE)!r}, '..', '.', '/course']\n"
        "files = [os.path.join(p, '02_saliency.ipynb') for p in places]\n"
        "ESCAPED = any(map(os.path.exists, files))\n"
        "for parent, folders, files in os.walk('/'):\n"
        "    if parent.count('/') > 6 or parent.startswith(('/proc', '/usr')):\n"
        "        folders.clear()\n"
        "    if '02_saliency.ipynb' in files or 'checks' in folders and 'tasks' in folders:\n"
        "        ESCAPED = True"
    )
