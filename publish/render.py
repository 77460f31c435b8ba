"""Cells as HTML: text with formulas, coloured code, and outputs whose pictures become files."""

import base64
import hashlib
import html
import io
import re
import shutil
from importlib.resources import files
from pathlib import Path

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
from publish import FRAMES

HERE = Path(__file__).parent
MATH_FONT = files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf"
PNG = re.compile(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]*)"[^>]*>')


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
        elif "text/html" in data:
            made.append(Markup(PNG.sub(lambda m: figure(m[1], m[2], figures), data["text/html"])))
        elif data.get("text/plain", "").strip():
            made.append(block(data["text/plain"]))
    return ([block(printed)] if printed.strip() else []) + made


def block(text: str) -> Markup:
    return Markup(f'<pre class="printed" tabindex="0">{html.escape(text.rstrip())}</pre>')


def figure(png: str, alt: str, figures: Path) -> Markup:
    """A picture, with its size, so that the page does not jump while it loads."""
    name, (width, height) = picture_file(base64.b64decode(png), figures)
    return Markup(
        f'<img src="{figures.name}/{name}" alt="{alt}" width="{width}" height="{height}" '
        'loading="lazy">'
    )


def picture_file(png: bytes, figures: Path) -> tuple[str, tuple[int, int]]:
    """Write a picture as WebP under a name made from its content; name and size."""
    picture = Image.open(io.BytesIO(png))
    name = hashlib.sha256(png).hexdigest()[:16] + ".webp"
    if not (figures / name).is_file():
        figures.mkdir(parents=True, exist_ok=True)
        picture.convert("RGB").save(figures / name, quality=88)
    return name, picture.size


def frames(widget: dict, figures: Path) -> Markup:
    """Controls and the frame of the start; a script swaps frames, without one it stands still."""
    drawn = {}
    for state, frame in widget["frames"].items():
        if "svg" in frame:
            name = hashlib.sha256(frame["svg"].encode()).hexdigest()[:16] + ".svg"
            figures.mkdir(parents=True, exist_ok=True)
            (figures / name).write_text(frame["svg"], encoding="utf-8")
        else:
            name, _ = picture_file(base64.b64decode(frame["png"]), figures)
        drawn[state] = {"file": f"{figures.name}/{name}", "alt": frame["alt"]}
    start = ",".join(map(str, widget["start"]))
    template = TEMPLATES.get_template("frames.html")
    return Markup(template.render(widget=widget, frames=drawn, start=start))


def poll(question: Question) -> Markup:
    """A multiple-choice question: votes are counted by a script, feedback opens without one."""
    template = TEMPLATES.get_template("poll.html")
    return Markup(template.render(question=question, inline=inline))
