"""Runs in the kernel of a lesson to be published: it leaves pictures as data, widgets as frames."""

import base64
import itertools
from typing import Any

import ipywidgets
from IPython import get_ipython

from helpers.attention import Drawing
from helpers.plot import Picture
from helpers.widgets import Frames, choices
from publish import FIGURE, FRAMES

MOST = 100  # frames of one widget; with more states only a few controls at a time leave the start

KINDS: dict[type, str] = {
    ipywidgets.SelectionSlider: "slider",
    ipywidgets.Checkbox: "checkbox",
    ipywidgets.Dropdown: "dropdown",
    ipywidgets.ToggleButtons: "buttons",
}


def install() -> None:
    """From now on a picture gives data, a widget its frames, its still picture or nothing."""
    formatter = get_ipython().display_formatter.mimebundle_formatter
    formatter.for_type(Picture, figure)
    formatter.for_type(Drawing, figure)
    formatter.for_type(ipywidgets.Widget, still)
    formatter.for_type(Frames, frames)


def figure(picture: Picture | Drawing) -> dict[str, Any]:
    return {FIGURE: as_data(picture), "text/plain": picture.alt}


def still(widget: ipywidgets.Widget) -> dict[str, Any]:
    picture = getattr(widget, "still", None)
    return figure(picture) if picture else {"text/plain": ""}


def frames(widget: Frames) -> dict[str, Any]:
    """The controls, and the frame of each state by the positions of its options: {"0,3": …}."""
    options = [choices(control) for control in widget.controls]
    start = tuple(
        [value for _, value in chosen].index(control.value)
        for control, chosen in zip(widget.controls, options, strict=True)
    )
    every = list(itertools.product(*(range(len(chosen)) for chosen in options)))
    moved = {s: sum(a != b for a, b in zip(s, start, strict=True)) for s in every}
    at_once = len(start)
    while at_once > 1 and len(every) > MOST:
        at_once -= 1
        every = [state for state in every if moved[state] <= at_once]
    drawn = {
        state: widget.frame(tuple(chosen[i][1] for chosen, i in zip(options, state, strict=True)))
        for state in every
    }
    return {
        FRAMES: {
            "controls": [
                {"kind": KINDS[type(c)], "label": c.description, "options": [n for n, _ in chosen]}
                for c, chosen in zip(widget.controls, options, strict=True)
            ],
            "start": start,
            "at_once": at_once,
            "frames": {",".join(map(str, state)): as_data(f) for state, f in drawn.items()},
        },
        "text/plain": drawn[start].alt,
    }


def as_data(frame: Picture | Drawing) -> dict[str, Any]:
    said = {"alt": frame.alt, "caption": frame.caption}
    if isinstance(frame, Drawing):
        return {"svg": frame.svg, **said}
    webp = base64.b64encode(frame.webp).decode()
    return {"webp": webp, "type": frame.smallest_type, **said}
