"""Pictures and heat maps in a grid, scaled for the eye."""

from collections.abc import Sequence

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from helpers.plot.base import Picture, picture

CLIP = 0.99  # quantile above which a map is shown at full strength


def images(
    pictures: Tensor | Sequence[Tensor],
    titles: Sequence[str] | None = None,
    caption: str = "",
    columns: int | None = None,
    size: float = 2.3,
) -> Picture:
    """A grid of pictures, (N,3,H,W) or (N,1,H,W) in [0,1]; `size` is inches a picture.

    >>> plot.images(cat, ["a cat"], "A photograph.").alt
    'A photograph. a cat'
    """
    panels = _panels(pictures)
    figure, axes = _grid(len(panels), columns, size, titles)
    for axis, panel in zip(axes, panels, strict=True):
        pixels = panel.clamp(0, 1).permute(1, 2, 0).numpy()
        axis.imshow(
            pixels if pixels.shape[2] == 3 else pixels[:, :, 0], cmap="gray", vmin=0, vmax=1
        )
    return picture(figure, caption, titles)


def heatmaps(
    maps: Tensor | Sequence[Tensor],
    titles: Sequence[str] | None = None,
    over: Tensor | None = None,
    signed: bool = False,
    columns: int | None = None,
    caption: str = "",
    size: float = 2.3,
    scale: float | None = None,
    photograph: Tensor | None = None,
    ends: tuple[str, str] = ("against", "for"),
) -> Picture:
    """A grid of heat maps, (N,C,H,W) or a list of (C,H,W) or (1,C,H,W).

    Unsigned: the largest |value| over the channels, black (0) to bright. Signed: the mean over the
    channels, blue (negative), white (0), red (positive); `ends` names the two. Each map is scaled
    to its own 99th percentile, or all to `scale`. `over`: (1,3,H,W) or (N,3,H,W), shown in gray
    underneath.
    `photograph`: (1,3,H,W), shown in its own colours in front of the maps.

    >>> plot.heatmaps(explain.sobel(cat), ["Sobel"], over=cat, caption="Edges.").alt
    'Edges. Sobel'
    """
    panels = _panels(maps)
    if titles is not None and len(titles) != len(panels):
        raise ValueError(f"There are {len(panels)} maps and {len(titles)} titles; give one each.")
    below = [None] * len(panels) if over is None else _panels(over)
    below = below * len(panels) if len(below) == 1 else below
    first = [] if photograph is None else ["photograph"]
    titles = [*first, *(titles or [""] * len(panels))]
    figure, axes = _grid(len(titles), columns, size, titles, bar=True)
    if photograph is not None:
        axes[0].imshow(_panels(photograph)[0].clamp(0, 1).permute(1, 2, 0).numpy())
    for axis, panel, under in zip(axes[len(first) :], panels, below, strict=True):
        flat = panel.mean(0) if signed else panel.abs().amax(0)
        top = scale or torch.quantile(flat.abs().flatten(), CLIP).item() or 1.0
        limits = (-top, top) if signed else (0, top)
        if under is not None:
            axis.imshow(under.mean(0).numpy(), cmap="gray", vmin=-0.4, vmax=1.4)
        shown = axis.imshow(
            flat.numpy(),
            cmap="RdBu_r" if signed else "inferno",
            vmin=limits[0],
            vmax=limits[1],
            alpha=None if under is None else 0.65,
        )
    bar = figure.colorbar(shown, ax=list(axes), shrink=0.7, pad=0.02, ticks=limits)
    bar.ax.set_yticklabels(ends if signed else ("0", "strong"))
    return picture(figure, caption, titles)


def _panels(pictures: Tensor | Sequence[Tensor]) -> list[Tensor]:
    """Any of the accepted forms as a list of (C,H,W) on the CPU."""
    panels = [torch.as_tensor(p).detach().cpu().float() for p in pictures]
    panels = [p[0] if p.dim() == 4 and len(p) == 1 else p for p in panels]
    wrong = next((tuple(p.shape) for p in panels if p.dim() != 3), None)
    if not panels or wrong:
        raise ValueError(
            f"Cannot draw a picture of shape {wrong}; give (N,C,H,W) or a list of (C,H,W)."
        )
    return panels


def _grid(
    count: int, columns: int | None, size: float, titles: Sequence[str] | None, bar: bool = False
) -> tuple[Figure, list[Axes]]:
    if titles is not None and len(titles) != count:
        raise ValueError(f"There are {count} pictures and {len(titles)} titles; give one each.")
    columns = min(columns or 6, count)
    rows = -(-count // columns)
    lines_above = max((title.count("\n") + 1 for title in titles or ()), default=0)
    inches = (columns * size + (0.8 if bar else 0), rows * (size + 0.22 * lines_above))
    figure = Figure(figsize=inches, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes:
        axis.set_axis_off()
    for axis, title in zip(axes, titles or (), strict=False):
        axis.set_title(title, fontsize=10)
    return figure, list(axes[:count])
