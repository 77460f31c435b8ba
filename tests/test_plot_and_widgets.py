"""Pictures that show themselves and describe themselves; widgets that only swap frames."""

import io

import pytest
import torch
from PIL import Image

from helpers import plot, widgets

PICTURE = torch.rand(1, 3, 20, 30, generator=torch.Generator().manual_seed(0))


def test_a_picture_is_a_png_with_alt_text():
    picture = plot.images(PICTURE, ["a <b>"], "One & only.")
    assert Image.open(io.BytesIO(picture.png)).format == "PNG"
    bundle = picture._repr_mimebundle_()
    assert 'alt="One &amp; only. a &lt;b&gt;"' in bundle["text/html"]
    assert bundle["text/plain"] == "One & only. a <b>"


def test_a_picture_is_saved(tmp_path):
    picture = plot.images(PICTURE)
    picture.save(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes() == picture.png


def test_heat_maps_take_one_or_three_channels_and_a_photograph():
    for maps in (PICTURE, PICTURE.mean(1, keepdim=True), [PICTURE[0]], torch.zeros(2, 1, 5, 5)):
        assert plot.heatmaps(maps, signed=True, over=PICTURE).png
    assert "photograph" in plot.heatmaps(PICTURE, ["a map"], photograph=PICTURE).alt


def test_wrong_shapes_and_numbers_of_titles_get_one_sentence():
    with pytest.raises(ValueError, match=r"give \(N,C,H,W\)"):
        plot.images(torch.rand(20, 30))
    with pytest.raises(ValueError, match="give one each"):
        plot.images(PICTURE, ["a", "b"])
    with pytest.raises(ValueError, match="give one each"):
        plot.heatmaps(PICTURE, ["a", "b"], photograph=PICTURE)


def test_charts_say_their_numbers():
    lines = plot.lines([1, 10], {"a": [0.5, 0.75]}, "n", "agreement", log_x=True)
    assert "agreement over n, 1 to 10: a from 0.5 to 0.75" in lines.alt
    bars = plot.bars(["x"], {"a": [0.25], "b": [0.5]}, "share", line=1.0)
    assert "x, a: 0.25; x, b: 0.50" in bars.alt


def test_slider_draws_every_frame_once_and_only_swaps_them():
    drawn = []

    def draw(value):
        drawn.append(value)
        return plot.Picture(f"png {value}".encode(), f"the frame {value}")

    control, picture, summary = widgets.slider(draw, [1, 2, 3], "value").children
    assert drawn == [1, 2, 3] and control.description == "value"
    assert picture.value == b"png 1"
    control.value = 3
    assert picture.value == b"png 3" and "the frame 3" in summary.value
    assert drawn == [1, 2, 3]


def test_toggles_draw_a_combination_once():
    drawn = []

    def draw(ticked):
        drawn.append(ticked)
        return plot.Picture(str(ticked).encode(), f"{sum(ticked)} ticked")

    row, picture, summary = widgets.toggles(draw, ["a", "b"]).children
    row.children[0].value = False
    row.children[0].value = True
    assert drawn == [(True, True), (False, True)]
    assert picture.value == b"(True, True)" and "2 ticked" in summary.value
