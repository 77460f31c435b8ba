"""The set-up: the lock, the two ways in, and the walls between the packages."""

import ast
import re
import tomllib

import pytest

from grading.lesson import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
PLATFORM_ONLY = re.compile(r"^(nvidia-|triton|pexpect|ptyprocess|pywinpty|appnope|colorama)")


def test_the_lock_has_exact_versions_and_no_addresses():
    assert len(LOCK) > 100
    for line in LOCK:
        assert re.match(r"^[a-z0-9._-]+==[^ ]+( ; .+)?$", line), line
        assert "://" not in line and "--hash" not in line


def test_platform_only_packages_carry_their_marker():
    special = [line for line in LOCK if PLATFORM_ONLY.match(line)]
    assert special
    assert all(re.search(r"sys_platform|platform_|os_name", line) for line in special), special


def test_every_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = {line.split("==")[0].replace("_", "-") for line in LOCK}
    assert {name.replace("_", "-").lower() for name in project["dependencies"]} <= locked


def test_every_package_is_installed_by_the_project():
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    folders = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for package in ("helpers", "grading", "publish")
        for path in (ROOT / package).rglob("__init__.py")
    }
    assert folders == set(tools["setuptools"]["packages"])


def imports(path):
    """The first names of all modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [("helpers", ("grading", "notebooks")), ("grading/jail", ("helpers",))],
)
def test_walls(package, forbidden):
    """helpers knows no lesson; the jail, which runs beside student code, knows only itself."""
    for path in (ROOT / package).rglob("*.py"):
        wrong = [name for name in imports(path) if name.startswith(forbidden)]
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def test_the_jail_imports_nothing_of_the_course_but_itself():
    for path in (ROOT / "grading" / "jail").rglob("*.py"):
        ours = [name for name in imports(path) if name.startswith("grading")]
        assert all(name.startswith("grading.jail") for name in ours), f"{path.name} imports {ours}"


def test_lessons_import_no_other_lesson_and_nothing_private():
    for path in (ROOT / "notebooks" / "source").glob("*.py"):
        wrong = [
            name
            for name in imports(path)
            if name.startswith("grading") and name != "grading.notebook"
        ]
        assert not wrong, f"{path.name} imports {wrong}"
