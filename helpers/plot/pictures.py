"""Pictures and heat maps in a grid, scaled for the eye."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from torch import Tensor

from helpers.plot.base import AGAINST, FOR, STRIPES, Picture, picture, written
from helpers.plot.grid import Headings, Panels, as_panels, grid, named

CLIP = 0.99  # quantile above which a map is shown at full strength
OPAQUE = 0.85  # how much of the photograph the strongest place of a map covers
STRIPED = 0.25  # of full strength; from here on what speaks against is also striped
SIGNED = LinearSegmentedColormap.from_list("against, for", [AGAINST, "white", FOR])
STRENGTH = LinearSegmentedColormap.from_list("nothing, for", ["white", FOR])
Cell = tuple[Tensor | None, Tensor | None]  # a map, and the picture below it


def images(
    pictures: Panels,
    titles: Headings | None = None,
    caption: str = "",
    alt: str = "",
    columns: int | Headings = 4,
    rows: Headings = (),
) -> Picture:
    """A grid of pictures, (N,3,H,W) or (N,1,H,W) in [0,1].

    `titles` stand over single pictures. `columns` is their number or their headings; `rows` are the
    headings of the rows. `alt` says what is seen, `caption`, which is shown, what it means.

    >>> plot.images(cat, ["a cat"], "The network is not sure of it.", "A photograph.").alt
    'A photograph. a cat.'
    """
    panels = as_panels(pictures)
    figure, axes = grid(panels, titles, columns, rows)
    for axis, panel in zip(axes, panels, strict=True):
        axis.imshow(pixels_of(panel), cmap="gray", vmin=0, vmax=1)
    return picture(figure, caption, alt, named(titles, columns, rows))


def heatmaps(
    maps: Tensor | Sequence[Tensor | None],
    titles: Headings | None = None,
    caption: str = "",
    alt: str = "",
    columns: int | Headings = 4,
    rows: Headings = (),
    photograph: Panels | None = None,
    above: Panels | None = None,
    over: Panels | None = None,
    signed: bool = False,
    ends: tuple[str, str] = ("against", "for"),
    scale: float | None = None,
) -> Picture:
    """A grid of heat maps, (N,C,H,W) or a list of (C,H,W) or (1,C,H,W).

    Unsigned: the largest |value| over the channels. Signed: the mean over the channels; `ends`
    names the two. Each map is scaled to its own 99th percentile, or all to `scale`.

    Alone, an unsigned map goes from black (0) to bright, a signed one from blue (negative) over
    white (0) to magenta (positive). `over`: one picture or one a map, (N,3,H,W), under the maps;
    the stronger a map, the more it covers, and negative places are striped. With `over` a map may
    be None: its picture is then shown alone. `photograph`: one picture before all maps, or one a
    row before each row, with no map on it; `above`: such pictures in a row above all maps. Titles
    and headings as for `images`; the title of a `photograph` may be left out.

    >>> plot.heatmaps(explain.sobel(cat), ["Sobel"], "Never asked a network.", "Edges.").alt
    'Edges. Sobel.'
    """
    given = [None if m is None else as_panels([m])[0] for m in maps]
    below: list[Tensor | None] = [None] * len(given) if over is None else [*as_panels(over)]
    below = below * len(given) if len(below) == 1 else below
    cells: list[Cell] = list(zip(given, below, strict=True))
    if photograph is not None:
        first = as_panels(photograph)
        each = len(given) // len(first)
        if titles is not None and len(titles) == len(given):
            titles = _before_every(each, ["photograph"] * len(first), titles)
        cells = _before_every(each, [(None, one) for one in first], cells)
    if above is not None:
        cells = [(None, one) for one in as_panels(above)] + cells
    figure, (*axes, bar) = grid([_shown(cell) for cell in cells], titles, columns, rows, bar=True)
    for axis, (values, under) in zip(axes, cells, strict=True):
        if values is not None:
            flat = (values.mean(0) if signed else values.abs().amax(0)).numpy()
            top = scale or float(np.quantile(np.abs(flat), CLIP)) or 1.0
            show_map(axis, flat / top, signed, under)
        elif under is not None:
            axis.imshow(pixels_of(under), cmap="gray", vmin=0, vmax=1)
    show_bar(bar, signed, over is not None, ends)
    return picture(figure, caption, alt, named(titles, columns, rows))


def show_map(axis: Axes, strength: np.ndarray, signed: bool, under: Tensor | None) -> None:
    """A map (H,W), 1 being full strength, alone or over a picture (3,H,W) of its size.

    >>> _, (axis,) = grid([cat[0]])
    >>> plot.pictures.show_map(axis, np.zeros((224, 224)), signed=True, under=cat[0])
    """
    strength = strength.clip(-1, 1)
    if under is None:
        axis.imshow(strength, cmap=_colours(signed, False), vmin=-1 if signed else 0, vmax=1)
        return
    colour = np.where(strength[..., None] < 0, to_rgb(AGAINST), to_rgb(FOR))
    opacity = OPAQUE * np.abs(strength)[..., None]
    pixels = pixels_of(under)
    pixels = pixels if pixels.ndim == 3 else pixels[..., None].repeat(3, 2)
    axis.imshow((1 - opacity) * pixels + opacity * colour)
    if (strength < -STRIPED).any():
        with rc_context({"hatch.linewidth": 0.5}):
            stripes = axis.contourf(strength, [-2, -STRIPED], colors="none", hatches=[STRIPES])
        stripes.set(edgecolor=(1, 1, 1, 0.7), linewidth=0)


def show_bar(
    axis: Axes, signed: bool, over: bool, ends: tuple[str, str] = ("against", "for")
) -> None:
    """The scale of such maps: from "0" to "strong", or between the two `ends`.

    >>> _, (axis, bar) = grid([cat[0]], bar=True)
    >>> plot.pictures.show_bar(bar, signed=True, over=False)
    """
    axis.get_figure().colorbar(
        ScalarMappable(cmap=_colours(signed, over)), cax=axis, ticks=(0, 1)
    ).outline.set_linewidth(0.6)
    axis.set_yticklabels(ends if signed else ("0", "strong"), fontsize=9)
    if signed and over:
        top = (1 - STRIPED) / 2
        with rc_context({"hatch.linewidth": 0.5}):
            axis.axhspan(0, top, facecolor="none", edgecolor="white", hatch=STRIPES, linewidth=0)


def pieces(
    image: Tensor,
    segments: Tensor,
    explanations: Sequence[Tensor],
    titles: Headings | None = None,
    caption: str = "",
    alt: str = "",
    columns: int | Headings = 2,
    rows: Headings = (),
    strongest: int = 5,
    number: str = "+.2f",
) -> Picture:
    """The strongest pieces of each explanation (S,), tinted on the picture, with their weights.

    `image` is (1,3,H,W), `segments` (H,W) with the numbers 0 to S − 1. Magenta speaks for the
    class, striped blue against it; `number` formats the weights. Titles and headings as for
    `images`.

    >>> segments = explain.superpixels(cat, 9)
    >>> weights = torch.linspace(-1, 1, int(segments.max()) + 1)
    >>> plot.pieces(cat, segments, [weights], ["some weights"], alt="A cat in pieces.").alt
    'A cat in pieces. some weights.'
    """
    figure, axes = grid([image[0]] * len(explanations), titles, columns, rows)
    for axis, weights in zip(axes, explanations, strict=True):
        chosen = weights.abs().topk(min(strongest, len(weights))).indices
        chosen = [n for n in chosen.tolist() if abs(weights[n]) >= 1e-6]
        tint = torch.zeros_like(weights)
        tint[chosen] = weights[chosen] / weights.abs().max()
        tint = tint.sign() * (0.3 * (tint != 0) + 0.55 * tint.abs())  # the weakest is still seen
        show_map(axis, tint[segments].numpy(), True, image[0])
        for piece in chosen:
            inside = (segments == piece).numpy()
            axis.contour(inside, [0.5], colors=[FOR if tint[piece] > 0 else AGAINST])
            _label(axis, written(weights[piece].item(), number), *np.argwhere(inside).mean(0))
        if not chosen:
            _label(axis, "every weight is 0", *(np.array(segments.shape) / 2))
    return picture(figure, caption, alt, named(titles, columns, rows))


def _label(axis: Axes, text: str, row: float, column: float) -> None:
    box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.9}
    axis.text(column, row, text, ha="center", va="center", fontsize=9, bbox=box)


def sheet(pictures: Panels, columns: int, gap: int = 1) -> Tensor:
    """Many small pictures as one, (C,h,w), from left to right, then down, with gray between them.

    >>> plot.sheet(torch.rand(6, 1, 8, 8), columns=3).shape
    torch.Size([1, 17, 26])
    """
    panels = as_panels(pictures)
    panels += [panels[0] * 0 + 0.6] * (-len(panels) % columns)
    framed = [F.pad(panel, (0, gap, 0, gap), value=0.6) for panel in panels]
    lines = [torch.cat(framed[i : i + columns], 2) for i in range(0, len(framed), columns)]
    whole = torch.cat(lines, 1)
    return whole[:, : whole.shape[1] - gap, : whole.shape[2] - gap]


def pixels_of(panel: Tensor) -> np.ndarray:
    """(3,H,W) → (H,W,3), (1,H,W) → (H,W), in [0,1], as matplotlib takes them.

    >>> plot.pictures.pixels_of(cat[0]).shape
    (224, 224, 3)
    """
    pixels = panel.detach().cpu().clamp(0, 1).permute(1, 2, 0).numpy()
    return pixels if pixels.shape[2] == 3 else pixels[..., 0]


def _shown(cell: Cell) -> Tensor:
    """The map of a cell, or its picture."""
    for panel in cell:
        if panel is not None:
            return panel
    raise ValueError("A map is None and has no picture: give `over`, or leave the map out.")


def _colours(signed: bool, over: bool) -> str | Colormap:
    return SIGNED if signed else STRENGTH if over else "inferno"


def _before_every(each: int, first: Sequence, others: Sequence) -> list:
    """The first of `first`, then `each` of the others, and so on."""
    rows = [(head, *others[i * each : (i + 1) * each]) for i, head in enumerate(first)]
    return [one for row in rows for one in row]
