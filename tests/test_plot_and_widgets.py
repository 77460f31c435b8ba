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


def test_bars_without_numbers_leave_them_out_of_the_summary():
    values = {"": [3.0, 1.0]}
    assert plot.bars([1, 2], values, "share", "Two bars.", numbers=False).alt == "Two bars. share"
    assert plot.bars([1, 2], values, "share", notes={2: "this one"}).png


def test_matrices_take_dark_and_bright_in_either_order():
    """A falling pair of limits shows small values as a rising pair shows large ones."""
    values, groups = torch.rand(4, 4, generator=torch.Generator().manual_seed(0)), {"a": 4}
    rising = plot.matrix([values], ["t"], [(0, 1)], xlabel="x")
    falling = plot.matrix([1 - values], ["t"], [(1, 0)], xlabel="x")
    assert pixels(rising) == pixels(falling)
    written = plot.matrix([values], ["t"], [(0, 1)], groups=groups)
    assert pixels(written) != pixels(rising)
    with pytest.raises(ValueError):
        plot.matrix([values], ["t", "one too many"], [(0, 1)])


def test_a_frame_and_a_colour_bar_are_drawn_where_asked_for():
    values = torch.zeros(2, 3)
    plain = plot.matrix([values], ["t"], [(0, 1)])
    assert pixels(plot.matrix([values], ["t"], [(0, 1)], framed=[(1, 2)])) != pixels(plain)
    assert pixels(plot.matrix([values], ["t"], [(0, 1)], bar="weight")) != pixels(plain)


def test_clouds_have_numbers_only_on_named_axes():
    points = {"one": {"dots": torch.rand(5, 2)}, "two": {"dots": torch.rand(5, 2)}}
    bare, named = plot.scatter(points), plot.scatter(points, "x", "y")
    assert pixels(bare) != pixels(named)
    circled = {"here": ((0.5, 0.5), (0.2, 0.9))}
    assert pixels(plot.scatter(points, circled=circled)) != pixels(bare)


def test_pictures_stand_beside_each_other():
    one, two = plot.images(PICTURE, caption="One."), plot.images(PICTURE, caption="Two.", size=4)
    sizes = [Image.open(io.BytesIO(picture.png)).size for picture in (one, two)]
    joined = plot.beside(one, two)
    width, height = Image.open(io.BytesIO(joined.png)).size
    assert width == sum(w for w, _ in sizes) and height == max(h for _, h in sizes)
    assert joined.alt == "One Two" and plot.beside(one, two, caption="Both").alt == "Both"


def test_charts_of_names_tell_their_means_and_ends():
    strips = plot.strips({"a": [0.0, 1.0], "b": [1.0]}, "score", "Two columns", marked=["b"])
    assert strips.alt == "Two columns. Means: a +0.50; b +1.00"
    panels = {"left": {"a": [0.0, 2.0]}, "right": {"a": [1.0, 3.0], "b": [1.0, 1.0]}}
    lines = plot.line_panels([0, 1], panels, "layer", "distance", level=1)
    assert lines.alt.endswith(
        "left, a from 0.00 to 2.00; right, a from 1.00 to 3.00; right, b from 1.00 to 1.00"
    )
    pairs = [("the", 0.2), ("cat", -0.5), ("the", 0.1)]  # a name may repeat
    assert plot.barh({"": pairs}, "weight", "Three words", signed=True).alt == "Three words"


def pixels(picture: plot.Picture) -> bytes:
    return Image.open(io.BytesIO(picture.png)).convert("RGB").tobytes()


def numbered(drawn):
    """A `draw` that notes what it is asked for."""

    def draw(*values):
        drawn.append(values)
        return plot.Picture(str(values).encode(), f"the frame {values}")

    return draw


def test_slider_draws_every_frame_once_and_only_swaps_them():
    drawn = []
    widget = widgets.slider(numbered(drawn), [1, 2, 3], "value")
    (control,) = widget.controls
    assert drawn == [(1,), (2,), (3,)] and control.description == "value"
    assert "the frame (1,)" in widget.drawing.value
    control.value = 3
    assert "the frame (3,)" in widget.drawing.value
    assert len(drawn) == 3


def test_toggles_draw_a_combination_once():
    drawn = []
    widget = widgets.toggles(numbered(drawn), ["a", "b"])
    widget.controls[0].value = False
    widget.controls[0].value = True
    assert drawn == [((True, True),), ((False, True),)]
    assert "the frame ((True, True),)" in widget.drawing.value


def test_choose_draws_every_combination_beforehand():
    drawn = []
    widget = widgets.choose(numbered(drawn), {"layer": range(2), "word": [("a", 5), ("a", 6)]})
    assert drawn == [(0, 5), (0, 6), (1, 5), (1, 6)] == widget.states()
    assert len(dict(widget.controls[1].options)) == 2  # or no button would look chosen
    widget.controls[1].value = 6
    assert "the frame (0, 6)" in widget.drawing.value


def test_reset_puts_every_control_back_and_draws_nothing_in_between():
    drawn = []
    widget = widgets.toggles(numbered(drawn), ["a", "b", "c"])
    for control in widget.controls:
        control.value = False
    seen = len(drawn)
    next(c for c in widget.children[0].children if c.description == "Reset to start").click()
    assert widget.values == (True, True, True) and len(drawn) == seen
    assert "the frame ((True, True, True),)" in widget.drawing.value
    widget.controls[0].value = False  # still listened to
    assert "the frame ((False, True, True),)" in widget.drawing.value
