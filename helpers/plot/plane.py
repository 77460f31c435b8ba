"""Tables and planes: matrices in colour, clouds of points, arrows."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from helpers.plot.base import COLOURS, WIDE, Mark, Picture, picture, wrapped

Point = tuple[float, float]
MARKERS = ("o", "^", "s", "D", "v", "P", "x")


def matrix(
    matrices: Sequence[Tensor],
    titles: Sequence[str],
    limits: Sequence[Point],
    caption: str = "",
    alt: str = "",
    xlabel: str = "",
    ylabel: str = "",
    framed: Sequence[tuple[int, int]] | None = None,
    groups: Mapping[str, int] | None = None,
    bar: str = "",
    columns: int = 3,
) -> Picture:
    """Matrices (R, C) in colour, one panel each, rows and columns numbered from 0.

    `limits`: the darkest and the brightest value of each; a falling pair makes small values bright.
    `framed`: of each matrix one entry to frame, (row, column). `bar` names a colour bar for all.
    `groups`, {name: how many}: rows and columns are the same things, in these groups; their blocks
    are framed, each pair's number is written once, and each matrix has a colour bar of its own.

    >>> plot.matrix([torch.eye(2)], ["unit"], [(0, 1)], alt="A diagonal.", framed=[(1, 1)]).alt
    'A diagonal. unit.'
    """
    columns = min(columns, len(matrices))
    rows = -(-len(matrices) // columns)
    wide = min(4.2, (WIDE - (0.8 if bar else 0)) / columns)
    tall = wide if groups else 2.1
    figure = Figure((wide * columns + (0.8 if bar else 0), tall * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    colours = colormaps["cividis" if groups else "Blues_r"]
    for axis, values, (dark, bright) in zip(axes, matrices, limits, strict=False):
        shown = axis.imshow(
            values.cpu().numpy(),
            cmap=colours.reversed() if dark > bright else colours,
            vmin=min(dark, bright),
            vmax=max(dark, bright),
            aspect="equal" if groups else "auto",
        )
        if groups:
            _write_numbers(axis, values, dark, bright)
            _frame_blocks(axis, groups)
            figure.colorbar(shown, ax=axis, shrink=0.75, pad=0.02, format="%.2f")
        else:
            axis.set(xticks=range(0, values.shape[1], 2), yticks=range(0, values.shape[0], 2))
    for place, axis in enumerate(axes):
        axis.set_xlabel(xlabel if place >= len(axes) - columns else "")
        axis.set_ylabel("" if place % columns else ylabel)
    for axis, title in zip(axes, titles, strict=True):
        axis.set_title(title, fontsize=11 if groups else 10)
    for axis, (row, column) in zip(axes, framed or (), strict=False):
        corner = column - 0.4, row - 0.4
        axis.add_patch(Rectangle(corner, 0.8, 0.8, fill=False, edgecolor=COLOURS[1], linewidth=2))
    if bar:
        figure.colorbar(shown, ax=list(axes), label=bar, shrink=0.7)
    return picture(figure, caption, alt, titles)


def scatter(
    panels: Mapping[str, Mapping[str, Tensor]],
    xlabel: str = "",
    ylabel: str = "",
    caption: str = "",
    alt: str = "",
    xlim: Point | None = None,
    ylim: Point | None = None,
    marks: Mapping[str, Mark] | None = None,
    circled: Mapping[str, tuple[Point, Point]] | None = None,
    contour: tuple[Callable[[np.ndarray, np.ndarray], np.ndarray], Sequence[float], str]
    | None = None,
) -> Picture:
    """Clouds of points, one panel a title, {title: {name: points (N, 2)}}.

    Axes without a label have no numbers. `marks`: how the points of a name are drawn. `circled`:
    {text: (point, where the text stands)}. `contour`: a function of x and y, the levels at which
    its curves are drawn, and how a level is written ("d = %.1f").

    >>> plot.scatter({"": {"dots": torch.rand(9, 2)}}, "x", "y", alt="Nine dots.").alt
    'Nine dots.'
    """
    size = (7.2, 4.2) if len(panels) == 1 else (WIDE, WIDE / len(panels) + 0.8)
    figure = Figure(size, layout="constrained")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for axis, (title, groups) in zip(axes, panels.items(), strict=True):
        for index, (name, points) in enumerate(groups.items()):
            usual = (MARKERS[index % 7], COLOURS[index % 7], 25)
            mark, colour, area = (marks or {}).get(name, usual)
            label = "" if mark == f"${name}$" else name  # a mark that writes its name needs no more
            axis.scatter(*points.cpu().numpy().T, s=area, color=colour, marker=mark, label=label)
        axis.set(xlabel=xlabel, ylabel=ylabel, xlim=xlim, ylim=ylim)
        if contour:
            _draw_contour(axis, *contour)
        for text, (point, place) in (circled or {}).items():
            axis.annotate(text, point, place, arrowprops={"arrowstyle": "-"}, fontsize=11)
            axis.plot(*point, "ko", markersize=11, markerfacecolor="none", markeredgewidth=2)
        axis.set_title(wrapped(title, 96 // len(panels)), fontsize=10)
        if not xlabel:
            axis.set_xticks([])
        if not ylabel:
            axis.set_yticks([])
    handles, names = axes[0].get_legend_handles_labels()
    if len(names) > 1:
        figure.legend(handles, names, loc="outside lower center", ncols=4)
    return picture(figure, caption, alt, list(panels))


def arrows(
    vectors: Mapping[str, Sequence[float]],
    title: str = "",
    caption: str = "",
    alt: str = "",
    xlim: Point = (-1, 1),
    ylim: Point = (-1, 1),
) -> Picture:
    """Vectors of two numbers as arrows from the origin, with their names at their tips.

    >>> plot.arrows({"a": (1, 0), "b": (0, 1)}, alt="A right angle.").alt
    'A right angle.'
    """
    figure = Figure((6.4, 2.7), layout="constrained")
    axis = figure.add_subplot(xlim=xlim, ylim=ylim, aspect="equal")
    for index, (name, vector) in enumerate(vectors.items()):
        colour = COLOURS[(6, 1, 0, 2, 3, 4, 5)[index % 7]]
        x, y = vector
        axis.annotate("", (x, y), (0, 0), arrowprops={"color": colour, "width": 2})
        away = (5, -13) if index == 1 else (5, 3)  # two arrows may nearly coincide
        axis.annotate(name, (x, y), away, textcoords="offset points", fontsize=14)
    axis.set_title(title, loc="left", fontsize=11)
    return picture(figure, caption, alt, [title])


def _write_numbers(axis: Axes, values: Tensor, dark: float, bright: float) -> None:
    """Each pair's number once, above the diagonal, black on bright and white on dark."""
    for row, column in zip(*np.triu_indices(len(values), 1), strict=True):
        value = float(values[row, column])
        number = f"{value:.2f}".removeprefix("0") if max(dark, bright) <= 1 else f"{value:.1f}"
        colour = "black" if (value - dark) / (bright - dark) > 0.5 else "white"
        text = axis.text(column, row, number, color=colour, ha="center", va="center", size=8)
        text.set_in_layout(False)


def _frame_blocks(axis: Axes, groups: Mapping[str, int]) -> None:
    """A frame around each group's block on the diagonal, and its name on both axes."""
    starts = np.cumsum([0, *groups.values()])[:-1]
    for start, size in zip(starts, groups.values(), strict=True):
        corner, side = start - 0.45, size - 0.1
        frame = Rectangle((corner, corner), side, side, fill=False, linewidth=3)
        frame.set_edgecolor(COLOURS[1])
        axis.add_patch(frame)
    middles = [start + (size - 1) / 2 for start, size in zip(starts, groups.values(), strict=True)]
    axis.set_xticks(middles, list(groups))
    axis.set_yticks(middles, list(groups), rotation=90, va="center")
    axis.tick_params(length=0)


def _draw_contour(
    axis: Axes,
    function: Callable[[np.ndarray, np.ndarray], np.ndarray],
    levels: Sequence[float],
    text: str,
) -> None:
    x, y = np.meshgrid(*(np.linspace(*lim, 100) for lim in (axis.get_xlim(), axis.get_ylim())))
    curves = axis.contour(x, y, function(x, y), levels, colors="gray", zorder=0)
    axis.clabel(curves, fmt=text)
