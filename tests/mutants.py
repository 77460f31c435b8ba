"""Change one expression of the code at a time and see whether a test notices.

    python -m tests.mutants --seed 1 --count 30 --out before.json
    python -m tests.mutants --again before.json --out after.json

The first draws mutants from `grading` and `helpers`; the second tries the same ones again, in this
or another version: a mutant is known by its function and by its statement before and after the
change, so it is found where the code has moved to another file. One whose statement is gone is
"rewritten"; write its new form into the file by hand and try again.
"""

import argparse
import ast
import copy
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
MUTATED = ("grading", "helpers")
LEFT_OUT = ("checks", "reference")  # the first is proved by test_proofs.py, with mutants of its own
TEST_SECONDS = 900  # no unchanged test takes that long, whatever else the machine does
ENOUGH_SECONDS = 150  # after which no further file of tests is begun
NEAREST = 4  # files whose quick tests are run first, all at once

# What is run but not imported, by the name of its file or folder: the tests that run it.
RUN_BY = {
    "warden": ["test_grade.py", "test_grade_attacks.py"],
    "jail": ["test_grade.py", "test_grade_attacks.py"],
    "sandbox": ["test_grade.py", "test_grade_attacks.py"],
    "submissions": ["test_grade.py", "test_grade_attacks.py"],
    "wire": ["test_grade.py", "test_grade_attacks.py"],
    "__main__": ["test_grade.py", "test_check.py"],
    "tasks": ["test_proofs.py"],
    "grade": ["test_grade.py"],
    "editions": ["test_editions.py", "test_student_edition.py"],
    "exercise": ["test_proofs.py"],
    "compare": ["test_proofs.py"],
}
TOO_SLOW = ("test_browser_lab.py", "test_lab.py", "test_publish.py", "test_grade_attacks.py")

FLIPPED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OFF_BY_ONE = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
SWAPPED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
NO_MATTER = {
    "indent",
    "strict",
    "delay",
}  # keywords whose value changes no behaviour that is promised


@dataclass(frozen=True)
class Mutant:
    """One change: the file, the function, and the statement (a header of a block) before, after."""

    file: str
    function: str
    before: str
    after: str


# drawing


def draw(tree: Path, seed: int, count: int) -> list[Mutant]:
    """As many mutants of each folder, each of another function; few of them only return None."""
    rng = random.Random(seed)
    drawn = []
    for folder in MUTATED:
        everything = [m for path in sources(tree, folder) for m, _ in mutants_of(tree, path)]
        rng.shuffle(everything)
        chosen: dict[tuple[str, str], Mutant] = {}
        for mutant in everything:
            if mutant.after != "return None" or rng.random() < 0.1:
                chosen.setdefault((mutant.file, mutant.function), mutant)
        drawn += list(chosen.values())[: count // len(MUTATED)]
    return drawn


def sources(tree: Path, folder: str) -> list[Path]:
    found = (tree / folder).rglob("*.py")
    return sorted(p for p in found if not set(LEFT_OUT) & set(p.relative_to(tree).parts))


def mutants_of(tree: Path, path: Path) -> Iterator[tuple[Mutant, str]]:
    """Every mutant of a file, with the file's whole text after the change."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for function in ast.walk(ast.parse(text)):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for statement in statements(function):
            header = header_of(statement)
            before = ast.unparse(header)
            for node, changed in changes(header):
                start, end = places(lines, node)
                whole = text[:start] + f"({ast.unparse(changed)})" + text[end:]
                after = ast.unparse(swap(header, node, changed))
                yield Mutant(str(path.relative_to(tree)), function.name, before, after), whole


def statements(function: ast.AST) -> Iterator[ast.stmt]:
    """The statements of a function, in order, without those of the functions in it."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for part in getattr(function, name, []):
            if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            if isinstance(part, ast.stmt):
                yield part
            yield from statements(part)


def header_of(statement: ast.stmt) -> ast.stmt:
    """A statement without the block below it."""
    header = copy.copy(statement)
    for name in ("orelse", "finalbody", "handlers", "cases"):
        if hasattr(header, name):
            setattr(header, name, [])
    if hasattr(header, "body"):
        header.body = [ast.Expr(ast.Constant(...))]
        if isinstance(header, ast.Try):
            header.finalbody = header.body
    return header


def swap(statement: ast.stmt, node: ast.expr, changed: ast.expr) -> ast.stmt:
    """A copy of a statement with one of its expressions replaced."""
    memory = {id(node): changed}  # deepcopy takes what is there for the copy
    return copy.deepcopy(statement, memory)


def places(lines: list[str], node: ast.expr) -> tuple[int, int]:
    """Where an expression begins and ends; the syntax tree counts bytes of UTF-8."""

    def place(line: int, column: int) -> int:
        inside = lines[line - 1].encode()[:column].decode()
        return sum(map(len, lines[: line - 1])) + len(inside)

    start = place(node.lineno, node.col_offset)
    return start, place(node.end_lineno, node.end_col_offset)


def changes(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The expressions of a statement's header that can be changed, each with what it becomes."""
    if isinstance(statement, (ast.Raise, ast.Assert, ast.Import, ast.ImportFrom)):
        return  # texts for people
    if isinstance(statement, ast.Return) and statement.value is not None:
        nothing = ast.Constant(None)
        if ast.unparse(statement.value) != "None":
            yield statement.value, nothing
    for node in expressions(statement):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            for table in (FLIPPED, OFF_BY_ONE):
                if other := table.get(type(node.ops[0])):
                    yield node, ast.Compare(node.left, [other()], node.comparators)
        elif isinstance(node, ast.BinOp) and type(node.op) in SWAPPED and not joins_text(node):
            yield node, ast.BinOp(node.left, SWAPPED[type(node.op)](), node.right)
        elif isinstance(node, ast.BoolOp):
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield node, ast.BoolOp(other, node.values)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node, node.operand
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield node, ast.Constant(not node.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            yield node, ast.Constant(node.value + 1)
        tested = isinstance(node, ast.IfExp) or node is getattr(statement, "test", None)
        condition = node.test if isinstance(node, ast.IfExp) else node
        if tested and not isinstance(condition, (ast.Compare, ast.UnaryOp)):
            yield condition, ast.UnaryOp(ast.Not(), condition)


def joins_text(node: ast.BinOp) -> bool:
    """Texts that are added: to subtract them is an error wherever it is run."""
    sides = (node.left, node.right)
    return any(
        isinstance(side, ast.JoinedStr)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in sides
    )


def expressions(node: ast.AST) -> Iterator[ast.expr]:
    """Expressions of a statement, its block, its annotations and formatted texts left out."""
    for name, value in ast.iter_fields(node):
        if name in ("body", "orelse", "finalbody", "handlers", "cases") and isinstance(value, list):
            continue
        for child in value if isinstance(value, list) else [value]:
            if name == "annotation" or isinstance(child, ast.JoinedStr):
                continue
            if isinstance(child, ast.keyword) and child.arg in NO_MATTER:
                continue
            if isinstance(child, ast.expr):
                yield child
            if isinstance(child, ast.AST):
                yield from expressions(child)


# finding again


def find(tree: Path, mutant: Mutant) -> tuple[Mutant, str] | None:
    """The same change in this tree with the file's text after it; None where it is rewritten.

    The same file counts before another one, and a function of the same name before another one.
    """
    wanted = (mutant.before, mutant.after)
    found = [
        (here, text)
        for folder in MUTATED
        for path in sources(tree, folder)
        for here, text in mutants_of(tree, path)
        if (here.before, here.after) == wanted
    ]

    def nearness(item: tuple[Mutant, str]) -> tuple[bool, bool]:
        return item[0].function == mutant.function, item[0].file == mutant.file

    found = [item for item in found if nearness(item)[0]] or found
    return max(found, key=nearness, default=None)


# trying


def tests_of(tree: Path, file: str) -> list[str]:
    """Files of tests that run this file, the nearest first: by hand, then by their imports."""
    parts = [*Path(file).with_suffix("").parts][::-1]
    chosen = [test for part in parts for test in RUN_BY.get(part, [])]
    distances = {
        test.name: distance(tree, test, tree / file) for test in (tree / "tests").glob("test_*.py")
    }
    near = sorted((d, name) for name, d in distances.items() if d and name not in TOO_SLOW)
    first = [f"test_{parts[0]}.py", *(name for d, name in near if d == 1)]
    chosen = [*first, *chosen, *(name for _, name in near)]
    return [name for name in dict.fromkeys(chosen) if (tree / "tests" / name).is_file()]


def distance(tree: Path, start: Path, goal: Path) -> int | None:
    """The number of imports on the way from one file to another; None where there is no way."""
    ring, seen, steps = {start}, {start}, 0
    while ring:
        if goal in ring:
            return steps
        ring = {path for file in ring for path in imported(tree, file)} - seen
        seen |= ring
        steps += 1
    return None


def imported(tree: Path, file: Path) -> set[Path]:
    """The files of this tree that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    bases = [tree.joinpath(*name.split(".")) for name in names]
    candidates = {base.with_suffix(".py") for base in bases} | {b / "__init__.py" for b in bases}
    return {path for path in candidates if path.is_file()}


def verdict(tree: Path, file: str, caught_by: str = "") -> str:
    """What the tests say of this tree, of which one file was changed: quick tests, then slow.

    The file of tests that caught the mutant in another version, if there is one, is the first.
    """
    chosen = list(dict.fromkeys([*caught_by.split(), *tests_of(tree, file)]))
    runs = [("not slow", chosen[:NEAREST])]
    runs += [("slow", [name]) for name in chosen[:NEAREST]]
    runs += [("slow or not slow", [name]) for name in chosen[NEAREST:]]
    start = time.monotonic()
    for kind, names in runs:
        if time.monotonic() - start > ENOUGH_SECONDS:
            return f"survived; {', '.join(names)} and what follows was not run"
        if failed := first_failure(tree, kind, names):
            return f"caught: {failed}"
    return "survived"


def first_failure(tree: Path, kind: str, names: list[str]) -> str | None:
    """The first test of these files that fails, or does not end."""
    environment = {"PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-v", "-rfE", "-p", "no:cacheprovider"]
    command += ["-m", f"({kind}) and not every_lesson and not every_page"]
    command += ["-o", f"faulthandler_timeout={TEST_SECONDS}"]
    command += ["-o", "faulthandler_exit_on_timeout=true", *(f"tests/{name}" for name in names)]
    run = subprocess.run(
        command, cwd=tree, env=os.environ | environment, capture_output=True, text=True
    )
    if run.returncode in (0, 5):  # 5: all of these are deselected
        return None
    if failed := re.search(r"^(?:FAILED|ERROR) (\S+)", run.stdout, re.MULTILINE):
        return failed[1]
    begun = re.findall(r"^tests/\S+", run.stdout, re.MULTILINE)
    return f"{begun[-1] if begun else names} does not end"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--again", type=Path, help="the mutants of an earlier run")
    parser.add_argument("--tree", type=Path, default=ROOT, help="the version to change a copy of")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    if arguments.again:
        rows = json.loads(arguments.again.read_text(encoding="utf-8"))
        drawn = [Mutant(**{name: row[name] for name in Mutant.__annotations__}) for row in rows]
    else:
        drawn = draw(arguments.tree, arguments.seed, arguments.count)
        rows = [{"verdict": ""} for _ in drawn]
    caught_by = [" ".join(re.findall(r"tests/(\w+\.py)", row["verdict"])) for row in rows]
    earlier = json.loads(arguments.out.read_text("utf-8")) if arguments.out.exists() else []
    done = {(row["before"], row["after"]): row for row in earlier}  # by a run that was stopped
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        ignored = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", ".*_cache")
        shutil.copytree(arguments.tree, tree, symlinks=True, ignore=ignored)
        for mutant, test in zip(drawn, caught_by, strict=True):
            if row := done.get((mutant.before, mutant.after)):
                rows.append(row)
                continue
            start = time.monotonic()
            if found := find(tree, mutant):
                mutant, changed = found
                path = tree / mutant.file
                whole = path.read_text(encoding="utf-8")
                path.write_text(changed, encoding="utf-8")
                said = verdict(tree, mutant.file, test)
                path.write_text(whole, encoding="utf-8")
            else:
                said = "rewritten"
            seconds = round(time.monotonic() - start)
            rows.append(asdict(mutant) | {"verdict": said, "seconds": seconds})
            print(f"{seconds:4} s  {mutant.file} {mutant.function}: {said}", flush=True)
            arguments.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    caught = sum(row["verdict"].startswith("caught") for row in rows)
    print(f"{caught} of {len(rows)} caught")


if __name__ == "__main__":
    main()
