"""Charts of numbers by name: lines, bars, horizontal bars, strips of marks."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

import numpy as np
from matplotlib.figure import Figure

from helpers.plot.base import COLOURS, DASHES, HATCHES, Mark, Picture, picture

Group = TypeVar("Group", str, int)


def lines(
    x: Sequence[float],
    series: Mapping[str, Sequence[float]],
    xlabel: str,
    ylabel: str,
    caption: str = "",
    log_x: bool = False,
) -> Picture:
    """One line a series over a common x, told apart by colour, dashes and a label at its end.

    >>> plot.lines([1, 2], {"a": [0.5, 0.75]}, "n", "share").alt
    'share over n, 1 to 2: a from 0.5 to 0.75'
    """
    figure = Figure(figsize=(6.4, 3.4), layout="constrained")
    axis = figure.add_subplot()
    for index, (name, y) in enumerate(series.items()):
        colour, dash = COLOURS[index % 7], DASHES[index % 7]
        axis.plot(x, y, color=colour, linestyle=dash, marker="o", markersize=4, label=name)
    axis.set(xlabel=xlabel, ylabel=ylabel, xscale="log" if log_x else "linear")
    if log_x:
        axis.set_xticks(list(x), [f"{value:g}" for value in x])
        axis.minorticks_off()
    axis.grid(alpha=0.3)
    if len(series) > 1:
        figure.legend(loc="outside upper center", ncols=min(len(series), 3))
    ends = [f"{name} from {float(y[0]):.3g} to {float(y[-1]):.3g}" for name, y in series.items()]
    summary = f"{ylabel} over {xlabel}, {x[0]:g} to {x[-1]:g}: {'; '.join(ends)}"
    return picture(figure, _told(caption, summary))


def line_panels(
    x: Sequence[float],
    panels: Mapping[str, Mapping[str, Sequence[float]]],
    xlabel: str,
    ylabel: str,
    caption: str = "",
    marks: Mapping[str, Mark] | None = None,
    level: float | None = None,
) -> Picture:
    """One panel of lines a title, {title: {name: y}}, all on one scale.

    The end of each first line has its value. `marks`: how a name is drawn; `level`: a dashed line,
    for example chance.

    >>> plot.line_panels([1, 2], {"left": {"a": [0.5, 1.0]}}, "n", "share").alt
    'share over n: left, a from 0.50 to 1.00'
    """
    figure = Figure(figsize=(3.2 * len(panels), 3.2), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    told = []
    for axis, (title, series) in zip(axes, panels.items(), strict=True):
        for index, (name, y) in enumerate(series.items()):
            mark, colour, area = (marks or {}).get(name, ("o", COLOURS[index % 7], 20))
            (line,) = axis.plot(x, y, color=colour, marker=mark, markersize=area**0.5, label=name)
            line.set_linestyle(DASHES[3 * index % 7])  # the second one is dotted
            if index == 0:
                end = f"{y[-1]:.1f}"
                axis.annotate(end, (x[-1], y[-1]), (4, 4), textcoords="offset points")
            told.append(f"{title}, {name} from {y[0]:.2f} to {y[-1]:.2f}")
        if level is not None:
            axis.axhline(level, color="gray", linestyle="--", linewidth=1)
        axis.set(title=title, xlabel=xlabel)
        axis.margins(x=0.15, y=0.1)
    axes[0].set_ylabel(ylabel)
    axes[0].legend()
    return picture(figure, _told(caption, f"{ylabel} over {xlabel}: {'; '.join(told)}"))


def bars(
    groups: Sequence[Group],
    series: Mapping[str, Sequence[float]],
    ylabel: str,
    caption: str = "",
    line: float | None = None,
    line_name: str = "",
    xlabel: str = "",
    title: str = "",
    size: tuple[float, float] | None = None,
    numbers: bool = True,
    notes: Mapping[Group, str] | None = None,
) -> Picture:
    """Grouped bars with their values on top; `line` draws a dashed level, for example chance.

    For many bars: `numbers` False leaves the values out of the drawing and of its summary; `notes`,
    {group: text}, makes these groups' bars black and the others pale. Of more than 24 groups every
    tenth is named. `size`: (width, height) in inches.

    >>> plot.bars(["x"], {"a": [0.25], "b": [0.5]}, "share").alt
    'share. x, a: 0.25; x, b: 0.50'
    """
    figure = Figure(
        size or (min(9.0, max(4.0, 1.1 * len(groups) * len(series))), 3.2), layout="constrained"
    )
    axis = figure.add_subplot(xlabel=xlabel, ylabel=ylabel)
    axis.set_title(title, fontsize=11)
    width = 0.8 / len(series)
    for index, (name, values) in enumerate(series.items()):
        position = np.arange(len(groups)) + (index - (len(series) - 1) / 2) * width
        drawn = axis.bar(position, values, width, label=name, color=COLOURS[index % 7])
        for bar, group in zip(drawn, groups, strict=True):
            if notes:
                bar.set_facecolor(COLOURS[6] if group in notes else COLOURS[5])
            else:
                bar.set(hatch=HATCHES[index % 6], edgecolor="white")
        if numbers:
            axis.bar_label(drawn, fmt="%.2g", padding=2, fontsize=9)
    tallest = max(max(values) for values in series.values())
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
    if line is not None:
        axis.axhline(line, color="black", linestyle="--", linewidth=1)
        axis.text(-0.4, line, line_name, fontsize=10, va="bottom")
    shown = range(len(groups)) if len(groups) <= 24 else range(9, len(groups), 10)
    axis.set_xticks(list(shown), [str(groups[place]) for place in shown])
    axis.margins(y=0.15)
    if len(series) > 1:
        figure.legend(loc="outside upper center", ncols=len(series))
    said = [
        f"{group}, {name}: {values[i]:.2f}" if name else f"{group}: {values[i]:.2f}"
        for i, group in enumerate(groups)
        for name, values in series.items()
    ]
    return picture(figure, _told(caption, ylabel, "; ".join(said) if numbers else ""))


def barh(
    panels: Mapping[str, Sequence[tuple[str, float]]],
    xlabel: str,
    caption: str = "",
    number: str = ".2f",
    signed: bool = False,
    xlim: tuple[float, float] | None = None,
    notes: Mapping[str, str] | None = None,
) -> Picture:
    """Horizontal bars with their values, one panel a title, {title: (name, value) pairs}.

    The first pair is on top; a name may repeat. `number` formats the values. `signed`: values above
    0 are orange and dotted, others blue and striped. `notes`, {name: text}, makes these bars orange
    and striped and writes the text behind the value.

    >>> plot.barh({"": [("good", 0.9), ("film", -0.1)]}, "weight", "Two words.", signed=True).alt
    'Two words'
    """
    most, notes = max(len(pairs) for pairs in panels.values()), notes or {}
    wide = 6.4 if len(panels) == 1 else 4.2 * len(panels)
    figure = Figure((wide, 0.25 * most + 0.9), layout="constrained")
    axes = figure.subplots(1, len(panels), sharex=True, squeeze=False)[0]
    for axis, (title, pairs) in zip(axes, panels.items(), strict=True):
        names, values = zip(*pairs[::-1], strict=True)
        for place, (name, value) in enumerate(zip(names, values, strict=True)):
            colour, hatch = COLOURS[0], ""
            if signed:
                colour, hatch = (COLOURS[4], "..") if value > 0 else (COLOURS[5], "//")
            elif name in notes:
                colour, hatch = COLOURS[4], "//"
            drawn = axis.barh(place, value, color=colour, hatch=hatch, edgecolor="white")
            text = " ".join([format(value, number), *([notes[name]] if name in notes else [])])
            axis.bar_label(drawn, [text], padding=3, fontsize=9)
        if signed:
            axis.axvline(0, color="black", linewidth=1)
        axis.set_yticks(range(len(names)), names)
        axis.set_title(title, fontsize=10)
        axis.set_xlabel(xlabel)
        axis.margins(x=0.2)
        if xlim:
            axis.set_xlim(xlim)
    return picture(figure, caption)


def strips(
    columns: Mapping[str, Sequence[float]],
    ylabel: str,
    caption: str = "",
    ylim: tuple[float, float] | None = None,
    marked: Collection[str] = (),
) -> Picture:
    """A column of marks a name, {name: values}; a black line and a number are its mean.

    The columns in `marked` are orange triangles, the others blue dots.

    >>> plot.strips({"a": [0, 1], "b": [1, 1]}, "score").alt
    'Means: a +0.50; b +1.00'
    """
    figure = Figure((9.6, 3.8), layout="constrained")
    axis = figure.add_subplot(ylabel=ylabel, ylim=ylim)
    means = {name: float(np.mean(values)) for name, values in columns.items()}
    for place, (name, values) in enumerate(columns.items()):
        mark, colour = ("^", COLOURS[1]) if name in marked else ("o", COLOURS[5])
        spread = place + np.linspace(-0.2, 0.2, len(values))
        axis.plot(spread, values, mark, color=colour, markersize=5)
        axis.hlines(means[name], place - 0.35, place + 0.35, color="black", linewidth=3)
        above = axis.get_xaxis_transform()  # of the height, the share
        axis.text(place, 0.03, f"{means[name]:+.2f}", ha="center", transform=above)
    axis.axhline(0, color="gray", linestyle="--")
    axis.set_xticks(range(len(columns)), list(columns), fontsize=9)
    said = "; ".join(f"{name} {mean:+.2f}" for name, mean in means.items())
    return picture(figure, _told(caption, f"Means: {said}"))


def _told(*parts: str) -> str:
    """The parts of a summary as sentences."""
    return ". ".join(part.rstrip(". ") for part in parts if part)
