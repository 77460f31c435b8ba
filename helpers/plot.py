"""Pictures of pictures: images, heat maps, overlays and a few plain charts.

Every function returns a `Picture`, which shows itself where it is the last line of a cell and
carries a text summary for people who cannot see it. Maps are scaled here, for the eye only;
explainers never do that.
"""

import base64
import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

DPI = 110
CLIP = 0.99  # quantile above which a map is shown at full strength
# Okabe and Ito's palette: told apart with any colour vision; lines also differ in their dashes.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
HATCHES = ("", "//", "..", "xx", "\\\\", "++")


@dataclass(frozen=True)
class Picture:
    """A PNG and its text summary; shows itself in a notebook."""

    png: bytes
    alt: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        source = base64.b64encode(self.png).decode()
        alt = html.escape(self.alt, quote=True)
        style = "max-width:100%;height:auto;background:white"
        tag = f'<img src="data:image/png;base64,{source}" alt="{alt}" style="{style}">'
        return {"text/html": tag, "text/plain": self.alt}

    def save(self, path: str | Path) -> None:
        Path(path).write_bytes(self.png)


def images(
    pictures: Tensor | Sequence[Tensor],
    titles: Sequence[str] | None = None,
    caption: str = "",
    columns: int | None = None,
    size: float = 2.3,
) -> Picture:
    """A grid of pictures, (N,3,H,W) or (N,1,H,W) in [0,1]; `size` is inches a picture."""
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


def lines(
    x: Sequence[float],
    series: Mapping[str, Sequence[float]],
    xlabel: str,
    ylabel: str,
    caption: str = "",
    log_x: bool = False,
) -> Picture:
    """One line a series over a common x, told apart by colour, dashes and a label at its end."""
    figure = Figure(figsize=(6.4, 3.4), layout="constrained")
    axis = figure.add_subplot()
    for index, (name, y) in enumerate(series.items()):
        style = {"color": COLOURS[index % 7], "linestyle": DASHES[index % 7]}
        axis.plot(x, y, marker="o", markersize=4, label=name, **style)
    axis.set(xlabel=xlabel, ylabel=ylabel, xscale="log" if log_x else "linear")
    if log_x:
        axis.set_xticks(list(x), [f"{value:g}" for value in x])
        axis.minorticks_off()
    axis.grid(alpha=0.3)
    if len(series) > 1:
        figure.legend(loc="outside upper center", ncols=min(len(series), 3))
    ends = [f"{name} from {float(y[0]):.3g} to {float(y[-1]):.3g}" for name, y in series.items()]
    summary = f"{ylabel} over {xlabel}, {x[0]:g} to {x[-1]:g}: {'; '.join(ends)}"
    return picture(figure, f"{caption.rstrip('. ')}. {summary}".lstrip(". "))


def bars(
    groups: Sequence[str],
    series: Mapping[str, Sequence[float]],
    ylabel: str,
    caption: str = "",
    line: float | None = None,
) -> Picture:
    """Grouped bars with their values on top; `line` draws a dashed level, for example chance."""
    figure = Figure(
        figsize=(min(9.0, max(4.0, 1.1 * len(groups) * len(series))), 3.2), layout="constrained"
    )
    axis = figure.add_subplot()
    width = 0.8 / len(series)
    for index, (name, values) in enumerate(series.items()):
        position = np.arange(len(groups)) + (index - (len(series) - 1) / 2) * width
        style = {"color": COLOURS[index % 7], "hatch": HATCHES[index % 6], "edgecolor": "white"}
        drawn = axis.bar(position, values, width, label=name, **style)
        axis.bar_label(drawn, fmt="%.2g", padding=2, fontsize=9)
    if line is not None:
        axis.axhline(line, color="black", linestyle="--", linewidth=1)
    axis.set_xticks(np.arange(len(groups)), groups)
    axis.set_ylabel(ylabel)
    axis.margins(y=0.15)
    if len(series) > 1:
        figure.legend(loc="outside upper center", ncols=len(series))
    numbers = [
        f"{group}, {name}: {values[i]:.2f}" if name else f"{group}: {values[i]:.2f}"
        for i, group in enumerate(groups)
        for name, values in series.items()
    ]
    return picture(figure, f"{caption.rstrip('. ')}. {ylabel}. {'; '.join(numbers)}".lstrip(". "))


def picture(figure: Figure, caption: str = "", titles: Sequence[str] | None = None) -> Picture:
    """A finished matplotlib figure as a Picture; its alt text is the caption and the titles."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DPI, facecolor="white", bbox_inches="tight")
    named = "; ".join(title.replace("\n", ", ") for title in titles or () if title)
    alt = ". ".join(part for part in (caption.rstrip(". "), named) if part)
    return Picture(file.getvalue(), alt.replace("\n", " ") or "Figure")


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
) -> tuple[Figure, list]:
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
