"""Charts of numbers by name: bars, horizontal bars, strips of marks."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

import numpy as np
from matplotlib.figure import Figure

from helpers.plot.base import (
    AGAINST,
    COLOURS,
    FOR,
    HATCHES,
    STRIPES,
    WIDE,
    Picture,
    picture,
    told,
    written,
)
from helpers.plot.level import CLEAR, Level, draw_level, level_told, lift

Group = TypeVar("Group", str, int)


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
            lift(labels, values, tallest, line)
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
    draw_level(axis, line)
    if len(series) > 1:
        figure.legend(loc="outside upper center", ncols=4)
    said = [
        f"{' '.join(str(group).split())}, {name}: {written(values[i], number)}".replace(", :", ":")
        for i, group in enumerate(groups)
        for name, values in (series.items() if number else ())
    ]
    return picture(
        figure, caption, told(alt, f"Bars of {ylabel}", "; ".join(said), level_told(line))
    )


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
    return picture(figure, caption, told(alt, f"Means of {xlabel}: {said}", level_told(line)))
