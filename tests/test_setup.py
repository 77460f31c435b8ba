"""The set-up: the lock, the two ways in, and the walls between the packages."""

import ast
import re
import sys
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grading.lesson import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = {"helpers", "grading", "publish", "tests", "docs"}
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
    locked = {name_of(line) for line in LOCK}
    assert wanted("site", "grade", "hub", "test", "lint") <= locked
    assert set(PROJECT["optional-dependencies"]) == {"site", "grade", "hub", "test", "lint"}


def test_environment_yml_installs_what_make_lab_does():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert re.findall(r"^      - (.+)$", text, re.M) == ["-c requirements.lock", "-e ."]


def test_a_student_gets_no_browser_driver_no_cluster_and_no_linter():
    left, installed = wanted(), set()
    while left:
        installed |= left
        left = set().union(*map(required_by, left)) - installed
    assert {"torch", "jupyterlab", "jupytext", "pytest"} <= installed
    assert not installed & {"playwright", "distributed", "dask", "ruff", "sphinx", "nbgitpuller"}
    assert not installed & {"pytest-xdist", "axe-playwright-python", "ziamath", "latex2mathml"}


def test_one_version_everywhere():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    version, day = re.search(r"^## (\d+\.\d+\.\d+) - ([\d-]+)$", changelog, re.M).groups()
    assert PROJECT["version"] == version
    assert f"\nversion: {version}\ndate-released: {day}\n" in citation


def name_of(requirement):
    """The name in a requirement, as package indexes spell it: `PyTest_xdist>=3` → pytest-xdist."""
    return canonicalize_name(re.match(r"[\w.-]+", requirement)[0])


def wanted(*extras):
    """The names that pyproject.toml lists for a student, and for these extras besides."""
    lists = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][name] for name in extras)]
    names = set()
    for requirement in (requirement for each in lists for requirement in each):
        inner = re.fullmatch(rf"{PROJECT['name']}\[(.+)\]", requirement)
        names |= wanted(*inner[1].split(",")) if inner else {name_of(requirement)}
    return names


def required_by(name):
    """The names that an installed package requires on this machine, its own extras aside."""
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # for another platform
        return set()
    required = map(Requirement, lines)
    return {
        canonicalize_name(each.name)
        for each in required
        if each.marker is None or each.marker.evaluate({"extra": ""})
    }


def imports(path):
    """The full names of all modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_every_folder_with_modules_is_a_package():
    for package in ("helpers", "grading", "publish"):
        folders = {path.parent for path in (ROOT / package).rglob("*.py")}
        assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("helpers", ()),
        ("notebooks", ()),
        ("grading", ()),
        ("grading/grade", ("grade",)),
        ("publish", ("site",)),
        ("tests", ("test",)),
        ("docs", ("test",)),
    ],
)
def test_what_is_imported_is_listed(folder, extras):
    """So a student's set is enough for lessons and checks, and an extra for its command."""
    known, listed = metadata.packages_distributions(), wanted(*extras)
    for path in (ROOT / folder).rglob("*.py"):
        if folder == "grading" and path.is_relative_to(ROOT / "grading" / "grade"):
            continue  # has a list of its own
        for module in imports(path):
            first = module.partition(".")[0]
            if first in sys.stdlib_module_names or first in OURS:
                continue
            packages = {canonicalize_name(name) for name in known.get(first, [first])}
            assert packages & listed, f"{path.relative_to(ROOT)} imports {module}"


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
