"""What every drawing is in the end: a picture, what is seen on it and what that means."""

import base64
import html
import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

WIDE = 8.0  # inches, the widest figure
SHOWN = 100  # pixels of a page for an inch
DPI = 2 * SHOWN  # sharp on a fine screen and when it is enlarged
CARD = "#f4f4f1"  # what a figure stands on in a notebook: light, but no slab on a dark theme
INK, FRAME = "#1b1f24", "#8b9098"
# Okabe and Ito's palette: told apart with any colour vision; lines also differ in their dashes.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
# What speaks for a class is magenta, rare in photographs; what speaks against it blue and striped.
FOR, AGAINST, STRIPES = "#E0006C", "#0050C8", "////"
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
HATCHES = ("", "//", "..", "xx", "\\\\", "++")
Mark = tuple[str, str, float]  # matplotlib's marker, a colour, an area in square points

STYLE = (
    "width:fit-content;max-width:100%;box-sizing:border-box;margin:.5em 0;padding:14px 16px;"
    f"isolation:isolate;background:{CARD};color:{INK};border:1px solid #d5d9de;border-radius:8px"
)
# a figure's white takes the colour of its card
ON_CARD = "display:block;margin:0 auto;max-width:100%;height:auto;mix-blend-mode:multiply"


@dataclass(frozen=True)
class Picture:
    """A drawing that shows itself in a notebook; as PNG, maps of noise would be six times as large.

    `alt` is what is seen, `caption` what it means. `smallest_type` is the height of its smallest
    letters in its own pixels, None where nothing is written.

    >>> plot.images(cat, alt="A cat.", caption="The network is not sure of it.").caption
    'The network is not sure of it.'
    """

    webp: bytes
    alt: str
    caption: str = ""
    smallest_type: float | None = None

    @property
    def width(self) -> int:
        """How wide it is shown where there is room, in pixels of a page."""
        return round(Image.open(io.BytesIO(self.webp)).width * SHOWN / DPI)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        source = base64.b64encode(self.webp).decode()
        alt = html.escape(self.alt, quote=True)
        image = (
            f'<img src="data:image/webp;base64,{source}" alt="{alt}" width="{self.width}" '
            f'style="{ON_CARD}">'
        )
        return {"text/html": on_card(image, self.caption, self.width), "text/plain": self.alt}

    def save(self, path: str | Path) -> None:
        """Write it to a file of any kind of picture, by its name: .png, .webp, .jpg."""
        Image.open(io.BytesIO(self.webp)).convert("RGB").save(path)


def on_card(drawing: str, caption: str, width: float) -> str:
    """The HTML of a drawing so wide, on a light card, which dark themes need; its caption below.

    >>> plot.base.on_card("<svg></svg>", "Nothing & more.", 300)[-35:]
    'g &amp; more.</figcaption></figure>'
    """
    style = f"max-width:{max(width, 480):.0f}px;padding-top:8px;font-size:14px;line-height:1.45"
    words = f'<figcaption style="{style}">{html.escape(caption)}</figcaption>' if caption else ""
    return f'<figure style="{STYLE}">{drawing}{words}</figure>'


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
    # photographs and maps lose what nobody sees; lines and letters lose nothing
    lossy = any(axis.images for axis in figure.axes)
    quality = {"quality": 85} if lossy else {"lossless": True}
    file = io.BytesIO()
    figure.savefig(file, format="webp", dpi=DPI, pil_kwargs={"method": 2, **quality})
    named = "; ".join(" ".join(title.split()) for title in titles if title.strip())
    smallest = min(sizes) * DPI / 72 if sizes else None
    return Picture(file.getvalue(), told(alt, named) or "Figure", caption, smallest)


def told(*parts: str) -> str:
    """The parts of a summary as sentences on one line.

    >>> plot.base.told("Two bars", "", "share.")
    'Two bars. share.'
    """
    sentences = [" ".join(part.split()).rstrip(".") for part in parts if part.strip()]
    return ". ".join(sentences) + "." if sentences else ""


def wrapped(text: str, letters: int) -> str:
    """The text in lines of at most so many letters; its own line breaks stay.

    >>> plot.base.wrapped("a long title\\nsum 7.0", 8)
    'a long\\ntitle\\nsum 7.0'
    """
    return "\n".join(textwrap.fill(line, letters) for line in text.split("\n"))


def written(value: float, number: str) -> str:
    """A number in this format, with a true minus sign, and never −0.00.

    >>> plot.base.written(-0.5, ".2f"), plot.base.written(-0.001, ".2f")
    ('−0.50', '0.00')
    """
    text = format(value, number)
    return text.replace("-", "−") if float(text) else text.lstrip("-+")


def beside(*pictures: Picture, caption: str = "", alt: str = "") -> Picture:
    """Finished pictures next to each other in one; without `alt`, it says what they say.

    >>> one, two = plot.images(cat, alt="A cat."), plot.images(cat.flip(3), alt="Mirrored.")
    >>> plot.beside(one, two, caption="Which is which?").alt
    'A cat. Mirrored.'
    """
    panels = [Image.open(io.BytesIO(one.webp)).convert("RGB") for one in pictures]
    height = max(panel.height for panel in panels)
    joined = Image.new("RGB", (sum(panel.width for panel in panels), height), "white")
    left = 0
    for panel in panels:
        joined.paste(panel, (left, (height - panel.height) // 2))
        left += panel.width
    file = io.BytesIO()
    joined.save(file, format="webp", quality=90)
    sizes = [one.smallest_type for one in pictures if one.smallest_type is not None]
    alt = alt or " ".join(one.alt for one in pictures)
    return Picture(file.getvalue(), alt, caption, min(sizes, default=None))
