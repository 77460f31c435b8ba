"""Write the attack notebooks: `python -m tests.attacks.make_attacks FOLDER`.

Each attack is a student's notebook of lesson 02 with honest answers (12 points), except where the
attack stands, which is mostly exercise 2.3 (1 point): five exercises come after it. An attack that
tries to get somewhere gives the right answer if it got there, so that a success shows as a point.
`ATTACKS` says what each of them must earn, and the status it must have.
"""

import gzip
import io
import json
import os
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grading import exercise as registry

LESSON = "02"
FULL = 12
MARKER = "sleep 27182818"  # what a process that an attack leaves behind would run


@dataclass(frozen=True)
class Attack:
    write: Callable[[Path], None]
    earns: int
    status: str


ATTACKS: dict[str, Attack] = {}


def attack(earns: int, status: str = "graded") -> Callable:
    """Register a function that returns a notebook, or writes into the student's folder itself."""

    def register(make: Callable) -> Callable:
        def write(folder: Path) -> None:
            folder.mkdir(parents=True)
            if "folder" in make.__code__.co_varnames[: make.__code__.co_argcount]:
                made = make(folder)
            else:
                made = make()
            if made is not None:
                save(folder / "02_saliency.ipynb", made)

        ATTACKS[make.__name__] = Attack(write, earns, status)
        return make

    return register


def honest() -> dict[str, str]:
    """The right answers of the lesson by cell id."""
    path = registry.REFERENCE / f"{registry.lessons()[LESSON]}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {c["id"]: "".join(c["source"]) for c in cells if c["id"].startswith("q2_")}


WRONG = "def for_the_eye(gradient):\n    return torch.zeros_like(gradient)[:, 0]\n"


def instead(source: str = WRONG, cell: str = "q2_3", before: str = "") -> dict:
    """Honest answers, with this one in place of a cell's; `before` is a cell of the student's."""
    return notebook(honest() | {cell: source}, {cell: before} if before else {})


def if_it_works(attempt: str, answer: str = "") -> dict:
    """2.3 is right only if the code of the attempt sets ESCAPED; whatever it raises is caught."""
    body = "\n".join(f"    {line}" for line in attempt.strip().splitlines())
    right = answer or honest()["q2_3"]
    guarded = "if not ESCAPED:\n" + "\n".join(f"    {line}" for line in WRONG.splitlines())
    return instead(
        f"ESCAPED = False\ntry:\n{body}\nexcept BaseException:\n    pass\n{right}\n{guarded}"
    )


def and_honest(harm: str) -> dict:
    """Harm is tried, then 2.3 is answered rightly: full marks, for the answer's sake."""
    body = "\n".join(f"    {line}" for line in harm.strip().splitlines())
    return instead(f"try:\n{body}\nexcept Exception:\n    pass\n{honest()['q2_3']}")


def notebook(answers: dict[str, str], before: dict[str, str]) -> dict:
    cells = []
    for name, source in answers.items():
        if name in before:
            cells.append(code(f"extra_{name}", before[name]))
        cells.append(code(name, source))
        cells.append(code(name.replace("q", "check_"), f"check({name!r})"))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def code(name: str, source: str, **metadata) -> dict:
    metadata = {"nbgrader": {"grade_id": name}} | metadata
    return {
        "cell_type": "code",
        "id": name,
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }


def cell_of(made: dict, name: str = "q2_3") -> dict:
    return next(cell for cell in made["cells"] if cell["id"] == name)


def save(path: Path, made: dict) -> None:
    path.write_text(json.dumps(made), encoding="utf-8")


# Verdict forgeries


@attack(earns=11)
def equal_to_everything():
    """An answer whose == is always true."""
    source = "class Any:\n    def __eq__(self, other):\n        return True\n    __hash__ = None\n"
    return instead(source + "answer_2_4 = Any()", "q2_4")


@attack(earns=11)
def letter_of_every_option():
    """A str that strips and uppers to whatever it is compared with."""
    source = (
        "class Letter(str):\n"
        "    def strip(self):\n        return self\n"
        "    upper = __str__ = strip\n"
        "    def __eq__(self, other):\n        return True\n"
        "    __hash__ = str.__hash__\n"
        "answer_2_4 = Letter('A')"
    )
    return instead(source, "q2_4")


@attack(earns=11, status="student_error")
def equal_tensor():
    """A tensor whose comparisons are all true."""
    return instead(
        "class Equal(torch.Tensor):\n"
        "    def __torch_function__(self, function, types, arguments=(), keywords=None):\n"
        "        return True\n"
        "    __eq__ = allclose = lambda self, other, **_: True\n"
        "def for_the_eye(gradient):\n"
        "    return torch.zeros(gradient[:, 0].shape).as_subclass(Equal)"
    )


@attack(earns=11)
def true_for_a_number():
    """True where a number is asked for."""
    return instead("answer_2_7 = True", "q2_7")


@attack(earns=11)
def nan_everywhere():
    """NaN, for which no comparison says that it is too far off."""
    return instead("def for_the_eye(gradient):\n    return gradient[:, 0] * float('nan')")


@attack(earns=11)
def infinity_everywhere():
    """Infinity, which is a large scale."""
    return instead("def for_the_eye(gradient):\n    return gradient[:, 0].abs() * float('inf')")


@attack(earns=11)
def patched_check():
    """A student's own `check`, in place of the course's."""
    return if_it_works(
        "import sys, types\n"
        "module = types.ModuleType('grading.check')\n"
        "module.check = lambda *_: print('✓ 2.3 for_the_eye')\n"
        "sys.modules['grading.check'] = sys.modules['grading.exercise'] = module\n"
        "check = module.check"
    )


@attack(earns=11)
def patched_judge():
    """The registry's judge says "right" to all, where it can be imported."""
    return if_it_works(
        "from grading import exercise\n"
        "exercise.Exercise.judge = lambda *_: exercise.Verdict('right')\n"
        "ESCAPED = True"
    )


@attack(earns=11)
def patched_attempt():
    """The function that runs answers is replaced by one that reports other outputs."""
    return instead(
        "from grading import tasks\n"
        "fake = {'kind': 'torch.Tensor of float32', 'value': np.ones((2, 12, 8), 'f4')}\n"
        "tasks.attempt = lambda *_: [{'the picture': fake}] * 2\n" + WRONG
    )


def claiming(text: str, cell: str = "q2_3", answer: str = WRONG) -> dict:
    """Whatever the answer is, this text is what the encoder makes of it."""
    return instead(f"import json\njson.dumps = lambda *_, **__: {text}\n" + answer, cell)


@attack(earns=11, status="malformed")
def patched_json():
    """The encoder writes a verdict instead of outputs."""
    return claiming('\'[{"outcome": "right", "earned": 100}]\'')


@attack(earns=11, status="malformed")
def deep_answer():
    """Outputs that are nested 100,000 deep, for the reader outside."""
    return claiming("'[' * 100_000")


@attack(earns=11, status="malformed")
def array_that_lies():
    """An array that says it has 2**60 numbers, and holds none."""
    array = f'{{"array": ["float32", [{2**60}], ""]}}'
    lie = f'{{"kind": "torch.Tensor of float32", "value": {array}}}'
    return claiming(repr('[{"the picture": ' + lie + "}]"))


@attack(earns=11, status="malformed")
def pickled_array():
    """An array of Python objects, which a careless reader would unpickle."""
    lie = '{"kind": "numpy array of object", "value": {"array": ["object", [1], "gASVAA=="]}}'
    return claiming(repr('[{"the picture": ' + lie + "}]"))


@attack(earns=11, status="needs_review")
def outputs_without_their_names():
    """Well-formed outputs of which the comparison knows none."""
    outputs = '[{"nothing": {"kind": "text", "value": "D"}}]'
    return claiming(repr(outputs), "q2_4", "answer_2_4 = 'A'")


@attack(earns=11, status="malformed")
def verdict_instead_of_outputs():
    """A verdict is written into the pipe that the outputs go through."""
    return instead(
        "import os, stat\n"
        "for name in range(3, 64):\n"
        "    try:\n"
        "        if stat.S_ISFIFO(os.fstat(name).st_mode):\n"
        '            os.write(name, b\'{"status": "graded", "earned": 12, "points": 12}\')\n'
        "    except OSError:\n"
        "        pass\n"
        "os._exit(0)"
    )


@attack(earns=11, status="crashed")
def forged_lines_for_the_others():
    """Results of all exercises are written into every open pipe, before the process ends."""
    return instead(
        "import os\n"
        "for name in range(64):\n"
        "    try:\n"
        "        os.write(name, b'2.3 done 2\\n[]' + b'2.4 done 2\\n[]')\n"
        "    except OSError:\n"
        "        pass\n"
        "os.kill(os.getpid(), 9)"
    )


@attack(earns=11)
def the_parents_pipe():
    """The output of the process above, opened through /proc."""
    return if_it_works(
        "import os\n"
        "for process in (os.getppid(), 1, 2):\n"
        "    for name in (0, 1, 2, 3, 4, 5):\n"
        "        try:\n"
        "            os.open(f'/proc/{process}/fd/{name}', os.O_RDWR)\n"
        "            ESCAPED = True\n"
        "        except OSError:\n"
        "            pass"
    )


@attack(earns=11)
def traced_parent():
    """The process above is stopped with ptrace, to be rewritten."""
    return if_it_works(
        "import ctypes, os\n"
        "ESCAPED = ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0  # PTRACE_ATTACH"
    )


@attack(earns=11)
def input_transformer():
    """An IPython input transformer that rewrites the cells after it, where there is a shell."""
    return if_it_works(
        "shell = get_ipython()\n"
        "shell.input_transformers_post.append(lambda lines: ['ESCAPED = True'])\n"
        "shell.run_cell('ESCAPED = ESCAPED')"
    )


@attack(earns=11, status="student_error")
def silenced_traceback():
    """Errors are not shown; the cell then raises before it has answered."""
    return instead(
        "get_ipython().showtraceback = lambda *_, **__: None\n"
        "raise RuntimeError('nobody sees this')\n" + WRONG
    )


@attack(earns=11)
def skip_marks():
    """NBVAL_SKIP as a comment and as tags, on the answer and on its check."""
    made = instead("# NBVAL_SKIP\n" + WRONG)
    for name in ("q2_3", "check_2_3"):
        cell_of(made, name)["metadata"]["tags"] = ["nbval-skip", "raises-exception"]
    return made


@attack(earns=11)
def saved_verdicts():
    """Check cells with outputs that say ✓, and a score of full marks."""
    made = instead()
    for cell in made["cells"]:
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "✓ 12 of 12 points"}]
    return made


@attack(earns=12)
def deleted_checks():
    """All check cells are gone; the answers are honest."""
    made = instead(honest()["q2_3"])
    made["cells"] = [cell for cell in made["cells"] if cell["id"].startswith("q2")]
    return made


@attack(earns=11)
def deleted_answer():
    """An answer cell is gone, and its check prints the right line itself."""
    made = instead()
    made["cells"] = [cell for cell in made["cells"] if cell["id"] != "q2_3"]
    cell_of(made, "check_2_3")["source"] = "print('✓ 2.3 for_the_eye')"
    return made


@attack(earns=11, status="needs_review")
def doubled_answer():
    """Two cells for one exercise: which one counts is for staff to say."""
    made = instead()
    made["cells"].insert(0, code("q2_3", honest()["q2_3"]))
    return made


@attack(earns=11)
def changed_cell_types():
    """The answer is a text cell, the checks are raw."""
    made = instead(honest()["q2_3"])
    for cell in made["cells"]:
        if cell["id"] == "q2_3":
            cell["cell_type"] = "markdown"
        elif cell["id"].startswith("check"):
            cell["cell_type"] = "raw"
    return made


@attack(earns=11)
def points_of_ones_own():
    """nbgrader's metadata says that the cell is worth 1000 points, and graded already."""
    made = instead()
    cell_of(made)["metadata"]["nbgrader"] |= {"points": 1000, "score": 1000, "grade": True}
    made["metadata"] = {"course": {"lesson": "00", "edition": "reference"}, "score": 1000}
    return made


@attack(earns=11)
def numbers_of_the_public_seed():
    """The right outputs for the notebook's own cases, written out."""
    exercise = registry.find("2.3")
    outputs = exercise.outputs(registry.reference("2.3"))
    known = [case["the picture"]["value"].round(6).tolist() for case in outputs]
    return instead(
        f"KNOWN = {known}\nturn = []\n"
        "def for_the_eye(gradient):\n"
        "    turn.append(1)\n"
        "    return torch.tensor(KNOWN[(len(turn) - 1) % 2], dtype=torch.float32)"
    )


@attack(earns=11)
def honest_for_the_first_case_only():
    """Right once; afterwards zeros."""
    right = honest()["q2_3"].replace("for_the_eye", "right")
    return instead(
        f"{right}\nturn = []\ndef for_the_eye(gradient):\n    turn.append(1)\n"
        "    return right(gradient) if len(turn) == 1 else torch.zeros_like(gradient)[:, 0]"
    )


# Escapes


@attack(earns=11)
def reading_the_reference():
    """Look for the solved lesson by its path, by the working folder and by walking the disk."""
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


@attack(earns=11)
def importing_the_checks():
    """The registry has the reference; import it under every name."""
    return if_it_works(
        "import importlib\n"
        "for name in ('grading.exercise', 'grading.checks', 'grading.check', 'grading.compare',\n"
        "             'grading.graft', 'helpers', 'tests', 'grading.grade.run'):\n"
        "    try:\n"
        "        importlib.import_module(name)\n"
        "        ESCAPED = True\n"
        "    except ImportError:\n"
        "        pass"
    )


@attack(earns=11)
def site_packages():
    """The editable installation knows where the repository is; follow it."""
    return if_it_works(
        "import glob, os, re, sys\n"
        "for folder in sys.path:\n"
        "    for file in glob.glob(folder + '/__editable__*') + glob.glob(folder + '/*.pth'):\n"
        "        for path in re.findall(r\"'(/[^']+)'|^(/.+)$\", open(file).read(), re.M):\n"
        "            ESCAPED = ESCAPED or os.path.exists(''.join(path) + '/exercise.py')\n"
        "    ESCAPED = ESCAPED or os.path.exists(folder + '/grading/checks')"
    )


@attack(earns=11)
def proc_of_the_grader():
    """Environment, command line, memory and root of every process that can be seen."""
    return if_it_works(
        "import os\n"
        "for process in filter(str.isdigit, os.listdir('/proc')):\n"
        "    if int(process) == os.getpid():\n        continue\n"
        "    for name in ('environ', 'mem', 'root/etc/passwd', 'cwd/pyproject.toml'):\n"
        "        try:\n"
        "            open(f'/proc/{process}/{name}', 'rb').read(1)\n"
        "            ESCAPED = True\n"
        "        except OSError:\n"
        "            pass"
    )


@attack(earns=11)
def environment():
    """Names of the grader's machine in the environment, or its host name."""
    return if_it_works(
        "import os, socket\n"
        "usual = {'HOME', 'LANG', 'LC_CTYPE', 'OMP_NUM_THREADS', 'PATH', 'PWD'}\n"
        "mine = {n for n in os.environ if not n.startswith(('TORCH', 'KMP', 'PYTORCH'))}\n"
        "ESCAPED = bool(mine - usual) or socket.gethostname() != 'sandbox'"
    )


@attack(earns=11)
def sockets():
    """Any network interface but loopback, any name server, any packet out."""
    return if_it_works(
        "import socket\n"
        "ESCAPED = any(name != 'lo' for _, name in socket.if_nameindex())\n"
        "with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:\n"
        "    udp.sendto(b'x', ('192.0.2.1', 53))\n"
        "    ESCAPED = True"
    )


@attack(earns=11)
def the_scheduler():
    """dask's scheduler and workers listen on this machine: try every port of it."""
    return if_it_works(
        "import socket\n"
        "for port in range(1024, 65536):\n"
        "    with socket.socket() as tcp:\n"
        "        there = tcp.connect_ex(('127.0.0.1', port)) == 0\n"
        "        # a socket on loopback can meet itself\n"
        "        ESCAPED = ESCAPED or there and tcp.getsockname() != tcp.getpeername()"
    )


@attack(earns=11)
def becoming_root():
    """setuid, setgid, a new user namespace with a mount in it, chroot."""
    return if_it_works(
        "import ctypes, os\n"
        "libc = ctypes.CDLL(None)\n"
        "for attempt in (lambda: os.setuid(0), lambda: os.chroot('/usr'),\n"
        "                lambda: os.mknod('/tmp/disk', 0o60600, os.makedev(254, 0))):\n"
        "    try:\n"
        "        attempt()\n"
        "        ESCAPED = True\n"
        "    except OSError:\n"
        "        pass\n"
        "ESCAPED = ESCAPED or libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0"
    )


@attack(earns=11)
def changing_the_system():
    """The tasks, torch and Python itself are written to, for whoever comes next."""
    return if_it_works(
        "import os, sys, torch\n"
        "from grading import tasks\n"
        "for file in (tasks.__file__, torch.__file__, os.__file__, sys.executable):\n"
        "    try:\n"
        "        open(file, 'ab').close()\n"
        "        ESCAPED = True\n"
        "    except OSError:\n"
        "        pass"
    )


PLANT = """
import os
for folder in ('.', '/tmp', '/course', os.path.expanduser('~')):
    for name in ('result.json', 'results.json', 'outputs.npz', '2.4.json', 'q2_4.json'):
        try:
            {}
        except OSError:
            pass
"""


@attack(earns=12)
def linked_results():
    """Links to the key where a result file may be expected."""
    target = str(registry.REFERENCE / "02_saliency.ipynb")
    return and_honest(PLANT.format(f"os.symlink({target!r}, os.path.join(folder, name))"))


@attack(earns=12)
def pipes_for_results():
    """FIFOs, at which a careless reader waits for ever."""
    return and_honest(PLANT.format("os.mkfifo(os.path.join(folder, name))"))


@attack(earns=12)
def devices_for_results():
    """Links to /dev/zero, which never ends."""
    return and_honest(PLANT.format("os.symlink('/dev/zero', os.path.join(folder, name))"))


@attack(earns=12)
def huge_results():
    """Files as large as they may get."""
    write = "open(os.path.join(folder, name), 'wb').truncate(10**15)"
    return and_honest(PLANT.format(write))


@attack(earns=11, status="malformed")
def huge_output():
    """An answer of 64 MB."""
    return instead("def for_the_eye(gradient):\n    return torch.zeros(2**24)")


@attack(earns=11, status="student_error")
def expanded_output():
    """One number, seen as 10**15."""
    return instead("def for_the_eye(gradient):\n    return torch.zeros(1).expand(10**15)")


# Damage


@attack(earns=11, status="crashed")
def leaving():
    """os._exit, from which no exception handler comes back."""
    return instead("import os\nos._exit(0)")


@attack(earns=11, status="student_error")
def leaving_politely():
    """sys.exit, in the answer."""
    return instead("import sys\ndef for_the_eye(gradient):\n    sys.exit(0)")


@attack(earns=11, status="crashed")
def killing_the_parent():
    """SIGKILL to the process above."""
    return instead("import os\nos.kill(os.getppid(), 9)\nwhile True:\n    pass")


@attack(earns=11, status="crashed")
def killing_everybody():
    """SIGKILL to every process there is, itself included."""
    return instead("import os\nos.kill(-1, 9)\nos.kill(os.getpid(), 9)")


@attack(earns=11, status="timeout")
def stopping_the_parent():
    """SIGSTOP to the process above, which then cannot say that the time is up."""
    return instead("import os\nos.kill(os.getppid(), 19)\nwhile True:\n    pass")


@attack(earns=12)
def detached_children():
    """Children in sessions of their own hold every pipe open, and outlive the answer."""
    return and_honest(
        "import os\n"
        "for n in range(3):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0:\n"
        f"            os.execvp('sleep', {MARKER.split()!r})\n"
        "        os._exit(0)"
    )


@attack(earns=11, status="crashed")
def fork_bomb():
    """Processes that start processes."""
    return instead(
        "import os\nparent = os.getpid()\nwhile True:\n    try:\n        os.fork()\n"
        "    except OSError:\n        if os.getpid() == parent:\n            os._exit(1)"
    )


@attack(earns=12)
def thread_bomb():
    """Threads that never end."""
    return and_honest(
        "import threading\nwhile True:\n"
        "    try:\n        threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "    except RuntimeError:\n        break"
    )


@attack(earns=11, status="student_error")
def memory_hog():
    """16 GB, written to."""
    return instead("def for_the_eye(gradient):\n    return torch.ones(2**32)")


@attack(earns=11, status="student_error")
def shared_memory_hog():
    """16 GB of shared memory, which some limits do not count."""
    return instead(
        "import mmap\ndef for_the_eye(gradient):\n    return mmap.mmap(-1, 2**34).read()"
    )


@attack(earns=12)
def flood_of_text():
    """300 MB to standard output and error, past Python's own streams too."""
    return and_honest(
        "import os, sys\nfor n in range(3000):\n"
        "    os.write(1, b'x' * 50_000)\n    os.write(2, b'x' * 50_000)"
    )


@attack(earns=12)
def flood_of_displays():
    """A million displays."""
    return and_honest("for n in range(1_000_000):\n    display(n)")


@attack(earns=12)
def full_disk():
    """Files until no more can be written."""
    return and_honest(
        "for n in range(100_000):\n    with open(f'/tmp/{n}', 'wb') as file:\n"
        "        file.write(b'x' * 2**20)"
    )


@attack(earns=11, status="timeout")
def endless_loop():
    """A loop that no exception and no signal but one ends."""
    return instead(
        "import signal\nfor n in range(1, 65):\n    try:\n"
        "        signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError):\n        pass\n"
        "while True:\n    try:\n        while True:\n            pass\n"
        "    except BaseException:\n        pass"
    )


@attack(earns=11, status="crashed")
def segmentation_fault():
    """Memory that is not there is read."""
    return instead("import ctypes\nctypes.string_at(0)")


@attack(earns=11, status="student_error")
def endless_recursion():
    """A function that calls itself."""
    return instead("def for_the_eye(gradient):\n    return for_the_eye(gradient)")


@attack(earns=11, status="crashed")
def closed_files():
    """All open files are closed, the pipe for the answer too."""
    return instead("import os\nos.closerange(0, 64)\n" + WRONG)


# Planted files


@attack(earns=11)
def planted_beside_the_notebook(folder):
    """conftest.py, pytest.ini, sitecustomize.py and modules that shadow those of the course."""
    shout = "raise SystemExit('planted')\n"
    for name in ("conftest.py", "sitecustomize.py", "usercustomize.py", "torch.py", "numpy.py"):
        (folder / name).write_text(shout, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --co\n", encoding="utf-8")
    (folder / "grading").mkdir()
    (folder / "grading/__init__.py").write_text(shout, encoding="utf-8")
    return instead()


@attack(earns=11)
def planted_inside():
    """The same in the working folder of the sandbox and at home, for the exercises after it."""
    return instead(
        "import os\n"
        "for name in ('sitecustomize.py', 'torch.py', 'json.py', 'grading.py', 'conftest.py'):\n"
        "    for folder in ('.', os.path.expanduser('~')):\n"
        "        with open(os.path.join(folder, name), 'w') as file:\n"
        "            file.write('raise SystemExit')\n" + WRONG
    )


@attack(earns=11, status="student_error")
def shadow_modules():
    """Modules that the grader's process may import later are replaced in this one."""
    return instead(
        "import sys, types\n"
        "for name in ('json', 'base64', 'numpy', 'torch', 'grading', 'grading.tasks', 'copy'):\n"
        "    sys.modules[name] = types.ModuleType(name)\n" + WRONG
    )


# Hostile documents


@attack(earns=0, status="malformed")
def huge_document(folder):
    """21 MB, before anything is parsed."""
    made = instead(honest()["q2_3"])
    made["metadata"]["padding"] = "x" * 21 * 2**20
    return made


@attack(earns=0, status="malformed")
def deep_document(folder):
    """Lists in lists, a million deep."""
    (folder / "02_saliency.ipynb").write_text("[" * 1_000_000, encoding="utf-8")


@attack(earns=0, status="malformed")
def broken_document(folder):
    """JSON that ends in the middle."""
    whole = json.dumps(instead(honest()["q2_3"]))
    (folder / "02_saliency.ipynb").write_text(whole[: len(whole) // 2], encoding="utf-8")


@attack(earns=0, status="malformed")
def no_text(folder):
    """Bytes that are no text in any encoding."""
    (folder / "02_saliency.ipynb").write_bytes(bytes(range(255, 0, -1)) * 100)


@attack(earns=0, status="malformed")
def endless_number(folder):
    """A number of a million digits."""
    text = '{"cells": [], "nbformat": ' + "9" * 1_000_000 + "}"
    (folder / "02_saliency.ipynb").write_text(text, encoding="utf-8")


@attack(earns=0, status="malformed")
def cells_that_are_no_list(folder):
    """A document of the right keys and the wrong types."""
    (folder / "02_saliency.ipynb").write_text('{"cells": {"q2_3": 1}}', encoding="utf-8")


@attack(earns=12)
def cells_that_are_no_cells():
    """Numbers, nulls and lists between honest cells; metadata that is a text."""
    made = instead(honest()["q2_3"])
    strange = [3, None, [], "cell", {}, {"cell_type": "code"}, {"cell_type": "code", "source": 3}]
    strange += [{"cell_type": "markdown", "source": "", "metadata": "text", "id": ["q2_3"]}]
    strange += [{"cell_type": "code", "source": "", "metadata": {"nbgrader": []}, "id": {}}]
    made["cells"][1:1] = strange
    return made


@attack(earns=11, status="student_error")
def half_characters():
    """Half of a character that UTF-8 cannot hold, in a source and in an error."""
    return instead("# \ud800\nraise ValueError('\\ud800' + chr(0))")


@attack(earns=11, status="student_error")
def formulas_and_scripts():
    """An error message for the spreadsheet and for the browser of whoever reads it."""
    made = instead(
        "class Formula(Exception):\n    pass\nFormula.__name__ = '=cmd|calc'\n"
        "raise Formula('</td><script>alert(1)</script><img src=x onerror=alert(1)>')"
    )
    cell_of(made)["outputs"] = [
        {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}}
    ]
    return made


@attack(earns=12)
def names_that_climb():
    """Names in the notebook that are paths out of the folder of results."""
    made = instead(honest()["q2_3"])
    made["metadata"] = {"name": "../../../escaped", "course": {"lesson": "../../escaped"}}
    made["cells"].append(code("../../escaped", "pass"))
    return made


@attack(earns=0, status="malformed")
def zip_bomb(folder):
    """A few kilobytes that are a gigabyte when unpacked, named as a notebook."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../02_saliency.ipynb", b"0" * 2**24)
    (folder / "02_saliency.ipynb").write_bytes(packed.getvalue())
    (folder / "02_saliency.ipynb.gz").write_bytes(gzip.compress(b"0" * 2**24))


@attack(earns=0, status="malformed")
def link_to_a_neighbour(folder):
    """Not a notebook, but a link to somebody else's."""
    (folder / "02_saliency.ipynb").symlink_to("../honest/02_saliency.ipynb")


@attack(earns=0, status="malformed")
def link_to_a_folder(folder):
    """The folder itself is a link to somebody else's."""
    folder.rmdir()
    folder.symlink_to("honest")


@attack(earns=0, status="malformed")
def pipe_for_a_notebook(folder):
    """A FIFO that nobody writes to."""
    os.mkfifo(folder / "02_saliency.ipynb")


@attack(earns=0, status="malformed")
def folder_for_a_notebook(folder):
    """A folder with a notebook's name, and nothing in it."""
    (folder / "02_saliency.ipynb").mkdir()


@attack(earns=0, status="malformed")
def device_for_a_notebook(folder):
    """A link to a device that never ends."""
    (folder / "02_saliency.ipynb").symlink_to("/dev/zero")


NAMES = {"names_for_a_spreadsheet": "=HYPERLINK(1)", "names_for_a_page": "<script>alert(1)<"}


@attack(earns=12)
def names_for_a_spreadsheet():
    """The student's name is a formula (see NAMES)."""
    return instead(honest()["q2_3"])


@attack(earns=12)
def names_for_a_page():
    """The student's name is a script."""
    return instead(honest()["q2_3"])


CONTROLS = ("honest", "aaa_honest", "zzz_honest")


def write_all(folder: Path) -> None:
    """All attacks, each in its student's folder, with honest controls before, amid and after."""
    for name in CONTROLS:
        (folder / name).mkdir(parents=True)
        save(folder / name / "02_saliency.ipynb", instead(honest()["q2_3"]))
    for name, each in ATTACKS.items():
        each.write(folder / NAMES.get(name, name))


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
    print(f"{len(ATTACKS)} attacks and {len(CONTROLS)} honest notebooks in {sys.argv[1]}")
