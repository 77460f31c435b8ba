"""A grid of framed panels, laid out by hand: as wide as it says, and quicker than a solver."""

from collections.abc import Sequence

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from helpers.plot.base import FRAME, WIDE, wrapped

# inches: of a panel in a grid of one, two, three and more columns; between panels; of a line of
# text; of a letter; of a colour bar with its words
WIDEST, GAP, LINE, LETTER, BAR = (3.0, 3.0, 2.5), 0.1, 0.18, 0.083, 0.9

Panels = Tensor | Sequence[Tensor]
Headings = Sequence[str]


def as_panels(pictures: Panels) -> list[Tensor]:
    """(N,C,H,W), or a list of (C,H,W) or (1,C,H,W), as a list of (C,H,W) on the CPU.

    >>> [panel.shape for panel in plot.grid.as_panels(cat)]
    [torch.Size([3, 224, 224])]
    """
    panels = [torch.as_tensor(p).detach().cpu().float() for p in pictures]
    panels = [p[0] if p.dim() == 4 and len(p) == 1 else p for p in panels]
    wrong = next((tuple(p.shape) for p in panels if p.dim() != 3), None)
    if not panels or wrong:
        raise ValueError(
            f"Cannot draw a picture of shape {wrong}; give (N,C,H,W) or a list of (C,H,W)."
        )
    return panels


def grid(
    panels: Sequence[Tensor],
    titles: Headings | None = None,
    columns: int | Headings = 4,
    rows: Headings = (),
    bar: bool = False,
) -> tuple[Figure, list[Axes]]:
    """A figure and an empty framed axis for each panel (C,H,W); with `bar` one more, right of them.

    >>> figure, axes = plot.grid.grid([*cat, *cat], columns=["one", "two"], rows=["cats"])
    >>> len(axes), float(figure.get_figwidth()) <= 8
    (2, True)
    """
    if titles is not None and len(titles) != len(panels):
        raise ValueError(
            f"There are {len(panels)} pictures and {len(titles)} titles; give one each."
        )
    across = min(columns if isinstance(columns, int) else len(columns), len(panels))
    down = -(-len(panels) // across)
    if rows and len(rows) != down:
        raise ValueError(f"There are {down} rows and {len(rows)} of their headings; give one each.")

    longest = max((len(line) for row in rows for line in row.split("\n")), default=0)
    left, right = GAP + LETTER * longest, BAR if bar else GAP
    wide = (WIDE - left - right - (across - 1) * GAP) / across
    shapes = [panel.shape[-2:] for panel in panels]
    flattest = max(1, *(w / h for h, w in shapes))
    wide = min(wide, WIDEST[min(across, 3) - 1] * flattest)
    tall = [wide * max(h / w for h, w in shapes[i : i + across]) for i in _starts(shapes, across)]

    letters = max(8, int(wide / LETTER))
    over_panels = [wrapped(title, letters) for title in titles or [""] * len(panels)]
    headings = [] if isinstance(columns, int) else [wrapped(text, letters) for text in columns]
    above = [_lines(over_panels[i : i + across]) for i in _starts(shapes, across)]
    above[0] = above[0] or _lines(headings)
    width = left + across * wide + (across - 1) * GAP + right
    height = sum(tall) + LINE * sum(above) + GAP * (down + 1)
    figure, axes = Figure((width, height)), []

    def axis_at(x: float, top: float, across: float, down: float) -> Axes:
        box = (x / width, (height - top - down) / height, across / width, down / height)
        return figure.add_axes(box)

    top = GAP
    for row in range(down):
        top += LINE * above[row]
        for place in range(row * across, min((row + 1) * across, len(panels))):
            axis = axis_at(left + place % across * (wide + GAP), top, wide, tall[row])
            axis.set(xticks=[], yticks=[])
            axis.spines[:].set(color=FRAME, linewidth=0.6)
            heading = headings[place] if place < len(headings) else ""
            axis.set_title(over_panels[place] or heading, fontsize=10, pad=4)
            axes.append(axis)
        if rows:
            middle = (height - top - tall[row] / 2) / height
            place = (left - 0.07) / width
            figure.text(place, middle, rows[row], ha="right", va="center", fontsize=10)
        top += tall[row] + GAP
    if bar:
        last = height - GAP - tall[-1]  # the last row holds maps, the first may be photographs
        axes.append(axis_at(width - BAR + 0.12, last, 0.13, tall[-1]))
    return figure, axes


def named(titles: Headings | None, columns: int | Headings, rows: Headings) -> list[str]:
    """What an alt text says of titles and headings.

    >>> plot.grid.named(None, ["gradient", "Sobel"], ["cat"])
    ['Rows: cat', 'Columns: gradient, Sobel']
    """
    across = () if isinstance(columns, int) else columns
    found = [f"Rows: {', '.join(rows)}"] if rows else []
    found += [f"Columns: {', '.join(across)}"] if across else []
    return [*found, *(titles or ())]


def _starts(shapes: Sequence, across: int) -> range:
    return range(0, len(shapes), across)


def _lines(texts: Sequence[str]) -> int:
    return max((text.count("\n") + 1 for text in texts if text), default=0)
