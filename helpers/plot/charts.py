"""Charts of numbers by name: lines, bars, horizontal bars, strips of marks."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from helpers.plot.base import (
    AGAINST,
    COLOURS,
    DASHES,
    FOR,
    HATCHES,
    STRIPES,
    WIDE,
    Level,
    Mark,
    Picture,
    picture,
    told,
    written,
)

Group = TypeVar("Group", str, int)
CLEAR = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.8}  # behind a number


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
    _draw_level(axis, line)
    if len(series) > 1:
        across = 4 if sum(map(len, series)) <= 40 else 3
        figure.legend(loc="outside upper center", ncols=min(len(series), across))
    ends = [f"{name} {_course(x, y, number)}".lstrip() for name, y in series.items()]
    summary = f"Curves of {ylabel} over {xlabel}, {x[0]:g} to {x[-1]:g}: {'; '.join(ends)}"
    return picture(figure, caption, told(alt, summary, _told(line)))


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
        _draw_level(axis, line if axis is axes[-1] else line and (line[0], ""))
        axis.set(title=title, xlabel=xlabel)
        axis.title.set_fontsize(10)
        axis.margins(x=0.1, y=0.1)
        axis.set_xlim(right=x[-1] + 0.3 * (x[-1] - x[0]))
    axes[0].set_ylabel(ylabel)
    if len(axes[0].get_lines()) > 1:
        handles = axes[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside upper center", ncols=3)
    summary = f"Curves of {ylabel} over {xlabel}: {'; '.join(found)}"
    return picture(figure, caption, told(alt, summary, _told(line)))


def bars(
    groups: Sequence[Group],
    series: Mapping[str, Sequence[float]],
    ylabel: str,
    caption: str = "",
    alt: str = "",
    line: Level | None = None,
    number: str = ".2f",
    xlabel: str = "",
    title: str = "",
    size: tuple[float, float] | None = None,
    notes: Mapping[Group, str] | None = None,
) -> Picture:
    """Grouped bars with their values on top, all written with `number` of decimals.

    `line`: a dashed level and its name, for example (0.5, "chance"). For many bars: `number` ""
    leaves the values out of the drawing and of its summary; `notes`, {group: text}, makes these
    groups' bars black and the others pale. Of more than 24 groups every tenth is named. `size`:
    (width, height) in inches.

    >>> plot.bars(["x"], {"a": [0.25], "b": [0.5]}, "share").alt
    'Bars of share. x, a: 0.25; x, b: 0.50.'
    """
    wide = min(WIDE, max(4.2, 1.15 * len(groups) * len(series)))
    figure = Figure(size or (wide, 3.3), layout="constrained")
    axis = figure.add_subplot(xlabel=xlabel, ylabel=ylabel)
    axis.set_title(title, fontsize=11)
    tallest = max(max(values) for values in series.values())
    width = 0.8 / len(series)
    for index, (name, values) in enumerate(series.items()):
        position = np.arange(len(groups)) + (index - (len(series) - 1) / 2) * width
        drawn = axis.bar(position, values, width, label=name, color=COLOURS[index % 7], zorder=2)
        for bar, group in zip(drawn, groups, strict=True):
            if notes:
                bar.set_facecolor(COLOURS[6] if group in notes else COLOURS[5])
            else:
                bar.set(hatch=HATCHES[index % 6], edgecolor="white")
        if number:
            letters = 9 if len(groups) * len(series) <= 14 else 8
            texts = [written(value, number) for value in values]
            labels = axis.bar_label(drawn, texts, padding=2, fontsize=letters, bbox=CLEAR, zorder=4)
            _lift(labels, values, tallest, line)
    for group, text in (notes or {}).items():
        place = groups.index(group)
        tip = max(values[place] for values in series.values())
        away = 0.04 * len(groups) * (1 if place < len(groups) / 2 else -1)
        axis.annotate(
            text,
            (place, tip),
            (place + away, 0.6 * tallest),
            arrowprops={"arrowstyle": "->"},
            horizontalalignment="left" if away > 0 else "right",
        )
    shown = range(len(groups)) if len(groups) <= 24 else range(9, len(groups), 10)
    axis.set_xticks(list(shown), [str(groups[place]) for place in shown])
    axis.tick_params("x", labelsize=10 if len(groups) <= 10 else 9)
    axis.margins(y=0.15)
    if min(min(values) for values in series.values()) < 0:
        axis.axhline(0, color="black", linewidth=1)
    _draw_level(axis, line)
    if len(series) > 1:
        figure.legend(loc="outside upper center", ncols=4)
    said = [
        f"{' '.join(str(group).split())}, {name}: {written(values[i], number)}".replace(", :", ":")
        for i, group in enumerate(groups)
        for name, values in (series.items() if number else ())
    ]
    return picture(figure, caption, told(alt, f"Bars of {ylabel}", "; ".join(said), _told(line)))


def barh(
    panels: Mapping[str, Sequence[tuple[str, float]]],
    xlabel: str,
    caption: str = "",
    alt: str = "",
    number: str = ".2f",
    signed: bool = False,
    xlim: tuple[float, float] | None = None,
    notes: Mapping[str, str] | None = None,
) -> Picture:
    """Horizontal bars with their values, one panel a title, {title: (name, value) pairs}.

    The first pair is on top; a name may repeat. `number` formats the values. `signed`: values above
    0 are magenta, others blue and striped, as in maps. `notes`, {name: text}, makes these bars
    pale and framed and writes the text under the name.

    >>> plot.barh({"": [("good", 0.9), ("film", -0.1)]}, "weight", signed=True).alt
    'Bars of weight. good 0.90; film −0.10.'
    """
    most, notes = max(len(pairs) for pairs in panels.values()), notes or {}
    figure = Figure(
        (6.4 if len(panels) == 1 else WIDE, 0.28 * most + 0.9 + 0.15 * len(notes)),
        layout="constrained",
    )
    axes = figure.subplots(1, len(panels), sharex=True, squeeze=False)[0]
    for axis, (title, pairs) in zip(axes, panels.items(), strict=True):
        names, values = zip(*pairs[::-1], strict=True)
        for place, (name, value) in enumerate(zip(names, values, strict=True)):
            colour = (FOR if value > 0 else AGAINST) if signed else COLOURS[0]
            drawn = axis.barh(place, value, color=colour, edgecolor="white")
            if signed and value <= 0:
                drawn[0].set_hatch(STRIPES)
            elif name in notes:
                drawn[0].set(facecolor=COLOURS[5], edgecolor="black", linewidth=1.5)
            axis.bar_label(drawn, [written(value, number)], padding=3, fontsize=9)
        if signed:
            axis.axvline(0, color="black", linewidth=1)
        labels = [f"{name}\n{notes[name]}" if name in notes else name for name in names]
        axis.set_yticks(range(len(names)), labels)
        axis.set_title(title, fontsize=10)
        axis.set_xlabel(xlabel)
        axis.margins(x=0.25)
        if xlim:
            axis.set_xlim(xlim)
    said = [
        f"{title}: " * bool(title)
        + "; ".join(f"{name} {written(value, number)}" for name, value in pairs)
        for title, pairs in panels.items()
    ]
    return picture(figure, caption, told(alt, f"Bars of {xlabel}", *said))


def strips(
    rows: Mapping[str, Sequence[float]],
    xlabel: str,
    caption: str = "",
    alt: str = "",
    xlim: tuple[float, float] | None = None,
    marked: Collection[str] = (),
    line: Level | None = None,
) -> Picture:
    """A row of marks a name, {name: values}; a black line and the number at the right are its mean.

    The rows in `marked` are orange triangles, the others blue dots. `line`: a dashed level and its
    name.

    >>> plot.strips({"a": [0, 1], "b": [1, 1]}, "score").alt
    'Means of score: a +0.50; b +1.00.'
    """
    figure = Figure((7.2, 0.36 * len(rows) + 0.9), layout="constrained")
    axis = figure.add_subplot(xlabel=xlabel, xlim=xlim)
    means = {name: float(np.mean(values)) for name, values in rows.items()}
    for place, (name, values) in enumerate(rows.items()):
        mark, colour = ("^", COLOURS[1]) if name in marked else ("o", COLOURS[0])
        spread = place + np.linspace(-0.18, 0.18, len(values))
        axis.plot(values, spread, mark, color=colour, markersize=5, alpha=0.7)
        axis.vlines(means[name], place - 0.32, place + 0.32, color="black", linewidth=3, zorder=3)
        right = axis.get_yaxis_transform()  # of the width, the share
        axis.text(1.02, place, written(means[name], "+.2f"), va="center", transform=right)
    if line:
        axis.axvline(line[0], color="black", linestyle="--", linewidth=1, zorder=0)
        above = axis.get_xaxis_transform()  # of the height, the share
        axis.text(line[0], 1.02, line[1], fontsize=9, ha="center", transform=above)
    axis.text(1.02, 1.02, "mean", fontsize=9, transform=axis.transAxes)
    axis.set_yticks(range(len(rows)), [" ".join(name.split()) for name in rows])
    axis.invert_yaxis()
    said = "; ".join(
        f"{' '.join(name.split())} {written(mean, '+.2f')}" for name, mean in means.items()
    )
    return picture(figure, caption, told(alt, f"Means of {xlabel}: {said}", _told(line)))


def _lift(
    labels: Sequence[Annotation], values: Sequence[float], tallest: float, line: Level | None
) -> None:
    """Put the numbers that a level would cross above it."""
    for label, value in zip(labels, values, strict=True):
        if line and value >= 0 and value < line[0] < value + 0.12 * max(tallest, line[0]):
            label.xy = (label.xy[0], line[0])


def _course(x: Sequence[float], y: Sequence[float], number: str) -> str:
    """Where a curve begins and ends, and its extremes if they lie between."""
    said = f"from {written(y[0], number)} to {written(y[-1], number)}"
    for what, extreme in (("highest", max), ("lowest", min)):
        value = extreme(y)
        if value not in (y[0], y[-1]):
            said += f", {what} {written(value, number)} at {x[list(y).index(value)]:g}"
    return said


def _told(line: Level | None) -> str:
    return f"Dashed line at {line[0]:.3g}: {' '.join(line[1].split())}" if line else ""


def _draw_level(axis: Axes, line: Level | None) -> None:
    """A dashed line behind everything, its name at its right end, outside."""
    if line:
        level, name = line
        axis.axhline(level, color="black", linestyle="--", linewidth=1, zorder=0.5)
        place = axis.get_yaxis_transform()  # of the width, the share
        axis.text(1.01, level, name, fontsize=9, va="center", transform=place)
