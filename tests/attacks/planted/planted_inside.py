"""The same in the working folder of the sandbox and at home, for the exercises after it."""

from tests.attack import WRONG, instead

EARNS = 11
STATUS = "graded"


def notebook():
    return instead(
        "import os\n"
        "for name in ('sitecustomize.py', 'torch.py', 'json.py', 'grading.py', 'conftest.py'):\n"
        "    for folder in ('.', os.path.expanduser('~')):\n"
        "        with open(os.path.join(folder, name), 'w') as file:\n"
        "            file.write('raise SystemExit')\n" + WRONG
    )
