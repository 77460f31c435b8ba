"""A reference level in a chart: a dashed line, its name at its end, and no number under it."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.text import Annotation

Level = tuple[float, str]  # a value, and what it means
CLEAR = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.8}  # behind a number


def draw_level(axis: Axes, line: Level | None) -> None:
    """A dashed line behind everything, its name outside, at its right end.

    >>> from matplotlib.figure import Figure
    >>> plot.level.draw_level(Figure().add_subplot(), (0.5, "chance"))
    """
    if line:
        level, name = line
        axis.axhline(level, color="black", linestyle="--", linewidth=1, zorder=0.5)
        place = axis.get_yaxis_transform()  # of the width, the share
        axis.text(1.01, level, name, fontsize=9, va="center", transform=place)


def level_told(line: Level | None) -> str:
    """The level in words.

    >>> plot.level.level_told((0.5, "chance"))
    'Dashed line at 0.5: chance'
    """
    return f"Dashed line at {line[0]:.3g}: {' '.join(line[1].split())}" if line else ""


def lift(
    labels: Sequence[Annotation], values: Sequence[float], tallest: float, line: Level | None
) -> None:
    """Put the numbers on bars (values) that the level would cross above it.

    >>> from matplotlib.figure import Figure
    >>> axis = Figure().add_subplot()
    >>> labels = axis.bar_label(axis.bar([0], [0.49]))
    >>> plot.level.lift(labels, [0.49], 1, (0.5, "chance"))
    >>> labels[0].xy[1]
    0.5
    """
    for label, value in zip(labels, values, strict=True):
        if line and 0 <= value < line[0] < value + 0.12 * max(tallest, line[0]):
            label.xy = (label.xy[0], line[0])
