"""What every drawing is in the end: a picture with a text summary. And colours for all eyes."""

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from PIL import Image

DPI = 110
# Okabe and Ito's palette: told apart with any colour vision; lines also differ in their dashes.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
HATCHES = ("", "//", "..", "xx", "\\\\", "++")
Mark = tuple[str, str, float]  # matplotlib's marker, a colour, an area in square points


@dataclass(frozen=True)
class Picture:
    """A PNG and its text summary; shows itself in a notebook.

    >>> plot.Picture(b"", "A picture of nothing.").alt
    'A picture of nothing.'
    """

    png: bytes
    alt: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        source = base64.b64encode(self.png).decode()
        alt = html.escape(self.alt, quote=True)
        style = "max-width:100%;height:auto;background:white"
        tag = f'<img src="data:image/png;base64,{source}" alt="{alt}" style="{style}">'
        return {"text/html": tag, "text/plain": self.alt}

    def save(self, path: str | Path) -> None:
        Path(path).write_bytes(self.png)


def picture(figure: Figure, caption: str = "", titles: Sequence[str] | None = None) -> Picture:
    """A finished matplotlib figure as a Picture; its alt text is the caption and the titles.

    >>> plot.picture(Figure(), "An empty figure.").alt
    'An empty figure'
    """
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DPI, facecolor="white", bbox_inches="tight")
    named = "; ".join(title.replace("\n", ", ") for title in titles or () if title)
    alt = ". ".join(part for part in (caption.rstrip(". "), named) if part)
    return Picture(file.getvalue(), alt.replace("\n", " ") or "Figure")


def beside(*pictures: Picture, caption: str = "") -> Picture:
    """Finished pictures next to each other in one; without a caption, it says what they say.

    >>> one, two = plot.images(cat, caption="A cat."), plot.images(cat.flip(3), caption="Mirrored.")
    >>> plot.beside(one, two, caption="A cat and its mirror image.").alt
    'A cat and its mirror image.'
    """
    panels = [Image.open(io.BytesIO(one.png)).convert("RGB") for one in pictures]
    height = max(panel.height for panel in panels)
    joined = Image.new("RGB", (sum(panel.width for panel in panels), height), "white")
    left = 0
    for panel in panels:
        joined.paste(panel, (left, (height - panel.height) // 2))
        left += panel.width
    file = io.BytesIO()
    joined.save(file, format="png")
    return Picture(file.getvalue(), caption or " ".join(one.alt for one in pictures))
