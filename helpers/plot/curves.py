"""Curves over a common x, in one panel or in several."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from helpers.plot.base import COLOURS, DASHES, WIDE, Mark, Picture, picture, told, written
from helpers.plot.level import CLEAR, Level, draw_level, level_told


def lines(
    x: Sequence[float],
    series: Mapping[str, Sequence[float]],
    xlabel: str,
    ylabel: str,
    caption: str = "",
    alt: str = "",
    log_x: bool = False,
    line: Level | None = None,
    number: str = ".2f",
    ylim: tuple[float, float] | None = None,
) -> Picture:
    """One line a series over a common x, told apart by colour, dashes, width and marks.

    Earlier lines are wider, so that they still show where a later one lies on them. `line`: a
    dashed level and its name, for example (0.5, "chance"). `number` formats the values in the alt
    text. `ylim`: for charts that are to be compared.

    >>> plot.lines([1, 2], {"a": [0.5, 0.75]}, "n", "share").alt
    'Curves of share over n, 1 to 2: a from 0.50 to 0.75.'
    """
    figure = Figure((6.8, 3.4), layout="constrained")
    axis = figure.add_subplot(xlabel=xlabel, ylabel=ylabel, xscale="log" if log_x else "linear")
    for index, (name, y) in enumerate(series.items()):
        extra = len(series) - 1 - index
        (drawn,) = axis.plot(
            x, y, color=COLOURS[index % 7], linestyle=DASHES[index % 7], label=name
        )
        drawn.set(linewidth=1.6 + 0.8 * extra, markersize=4 + 1.5 * extra)
        drawn.set_marker("osD^vPX"[index % 7] if len(x) <= 12 else "")
    if log_x:
        axis.set_xticks(list(x), [f"{value:,g}" for value in x])
        axis.minorticks_off()
    axis.grid(alpha=0.3)
    axis.set_ylim(ylim)
    draw_level(axis, line)
    if len(series) > 1:
        across = 4 if sum(map(len, series)) <= 40 else 3
        figure.legend(loc="outside upper center", ncols=min(len(series), across))
    ends = [f"{name} {_course(x, y, number)}".lstrip() for name, y in series.items()]
    summary = f"Curves of {ylabel} over {xlabel}, {x[0]:g} to {x[-1]:g}: {'; '.join(ends)}"
    return picture(figure, caption, told(alt, summary, level_told(line)))


def line_panels(
    x: Sequence[float],
    panels: Mapping[str, Mapping[str, Sequence[float]]],
    xlabel: str,
    ylabel: str,
    caption: str = "",
    alt: str = "",
    marks: Mapping[str, Mark] | None = None,
    line: Level | None = None,
) -> Picture:
    """One panel of lines a title, {title: {name: y}}, all on one scale.

    The end of each line has its value. `marks`: how a name is drawn; `line`: a dashed level
    and its name.

    >>> plot.line_panels([1, 2], {"left": {"a": [0.5, 1.0]}}, "n", "share").alt
    'Curves of share over n: left, a from 0.50 to 1.00.'
    """
    figure = Figure((min(WIDE, 3.4 * len(panels)), 3.2), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    found = []
    for axis, (title, series) in zip(axes, panels.items(), strict=True):
        for index, (name, y) in enumerate(series.items()):
            mark, colour, area = (marks or {}).get(name, ("o", COLOURS[index % 7], 20))
            (drawn,) = axis.plot(x, y, color=colour, marker=mark, markersize=area**0.5, label=name)
            drawn.set_linestyle(DASHES[3 * index % 7])  # the second one is dotted
            end = {"textcoords": "offset points", "va": "center", "bbox": CLEAR}
            axis.annotate(f"{y[-1]:.2f}", (x[-1], y[-1]), (7, 0), **end)
            found.append(f"{title}, {name} from {y[0]:.2f} to {y[-1]:.2f}")
        draw_level(axis, line if axis is axes[-1] else line and (line[0], ""))
        axis.set(title=title, xlabel=xlabel)
        axis.title.set_fontsize(10)
        axis.margins(x=0.1, y=0.1)
        axis.set_xlim(right=x[-1] + 0.3 * (x[-1] - x[0]))
    axes[0].set_ylabel(ylabel)
    if len(axes[0].get_lines()) > 1:
        handles = axes[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside upper center", ncols=3)
    summary = f"Curves of {ylabel} over {xlabel}: {'; '.join(found)}"
    return picture(figure, caption, told(alt, summary, level_told(line)))


def _course(x: Sequence[float], y: Sequence[float], number: str) -> str:
    """Where a curve begins and ends, and its extremes if they lie between."""
    said = f"from {written(y[0], number)} to {written(y[-1], number)}"
    for what, extreme in (("highest", max), ("lowest", min)):
        value = extreme(y)
        if value not in (y[0], y[-1]):
            said += f", {what} {written(value, number)} at {x[list(y).index(value)]:g}"
    return said
