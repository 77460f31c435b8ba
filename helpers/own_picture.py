"""A panel for a picture of one's own: every local explanation method, before and after an edit.

Core ipywidgets only. What it computes and draws is in `helpers/side_by_side.py`.
"""

import html
import textwrap
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ipywidgets
import torch
import torch.nn.functional as F
from torch import Tensor

from helpers import load
from helpers.model import Classifier
from helpers.plot import Picture
from helpers.side_by_side import (
    EDITS,
    METHODS,
    QUICK,
    SIGNED,
    draw,
    explain_all,
    like_sobel,
    probabilities,
)


class Panel(ipywidgets.VBox):
    """The controls, a line that says what happened, and the figure.

    An uploaded or named picture, and a class that was typed, become entries of their drop-down, so
    that the drop-downs always say what will be explained. `still` is the figure that is shown.

    >>> panel = own_picture.Panel(network, size=64)
    >>> panel.picture.value, panel.edit.value
    ('cat', 'none')
    """

    still: Picture

    def __init__(self, network: Classifier, size: int) -> None:
        self.network, self.size = network, size
        self.pictures = {name: fitted(p, size) for name, p in load.photographs().items()}
        look = {"style": {"description_width": "initial"}, "layout": {"width": "auto"}}
        late = {"continuous_update": False, **look}  # answers Enter or leaving, not each letter
        several = [("three quick ones", QUICK), ("all side by side", tuple(METHODS))]
        self.picture = ipywidgets.Dropdown(
            options=list(self.pictures), description="Picture", **look
        )
        self.upload = ipywidgets.FileUpload(
            accept="image/*",
            description="Upload",
            tooltip="over 10 MB only where Jupyter lets it through; else type the path",
            layout=look["layout"],
        )
        self.path = ipywidgets.Text(description="or its path", placeholder="my_dog.jpg", **late)
        self.target = ipywidgets.Dropdown(description="Class", **look)
        names = sorted(set(network.classes))
        self.name = ipywidgets.Combobox(options=names, description="or any class", **late)
        single = [(name, (name,)) for name in METHODS]
        self.methods = ipywidgets.Dropdown(options=several + single, description="Method", **look)
        self.edit = ipywidgets.Dropdown(options=["none", *EDITS], description="Edit", **look)
        self.button = ipywidgets.Button(description="Explain", button_style="primary")
        self.progress = ipywidgets.IntProgress(description="Explaining", style=look["style"])
        self.message, self.result = ipywidgets.HTML(), ipywidgets.HTML()
        self.picture.observe(self.picture_chosen, names="value")
        self.upload.observe(self.uploaded, names="value")
        self.path.observe(self.path_typed, names="value")
        self.name.observe(self.class_typed, names="value")
        self.button.on_click(self.explain)
        rows = (
            (self.picture, self.upload, self.path),
            (self.target, self.name),
            (self.methods, self.edit, self.button),
            (self.message, self.progress),
        )
        wrap = {"flex_flow": "row wrap", "grid_gap": "0 1.2em", "align_items": "center"}
        super().__init__([*(ipywidgets.HBox(row, layout=wrap) for row in rows), self.result])
        self.picture_chosen()
        self.explain()
        self.say("Choose a picture, a class, a method and an edit, then press Explain.")

    def say(self, sentence: str) -> None:
        self.message.value = f'<span role="status">{html.escape(sentence)}</span>'

    @contextmanager
    def reported(self) -> Generator[None, None, None]:
        """Whatever goes wrong inside becomes one sentence; the result stays as it was."""
        try:
            yield
        except Exception as error:
            self.say(str(error).partition("\n")[0] or type(error).__name__)

    def picture_chosen(self, change: Any = None) -> None:
        with self.reported():
            shares = probabilities(self.network, self.pictures[self.picture.value])[0]
            best = shares.topk(min(10, len(shares))).indices.tolist()
            self.target.options = [self.labelled(shares, index) for index in best]
            self.target.index = 0
            self.path.value = self.name.value = ""  # what stood there was for another picture
            self.say(f"{self.picture.value}: choose what to explain and press Explain.")

    def labelled(self, shares: Tensor, index: int) -> tuple[str, int]:
        return f"{self.network.classes[index]} {shares[index]:.1%}", index

    def uploaded(self, change: Any = None) -> None:
        for file in self.upload.value:
            with self.reported(), TemporaryDirectory() as folder:
                path = Path(folder) / "upload"
                path.write_bytes(file["content"])
                try:
                    self.add(file["name"], load.image(path, self.size))
                except ValueError as error:  # it names the copy, people know the original
                    raise ValueError(str(error).replace(str(path), file["name"])) from None
        self.upload.value = ()

    def path_typed(self, change: Any = None) -> None:
        if path := self.path.value.strip():
            with self.reported():
                self.add(Path(path).name, load.image(path, self.size))

    def add(self, name: str, picture: Tensor) -> None:
        name = f"{name} (yours)"
        self.pictures[name] = picture
        self.picture.options = list(self.pictures)
        self.picture.value = name
        self.picture_chosen()  # also where another file of this name was chosen before

    def class_typed(self, change: Any = None) -> None:
        if name := self.name.value.strip():
            with self.reported():
                index = load.class_index(self.network, name)
                shares = probabilities(self.network, self.pictures[self.picture.value])[0]
                entry = self.labelled(shares, index)
                self.target.options = list(dict.fromkeys([*self.target.options, entry]))
                self.target.value = index
                self.name.value = ""
                self.say(f"{entry[0]}: press Explain.")

    def explain(self, button: Any = None) -> None:
        for box, take in ((self.path, self.path_typed), (self.name, self.class_typed)):
            take()  # a file may be there by now that was missing when its path was typed
            if box.value.strip():
                return
        self.button.disabled = True
        self.progress.layout.display = None
        with self.reported():
            self.fill()
        self.progress.layout.display = "none"
        self.button.disabled = False

    def fill(self) -> None:
        """Explain what the drop-downs say; columns appear as they are finished."""
        start, methods, target = time.monotonic(), self.methods.value, self.target.value
        name = self.network.classes[target]
        rows = {"original": self.pictures[self.picture.value]}
        if self.edit.value != "none":
            rows[self.edit.value] = EDITS[self.edit.value](rows["original"])
        pictures = torch.cat(list(rows.values()))
        shares = probabilities(self.network, pictures)[:, target].tolist()
        short = textwrap.shorten(name, 24, placeholder=" …")
        labels = [f"{row}\n{short} {p:.1%}" for row, p in zip(rows, shares, strict=True)]
        alt = f"What speaks for {name} in {self.picture.value}"
        caption = f"What speaks for {name}: bright, or magenta over the picture. "
        if set(methods) & set(SIGNED):
            caption += "Striped blue speaks against it. "
        caption += "The number: rank correlation with Sobel's edges, which need no network."

        def show(results: dict[str, Tensor | str]) -> None:
            numbers = like_sobel(results, pictures[:1])
            self.still = draw(pictures, labels, results, methods, caption, alt, numbers)
            self.result.value = self.still._repr_mimebundle_()["text/html"]
            self.progress.value = len(results)
            self.say(f"{len(results)} of {len(methods)} done.")

        self.progress.max = len(methods)
        show({})  # the pictures at once
        results = explain_all(self.network, pictures, target, methods, show)
        reasons = [f"No {m}: {why}" for m, why in results.items() if isinstance(why, str)]
        self.say(" ".join([f"Done in {time.monotonic() - start:.1f} s.", *reasons]))


def fitted(picture: Tensor, size: int) -> Tensor:
    """The picture (N, 3, H, W) squeezed or stretched to (N, 3, size, size).

    >>> fitted(cat, 64).shape
    torch.Size([1, 3, 64, 64])
    """
    return F.interpolate(picture, (size, size), mode="bilinear", antialias=True)


def panel(network: Classifier | None = None, size: int = 224) -> Panel:
    """The panel on a network with `.classes`, as `load.network` gives it (default: the course's).

    `size` is the side of the pictures that the network takes, in pixels.

    >>> panel = own_picture.panel(network, size=64)
    >>> panel.methods.options[0]
    ('three quick ones', ('gradient', 'Grad-CAM', 'Sobel (control)'))
    """
    return Panel(network or load.network(), size)
