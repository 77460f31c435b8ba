"""The reading site: an index, a page a lesson, a search; plain files that a browser opens."""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from grading.lesson import Lesson, slug
from publish import api, render
from publish.execute import Outputs
from publish.lesson import Overview, Part, headings, menu, parts

COVER = (480, 360)  # pixels a cover may have on the index


def build(executed: dict[Lesson, Outputs], out: Path) -> None:
    """Write the site of these executed lessons."""
    out.mkdir(parents=True, exist_ok=True)
    entries = menu(list(executed))
    found = []
    for position, (lesson, (about, page)) in enumerate(zip(executed, entries, strict=True)):
        every = list(parts(lesson, executed[lesson]))
        text = render.TEMPLATES.get_template("page.html").render(
            menu=entries,
            position=position,
            notebook=f"notebooks/{page.replace('.html', '.ipynb')}",
            headings=headings(lesson),
            parts=[(part, body(lesson, part, out / "figures")) for part in every],
        )
        (out / page).write_text(text, encoding="utf-8")
        found += sections(every, about.title, page)
    (out / "sections.js").write_text(f"const SECTIONS = {json.dumps(found)};\n", encoding="utf-8")
    index = render.TEMPLATES.get_template("index.html").render(menu=entries, cover=cover_in(out))
    (out / "index.html").write_text(index, encoding="utf-8")
    api.write(out)
    render.copy_assets(out, "course.js", "site.js", "site.css", "code.css")


def body(lesson: Lesson, part: Part, figures: Path) -> dict:
    """What the template shows of a part."""
    if part.kind == "text":
        return {"text": render.markdown(part.source)}
    if part.kind == "poll":
        return {"text": render.poll(lesson.question(part.exercise))}
    if part.kind == "notes":
        return {}
    return {
        "code": render.code(part.source),
        "outputs": render.outputs(part.outputs, figures),
    }


def cover_in(out: Path) -> Callable[[Overview], tuple[str, int, int]]:
    """A function from a lesson's overview to its small cover: file, width and height."""

    def cover(lesson: Overview) -> tuple[str, int, int]:
        picture = Image.open(lesson.cover).convert("RGB")
        picture.thumbnail(COVER)
        name = f"cover_{lesson.number}.webp"
        picture.save(out / name, quality=80)
        return name, *picture.size

    return cover


def sections(every: list[Part], title: str, page: str) -> list[dict[str, str]]:
    """The text under each heading, for the search."""
    found: list[dict[str, str]] = []
    for part in every:
        if part.kind != "text":
            continue
        for piece in re.split(r"^(?=#{1,3} )", part.source, flags=re.M):
            heading, _, rest = piece.partition("\n") if piece.startswith("#") else ("", "", piece)
            if heading:
                name = heading.lstrip("# ")
                found.append({"in": title, "name": name, "to": f"{page}#{slug(name)}"})
            shown = re.sub(r"<math.*?</math>|<[^>]+>", " ", render.markdown(rest), flags=re.S)
            text = html.unescape(" ".join(shown.split()))
            if found:
                found[-1]["text"] = f"{found[-1].get('text', '')} {text}".strip()
    return found
