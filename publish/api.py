"""The reference of `helpers`: signatures and docstrings, read from its source."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from markupsafe import Markup

from publish import ROOT, render

HELPERS = ROOT / "helpers"
SECTION = re.compile(r"(\w+):\n((?: {4}.*\n?)+)")  # Args: and the like, in Google's style


@dataclass(frozen=True)
class Definition:
    """A function or a class: its source without bodies, and what it says of itself."""

    name: str
    signature: str
    docstring: str


def write(out: Path) -> None:
    """Write the reference as one page, `api.html`, beside the lessons."""
    template = render.TEMPLATES.get_template("api.html")
    page = template.render(
        about=docstring_of(HELPERS), modules=modules(), code=render.code, text=text
    )
    (out / "api.html").write_text(page, encoding="utf-8")


def modules() -> list[tuple[str, str, list[Definition]]]:
    """Name, docstring and definitions of all that can be imported from `helpers`."""
    children = (path for path in sorted(HELPERS.iterdir()) if not path.name.startswith("_"))
    return [(path.stem, docstring_of(path), list(definitions(path).values())) for path in children]


def source_of(path: Path) -> str:
    return (path / "__init__.py" if path.is_dir() else path).read_text(encoding="utf-8")


def docstring_of(path: Path) -> str:
    return ast.get_docstring(ast.parse(source_of(path))) or ""


def definitions(path: Path) -> dict[str, Definition]:
    """The public functions and classes of a module; for a package those that it hands on."""
    source, found = source_of(path), {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            signature = "\n".join(stub(node, source.splitlines()))
            found[node.name] = Definition(node.name, signature, ast.get_docstring(node) or "")
        elif isinstance(node, ast.ImportFrom) and path.is_dir():
            inner = path / f"{str(node.module).rpartition('.')[2]}.py"
            known = definitions(inner) if inner.is_file() else {}
            found |= {each.name: known[each.name] for each in node.names if each.name in known}
    return found


def stub(node: ast.FunctionDef | ast.ClassDef, lines: list[str]) -> list[str]:
    """The lines that say how to call it; for a class its fields and public methods too."""
    first, *rest = node.body
    kept = lines[node.lineno - 1 : first.lineno - 1]
    if isinstance(node, ast.FunctionDef):
        return kept
    for inner in rest:
        if isinstance(inner, ast.AnnAssign):
            kept += lines[inner.lineno - 1 : inner.end_lineno]
        elif isinstance(inner, ast.FunctionDef) and re.match("__init__|[^_]", inner.name):
            kept += ["", *lines[inner.lineno - 1 : inner.body[0].lineno - 1]]
            if ast.get_docstring(inner):
                kept += lines[inner.body[0].lineno - 1 : inner.body[0].end_lineno]
    return kept


def text(docstring: str) -> Markup:
    """A docstring as HTML: paragraphs, lists of arguments and examples."""
    made = Markup()
    for block in re.split(r"\n{2,}", docstring):
        if block.startswith((">>>", "    ")):
            made += render.code(dedent(block))
        elif match := SECTION.fullmatch(block):
            items = re.sub(r"^ {4}([\w, *]+):", r"- `\1`:", match[2], flags=re.M)
            made += render.markdown(f"{match[1]}:\n\n{items}")
        else:
            made += render.markdown(block)
    return made
