"""Slides with speaker notes: reveal.js, one file a lesson, plain files that a browser opens."""

from importlib.resources import files
from pathlib import Path

from grading.lesson import Lesson
from publish import render
from publish.execute import Outputs
from publish.lesson import menu, parts

FEW_LINES = 7  # code that short stands above its output; longer code has a slide of its own
FEW_WORDS = 45  # a text that short stands above the code that follows it


def build(executed: dict[Lesson, Outputs], out: Path) -> None:
    """Write the slides of these executed lessons."""
    out.mkdir(parents=True, exist_ok=True)
    entries = menu(list(executed))
    for lesson, (about, page) in zip(executed, entries, strict=True):
        template = render.TEMPLATES.get_template("slides.html")
        text = template.render(
            lesson=about, stacks=stacks(lesson, executed[lesson], out / "figures")
        )
        (out / page).write_text(text, encoding="utf-8")
    index = render.TEMPLATES.get_template("slides_index.html").render(menu=entries)
    (out / "index.html").write_text(index, encoding="utf-8")
    render.copy_assets(out, "course.js", "slides.js", "slides.css", "code.css")
    reveal = files("sphinx_revealjs") / "_static" / "revealjs"
    for asset in ("dist/reveal.js", "dist/reveal.css", "plugin/notes/notes.js"):
        (out / Path(asset).name).write_bytes((reveal / asset).read_bytes())


def stacks(lesson: Lesson, outputs: Outputs, figures: Path) -> list[list[dict]]:
    """Slides by section, left to right; within a section top to bottom.

    A text, some code, an output each has a slide; short code stands above its output.
    """
    made: list[list[dict]] = []
    section, words = "", []

    def add(kind: str, *blocks: str, title: str) -> None:
        made[-1].append({"kind": kind, "title": title, "blocks": blocks, "notes": []})

    every = list(parts(lesson, outputs))
    for part, following in zip(every, [*every[1:], None], strict=True):
        source = part.source
        heading = source.partition("\n")[0] if source.startswith("#") else ""
        if part.kind == "notes":
            made[-1][-1]["notes"].append(render.markdown(source))
        elif part.kind == "text" and heading.startswith(("# ", "## ")):
            section = heading.lstrip("# ")
            made.append([])
            add("text", render.markdown(source), title="")
        elif part.kind == "text":
            short = not heading and len(source.split()) <= FEW_WORDS
            if short and following is not None and following.kind == "code":
                words = [render.markdown(source)]
            else:
                add("text", render.markdown(source), title="" if heading else section)
        elif part.kind == "poll":
            asked = lesson.question(part.exercise)
            add("poll", render.poll(asked), title=f"{asked.id} · {asked.title}")
        elif part.kind == "solution":
            add("code", render.code(source), title=f"Solution of {part.exercise}")
        elif part.kind == "code":
            code, shown = render.code(source), render.outputs(part.outputs, figures)
            if len(shown) == 1 and source.count("\n") < FEW_LINES:
                add("both", *words, code, *shown, title=section)
            else:
                add("code", *words, code, title=section)
                for output in shown:
                    add("output", output, title=section)
            words = []
    return made
