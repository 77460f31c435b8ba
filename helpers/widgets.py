"""Widgets on drawings made beforehand: they answer at once, with core ipywidgets only."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets
from tqdm.auto import tqdm

from helpers.attention import Drawing
from helpers.plot import Picture

Control = (
    ipywidgets.Checkbox
    | ipywidgets.SelectionSlider
    | ipywidgets.Dropdown
    | ipywidgets.ToggleButtons
)
WIDE = {"style": {"description_width": "initial"}}


class Frames(ipywidgets.VBox):
    """Labelled controls, a button back to the start, and the drawing that belongs to their values.

    `draw(*values)` gives a Picture or a Drawing. It is called once for each combination of values:
    for all of them `beforehand`, with a progress bar where that takes long, or else when one is
    first seen (then it should take a fraction of a second).

    >>> control = ipywidgets.Checkbox(description="dark")
    >>> widgets.Frames(lambda dark: plot.images(cat / (1 + dark)), [control]).states()
    [(False,), (True,)]
    """

    def __init__(
        self,
        draw: Callable[..., Picture | Drawing],
        controls: Sequence[Control],
        beforehand: bool = True,
    ) -> None:
        self.controls, self.draw = controls, draw
        self.drawn: dict[tuple, Picture | Drawing] = {}
        self.start = self.values
        if beforehand:
            label = ", ".join(control.description for control in controls)
            for values in tqdm(self.states(), desc=label, delay=2, leave=False):
                self.frame(values)
        self.drawing = ipywidgets.HTML()
        back = ipywidgets.Button(description="Reset to start", layout={"width": "auto"})
        back.on_click(self.reset)
        layout = {"flex_flow": "row wrap", "grid_gap": "0 1.2em", "align_items": "flex-end"}
        row = ipywidgets.HBox([*controls, back], layout=layout)
        super().__init__([row, self.drawing])
        self._watch(True)
        self.show()

    @property
    def values(self) -> tuple:
        return tuple(control.value for control in self.controls)

    def states(self) -> list[tuple]:
        """Every combination of values."""
        return list(itertools.product(*([v for _, v in choices(c)] for c in self.controls)))

    def frame(self, values: tuple) -> Picture | Drawing:
        if values not in self.drawn:
            self.drawn[values] = self.draw(*values)
        return self.drawn[values]

    def show(self, change: Any = None) -> None:
        self.drawing.value = self.frame(self.values)._repr_mimebundle_()["text/html"]

    def reset(self, button: Any = None) -> None:
        """Put every control back where it began, and draw once."""
        self._watch(False)
        for control, value in zip(self.controls, self.start, strict=True):
            control.value = value
        self._watch(True)
        self.show()

    def _watch(self, on: bool) -> None:
        for control in self.controls:
            (control.observe if on else control.unobserve)(self.show, names="value")


def choices(control: Control) -> list[tuple[str, Any]]:
    """What a control can be set to, as (label, value).

    >>> choices(ipywidgets.Checkbox())
    [('off', False), ('on', True)]
    """
    if isinstance(control, ipywidgets.Checkbox):
        return [("off", False), ("on", True)]
    return [o if isinstance(o, tuple) else (str(o), o) for o in control.options]


def slider(
    draw: Callable[[Any], Picture], values: Sequence[Any], label: str, start: Any = None
) -> Frames:
    """A labelled slider over pictures, `draw(value)`, that were all drawn beforehand.

    It begins at the value `start`, where one sees most, or at the first one.

    >>> widgets.slider(lambda share: plot.images(share * cat), [0.5, 1], "brightness").values
    (0.5,)
    """
    control = ipywidgets.SelectionSlider(
        options=[(str(value), value) for value in values],
        value=values[0] if start is None else start,
        description=label,
        continuous_update=True,
        layout={"width": "min(100%, 32em)"},
        **WIDE,
    )
    return Frames(draw, [control])


def toggles(draw: Callable[[tuple[bool, ...]], Picture], labels: Sequence[str]) -> Frames:
    """One checkbox a label, all ticked, above the picture `draw(ticked)`, drawn when first seen.

    >>> widgets.toggles(lambda ticked: plot.images(cat * ticked[0]), ["light"]).values
    (True,)
    """
    boxes = [
        ipywidgets.Checkbox(True, description=label, indent=False, layout={"width": "auto"})
        for label in labels
    ]
    return Frames(lambda *ticked: draw(ticked), boxes, beforehand=False)


def choose(
    draw: Callable[..., Picture | Drawing],
    options: Mapping[str, Sequence[Any]],
    buttons: bool = False,
    start: Sequence[Any] = (),
) -> Frames:
    """One dropdown an option (or a row of buttons) above `draw(*values)`, all drawn beforehand.

    A value may be a pair (label, value), so that labels may repeat. It begins at the values in
    `start`, or at the first ones.

    >>> widgets.choose(lambda share: plot.images(share * cat), {"brightness": [0.5, 1]}).states()
    [(0.5,), (1,)]
    """
    kind = ipywidgets.ToggleButtons if buttons else ipywidgets.Dropdown
    style = WIDE["style"] | ({"button_width": "auto"} if buttons else {})
    controls = [
        kind(options=_told_apart(values), description=label, style=style, layout={"width": "auto"})
        for label, values in options.items()
    ]
    for control, value in zip(controls, start, strict=False):
        control.value = value
    return Frames(draw, controls)


def _told_apart(values: Sequence[Any]) -> list[tuple[str, Any]]:
    """(label, value) with labels that differ, if only by spaces of no width.

    ipywidgets marks the chosen button by its label; a second "the" would unmark the first.
    """
    pairs = [v if isinstance(v, tuple) else (str(v), v) for v in values]
    labels = [label for label, _ in pairs]
    return [(f"{n}{chr(0x200B) * labels[:i].count(n)}", v) for i, (n, v) in enumerate(pairs)]
