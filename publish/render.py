"""Cells as HTML: text with formulas, coloured code, and outputs whose pictures become files."""

import base64
import hashlib
import html
import io
import re
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat import NotebookNode
from PIL import Image
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer

from grading.lesson import Question, slug
from helpers.plot.base import DPI, SHOWN
from publish import FIGURE, FRAMES

HERE = Path(__file__).parent
MATH_FONT = files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf"


def formula(tex: str, options: dict) -> str:
    """MathML: browsers draw it without a script, and screen readers read it."""
    return convert(tex, display="block" if options["display_mode"] else "inline")


MARKDOWN = (
    MarkdownIt("commonmark")
    .enable("table")
    .use(dollarmath_plugin, renderer=formula, double_inline=True)
    .use(anchors_plugin, max_level=3, slug_func=slug)
)
TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def copy_assets(out: Path, *names: str) -> None:
    """Scripts and styles of ours, and the font of the formulas."""
    for name in names:
        shutil.copyfile(HERE / "assets" / name, out / name)
    (out / "math.ttf").write_bytes(MATH_FONT.read_bytes())


def markdown(text: str) -> Markup:
    made = MARKDOWN.render(text)
    made = re.sub(r'href="(\d\d_\w+)\.ipynb"', r'href="\1.html"', made)
    # a wide table scrolls in itself, by keyboard too
    made = made.replace(
        "<table>", '<div class="wide" tabindex="0" role="region" aria-label="Table"><table>'
    ).replace("</table>", "</table></div>")
    return Markup(made)


def inline(text: str) -> Markup:
    return Markup(MARKDOWN.renderInline(text))


def code(source: str) -> Markup:
    made = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))
    return Markup(f'<pre class="code" tabindex="0"><code>{made}</code></pre>')


def outputs(made_by_cell: list[NotebookNode], figures: Path) -> list[Markup]:
    """The outputs of a code cell; their pictures are written into the folder `figures`."""
    made, printed = [], ""
    for output in made_by_cell:
        if output.output_type == "stream":
            printed += output.text if output.name == "stdout" else ""
            continue
        data = output.get("data", {})
        if FRAMES in data:
            made.append(frames(data[FRAMES], figures))
        elif FIGURE in data:
            made.append(figure(data[FIGURE], figures))
        elif "text/html" in data:
            made.append(Markup(data["text/html"]))
        elif data.get("text/plain", "").strip():
            made.append(block(data["text/plain"]))
    return ([block(printed)] if printed.strip() else []) + made


def block(text: str) -> Markup:
    return Markup(f'<pre class="printed" tabindex="0">{html.escape(text.rstrip())}</pre>')


def figure(data: dict, figures: Path) -> Markup:
    """A picture that opens in full size, or a drawing, on a card with its caption."""
    drawn = picture_file(data, figures)
    return Markup(TEMPLATES.get_template("figure.html").render(drawn=drawn, svg=data.get("svg")))


def frames(widget: dict, figures: Path) -> Markup:
    """Controls and the frame of the start; a script swaps frames, without one it stands still."""
    drawn = {state: picture_file(frame, figures) for state, frame in widget["frames"].items()}
    start = ",".join(map(str, widget["start"]))
    template = TEMPLATES.get_template("frames.html")
    return Markup(template.render(widget=widget, frames=drawn, start=start))


def picture_file(data: dict, figures: Path) -> dict[str, Any]:
    """Write a picture under a name made from its content, and say what its page must know.

    `type` is the height of its smallest letters, in its own pixels, of which `width` are shown.
    """
    content = data["svg"].encode() if "svg" in data else base64.b64decode(data["webp"])
    name = hashlib.sha256(content).hexdigest()[:16] + (".svg" if "svg" in data else ".webp")
    figures.mkdir(parents=True, exist_ok=True)
    (figures / name).write_bytes(content)
    if "svg" in data:
        width, height = map(int, re.findall(r' (?:width|height)="(\d+)"', data["svg"])[:2])
        letters = min(map(int, re.findall(r"font-size: (\d+)px", data["svg"])))
    else:
        width, height = (side * SHOWN // DPI for side in Image.open(io.BytesIO(content)).size)
        letters = data["type"]
    known = {"file": f"{figures.name}/{name}", "alt": data["alt"], "caption": data["caption"]}
    return known | {"width": width, "height": height, "type": letters}


def poll(question: Question) -> Markup:
    """A multiple-choice question: votes are counted by a script, feedback opens without one."""
    template = TEMPLATES.get_template("poll.html")
    return Markup(template.render(question=question, inline=inline))
