"""What every drawing is in the end: a picture, what is seen on it and what that means."""

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from PIL.PngImagePlugin import PngInfo

WIDE = 8.0  # inches, the widest figure
SHOWN = 100  # pixels of a page for an inch
DPI = 2 * SHOWN  # sharp on a fine screen and when it is enlarged
PAPER = "#f8f8f5"  # of figures and the card that they stand on: light, but no slab on a dark page
INK, FRAME = "#1b1f24", "#8b9098"
# Okabe and Ito's palette: told apart with any colour vision; lines also differ in their dashes.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
# What speaks for a class is magenta, rare in photographs; what speaks against it blue and striped.
FOR, AGAINST, STRIPES = "#E0006C", "#0050C8", "////"
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
HATCHES = ("", "//", "..", "xx", "\\\\", "++")
Mark = tuple[str, str, float]  # matplotlib's marker, a colour, an area in square points
Level = tuple[float, str]  # a value to draw a dashed line at, and what it means

TYPE = "smallest type"  # where a PNG says it, in its own pixels
CARD = (
    "width:fit-content;max-width:100%;box-sizing:border-box;margin:.5em 0;padding:14px 16px;"
    f"background:{PAPER};color:{INK};border:1px solid #d5d9de;border-radius:8px"
)


@dataclass(frozen=True)
class Picture:
    """A PNG, what is seen on it (`alt`), what that means (`caption`); shows itself in a notebook.

    >>> plot.images(cat, alt="A cat.", caption="The network is not sure of it.").caption
    'The network is not sure of it.'
    """

    png: bytes
    alt: str
    caption: str = ""

    @property
    def width(self) -> int:
        """How wide it is shown where there is room, in pixels of a page."""
        return round(Image.open(io.BytesIO(self.png)).width * SHOWN / DPI)

    @property
    def smallest_type(self) -> float | None:
        """The height of its smallest letters in pixels of the PNG; None if nothing is written."""
        return smallest_type(self.png)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        source = base64.b64encode(self.png).decode()
        alt = html.escape(self.alt, quote=True)
        image = (
            f'<img src="data:image/png;base64,{source}" alt="{alt}" width="{self.width}" '
            'style="display:block;max-width:100%;height:auto">'
        )
        return {"text/html": on_card(image, self.caption, self.width), "text/plain": self.alt}

    def save(self, path: str | Path) -> None:
        Path(path).write_bytes(self.png)


def on_card(drawing: str, caption: str, width: float) -> str:
    """The HTML of a drawing so wide, on a light card, which dark themes need; its caption below.

    >>> plot.base.on_card("<svg></svg>", "Nothing & more.", 300)[-35:]
    'g &amp; more.</figcaption></figure>'
    """
    style = f"max-width:{max(width, 480):.0f}px;padding-top:8px;font-size:14px;line-height:1.45"
    words = f'<figcaption style="{style}">{html.escape(caption)}</figcaption>' if caption else ""
    return f'<figure style="{CARD}">{drawing}{words}</figure>'


def picture(
    figure: Figure, caption: str = "", alt: str = "", titles: Sequence[str] = ()
) -> Picture:
    """A finished matplotlib figure as a Picture; its alt text is `alt` and the titles.

    >>> plot.picture(Figure(), alt="An empty figure.").alt
    'An empty figure.'
    """
    sizes = [
        float(text.get_fontsize())
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip()
    ]
    written = {TYPE: f"{min(sizes) * DPI / 72:.1f}"} if sizes else {}
    file = io.BytesIO()
    figure.set_facecolor(PAPER)
    # twice as quick as the usual level 6, and hardly larger
    figure.savefig(file, format="png", dpi=DPI, metadata=written, pil_kwargs={"compress_level": 4})
    named = "; ".join(" ".join(title.split()) for title in titles if title.strip())
    return Picture(file.getvalue(), told(alt, named) or "Figure", caption)


def smallest_type(png: bytes) -> float | None:
    """What a PNG says of its smallest letters, in its own pixels."""
    found = Image.open(io.BytesIO(png)).info.get(TYPE)
    return None if found is None else float(found)


def told(*parts: str) -> str:
    """The parts of a summary as sentences on one line."""
    sentences = [" ".join(part.split()).rstrip(".") for part in parts if part.strip()]
    return ". ".join(sentences) + "." if sentences else ""


def beside(*pictures: Picture, caption: str = "", alt: str = "") -> Picture:
    """Finished pictures next to each other in one; without `alt`, it says what they say.

    >>> one, two = plot.images(cat, alt="A cat."), plot.images(cat.flip(3), alt="Mirrored.")
    >>> plot.beside(one, two, caption="Which is which?").alt
    'A cat. Mirrored.'
    """
    panels = [Image.open(io.BytesIO(one.png)).convert("RGB") for one in pictures]
    height = max(panel.height for panel in panels)
    joined = Image.new("RGB", (sum(panel.width for panel in panels), height), PAPER)
    left = 0
    for panel in panels:
        joined.paste(panel, (left, (height - panel.height) // 2))
        left += panel.width
    sizes = [one.smallest_type for one in pictures]
    written = PngInfo()
    if found := [size for size in sizes if size is not None]:
        written.add_text(TYPE, f"{min(found):.1f}")
    file = io.BytesIO()
    joined.save(file, format="png", pnginfo=written)
    return Picture(file.getvalue(), alt or " ".join(one.alt for one in pictures), caption)
