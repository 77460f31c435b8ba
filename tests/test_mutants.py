"""The script that changes the code: one expression at a time, and found again where it moved to."""

import ast

import pytest

from tests import mutants

SOURCE = '''"""A module."""

LIMIT = 3


def share(rows, name="ä", *, indent=2):
    """How many."""
    if not rows and len(rows) < 10:
        return None
    for row in rows[:5]:
        print(f"{row + 1}")
    return sum(rows) / len(rows)
'''
CHANGED = {
    ("if not rows and len(rows) < 10:", "if not rows or len(rows) < 10:"),
    ("if not rows and len(rows) < 10:", "if not (not rows and len(rows) < 10):"),
    ("if not rows and len(rows) < 10:", "if rows and len(rows) < 10:"),
    ("if not rows and len(rows) < 10:", "if not rows and len(rows) >= 10:"),
    ("if not rows and len(rows) < 10:", "if not rows and len(rows) <= 10:"),
    ("if not rows and len(rows) < 10:", "if not rows and len(rows) < 11:"),
    ("for row in rows[:5]:", "for row in rows[:6]:"),
    ("return sum(rows) / len(rows)", "return None"),
    ("return sum(rows) / len(rows)", "return sum(rows) * len(rows)"),
}


@pytest.fixture
def tree(tmp_path):
    for folder in (*mutants.MUTATED, "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "grading" / "rows.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def everything(tree):
    return list(mutants.mutants_of(tree, tree / "grading" / "rows.py"))


def test_conditions_constants_operators_and_results_are_changed_and_no_texts(tree):
    found = [(m.before.splitlines()[0], m.after.splitlines()[0]) for m, _ in everything(tree)]
    assert set(found) == CHANGED and len(found) == len(CHANGED)


def test_the_file_is_changed_as_the_mutant_says_and_nowhere_else(tree):
    for mutant, text in everything(tree):
        (function,) = (n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef))
        headers = [ast.unparse(mutants.header_of(s)) for s in mutants.statements(function)]
        assert mutant.after in headers and mutant.before not in headers
        same = zip(SOURCE.splitlines(), text.splitlines(), strict=True)
        assert sum(old != new for old, new in same) == 1


def test_a_mutant_is_found_in_another_file_and_in_a_renamed_function(tree):
    moved = tree / "helpers" / "moved.py"
    moved.write_text(SOURCE.replace("def share", "def part"), encoding="utf-8")
    for mutant, _ in everything(tree):
        assert mutants.find(tree, mutant)[0] == mutant  # the nearest of two
    known = everything(tree)
    (tree / "grading" / "rows.py").unlink()
    for mutant, _ in known:
        found, text = mutants.find(tree, mutant)
        assert (found.file, found.function) == ("helpers/moved.py", "part")
        assert (found.before, found.after) == (mutant.before, mutant.after)
    moved.write_text(SOURCE.replace("rows", "lines"), encoding="utf-8")
    assert [mutants.find(tree, mutant) for mutant, _ in known] == [None] * len(known)


def test_the_tests_that_import_a_file_are_run_the_nearest_first(tree):
    files = {
        "grading/middle.py": "from grading.rows import share",
        "tests/test_aside.py": "import os",
        "tests/test_far.py": "from grading import middle",
        "tests/test_near.py": "from grading import rows",
        "tests/test_rows.py": "",
    }
    for name, text in files.items():
        (tree / name).write_text(text, encoding="utf-8")
    found = mutants.tests_of(tree, "grading/rows.py")
    assert found == ["test_rows.py", "test_near.py", "test_far.py"]
