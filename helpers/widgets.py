"""Widgets on precomputed frames: they answer at once, with core ipywidgets only."""

import html
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets
from tqdm.auto import tqdm

from helpers.plot import Picture


def slider(draw: Callable[[Any], Picture], values: Sequence[Any], label: str) -> ipywidgets.Widget:
    """A labelled slider over pictures that were all drawn beforehand.

    `draw(value)` is called once for every value, with a progress bar where that takes long; moving
    the slider (mouse or arrow keys) then only swaps the frame and its text summary.
    """
    frames = {value: draw(value) for value in tqdm(values, desc=label, delay=2, leave=False)}
    control = ipywidgets.SelectionSlider(
        options=[(str(value), value) for value in values],
        description=label,
        continuous_update=True,
        style={"description_width": "initial"},
        layout={"width": "min(100%, 32em)"},
    )
    picture, summary = _frame()

    def show(change: Any = None) -> None:
        _show(frames[control.value], picture, summary)

    control.observe(show, names="value")
    show()
    return ipywidgets.VBox([control, picture, summary])


def toggles(
    draw: Callable[[tuple[bool, ...]], Picture], labels: Sequence[str]
) -> ipywidgets.Widget:
    """One checkbox a label, all ticked, above the picture that belongs to what is ticked.

    `draw(ticked)` is called when a combination is first seen and its picture kept, so it should
    take a fraction of a second.
    """
    frames: dict[tuple[bool, ...], Picture] = {}
    boxes = [
        ipywidgets.Checkbox(True, description=label, indent=False, layout={"width": "auto"})
        for label in labels
    ]
    row = ipywidgets.HBox(boxes, layout={"flex_flow": "row wrap", "grid_gap": "0 1.2em"})
    picture, summary = _frame()

    def show(change: Any = None) -> None:
        ticked = tuple(box.value for box in boxes)
        if ticked not in frames:
            frames[ticked] = draw(ticked)
        _show(frames[ticked], picture, summary)

    for box in boxes:
        box.observe(show, names="value")
    show()
    return ipywidgets.VBox([row, picture, summary])


def choose(
    draw: Callable[..., Any], options: Mapping[str, Sequence[Any]], buttons: bool = False
) -> ipywidgets.Widget:
    """One dropdown an option (or a row of buttons), above the drawing that belongs to the choice.

    `draw(*values)` gives a Picture or a Drawing; it is called once for every combination
    beforehand, with a progress bar where that takes long. A value may be a pair (label, value), so
    that labels may repeat.
    """
    style = {"description_width": "initial"} | ({"button_width": "auto"} if buttons else {})
    kind = ipywidgets.ToggleButtons if buttons else ipywidgets.Dropdown
    controls = [
        kind(options=list(values), description=label, style=style, layout={"width": "auto"})
        for label, values in options.items()
    ]
    values = [[v[1] if isinstance(v, tuple) else v for v in vs] for vs in options.values()]
    every = list(itertools.product(*values))
    frames = {v: draw(*v) for v in tqdm(every, desc=", ".join(options), delay=2, leave=False)}
    drawing, summary = ipywidgets.HTML(), ipywidgets.HTML()

    def show(change: Any = None) -> None:
        frame = frames[tuple(control.value for control in controls)]
        drawing.value = frame._repr_mimebundle_()["text/html"]
        summary.value = f"<small>{html.escape(frame.alt)}</small>"

    for control in controls:
        control.observe(show, names="value")
    show()
    row = ipywidgets.HBox(controls, layout={"flex_flow": "row wrap", "grid_gap": "0 1.2em"})
    return ipywidgets.VBox([row, drawing, summary])


def _frame() -> tuple[ipywidgets.Image, ipywidgets.HTML]:
    """A place for a picture, at its own size unless the page is narrower, and for its summary."""
    layout = {"max_width": "100%", "object_fit": "contain", "align_self": "flex-start"}
    return ipywidgets.Image(format="png", layout=layout), ipywidgets.HTML()


def _show(frame: Picture, picture: ipywidgets.Image, summary: ipywidgets.HTML) -> None:
    picture.value = frame.png
    summary.value = f"<small>{html.escape(frame.alt)}</small>"
