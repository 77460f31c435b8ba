"""Pictures that show, describe and explain themselves; widgets that only swap frames."""

import io

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from helpers import plot, widgets
from helpers.plot import pictures

PICTURE = torch.rand(1, 3, 20, 30, generator=torch.Generator().manual_seed(0))


GRAY = PICTURE.mean(1, keepdim=True)


def test_a_picture_is_a_webp_with_alt_text_and_its_caption_below():
    picture = plot.images(PICTURE, ["a <b>"], "Why & how.", "One & only.")
    assert Image.open(io.BytesIO(picture.webp)).format == "WEBP"
    bundle = picture._repr_mimebundle_()
    assert 'alt="One &amp; only. a &lt;b&gt;."' in bundle["text/html"]
    assert ">Why &amp; how.</figcaption>" in bundle["text/html"]
    assert bundle["text/plain"] == "One & only. a <b>."
    assert "figcaption" not in plot.images(PICTURE)._repr_mimebundle_()["text/html"]


def test_a_picture_is_shown_at_half_its_pixels():
    picture = plot.images(PICTURE, ["a"])
    width = Image.open(io.BytesIO(picture.webp)).width
    assert picture.width == round(width / 2)
    assert f'width="{picture.width}"' in picture._repr_mimebundle_()["text/html"]


def test_a_picture_is_saved(tmp_path):
    picture = plot.images(PICTURE)
    picture.save(tmp_path / "picture.png")
    with Image.open(tmp_path / "picture.png") as saved:
        assert saved.format == "PNG" and saved.tobytes() == pixels(picture)


def test_a_picture_says_how_small_its_smallest_letters_are():
    """In its own pixels, 200 an inch; what is not drawn does not count."""
    assert plot.images(PICTURE).smallest_type is None
    assert plot.images(PICTURE, ["a"]).smallest_type == pytest.approx(10 * 200 / 72, abs=0.1)
    figure = Figure((2, 2))
    figure.text(0, 0, "large", fontsize=20)
    figure.text(0, 0, "medium", fontsize=12)
    figure.text(0, 0, "small", fontsize=7, visible=False)
    assert plot.picture(figure).smallest_type == pytest.approx(12 * 200 / 72, abs=0.1)
    both = plot.beside(plot.images(PICTURE, ["a"]), plot.images(PICTURE), plot.picture(figure))
    assert both.smallest_type == pytest.approx(10 * 200 / 72, abs=0.1)


def wide_pictures():
    """Every kind of picture, with as much in it as a lesson may ask for."""
    many, values = [PICTURE] * 9, [0.5] * 9
    names = [f"a rather long name {n}" for n in range(9)]
    yield plot.images(many, names)
    yield plot.images(many, columns=names[:3], rows=["a long\nheading of a row"] * 3)
    yield plot.heatmaps(many, names, photograph=PICTURE, columns=4)
    yield plot.heatmaps(many, over=PICTURE, signed=True, rows=["a row", "a row", "a row"])
    yield plot.pieces(PICTURE, torch.zeros(20, 30).long(), [torch.ones(1)] * 3, names[:3])
    yield plot.lines(range(9), {name: values for name in names[:6]}, "x", "y", line=(0.5, "chance"))
    yield plot.line_panels(range(9), {n: {"a": values} for n in "abc"}, "x", "y", line=(1, "one"))
    yield plot.bars(names, {"a": values, "b": values}, "y", line=(0.5, "chance"))
    yield plot.barh({n: [("a name", 0.5)] for n in names[:2]}, "x", signed=True)
    yield plot.strips({name: values for name in names}, "x", line=(0, "unrelated"))
    yield plot.matrix([torch.eye(6)] * 6, names[:6], [(0, 1)] * 6, bar="weight")
    yield plot.matrix([torch.eye(4)] * 2, names[:2], [(0, 1)] * 2, groups={"a": 2, "b": 2})
    yield plot.scatter({n: {"a": torch.rand(5, 2)} for n in names[:3]})
    yield plot.arrows({"a": (1, 0)}, "title")


def test_nothing_is_wider_than_eight_inches_or_written_smaller_than_eight_points():
    for picture in wide_pictures():
        assert picture.width <= 800, picture.alt
        assert picture.smallest_type >= 8 * 200 / 72 - 0.1, picture.alt


def test_heat_maps_take_one_or_three_channels_and_photographs():
    for maps in (PICTURE, GRAY, [PICTURE[0]], torch.zeros(2, 1, 20, 30)):
        assert plot.heatmaps(maps, signed=True, over=PICTURE).webp
    assert "photograph" in plot.heatmaps(PICTURE, ["a map"], photograph=PICTURE).alt
    four = [PICTURE] * 4
    by_row = plot.heatmaps(four, photograph=[PICTURE] * 2, columns=["p", "a", "b"], rows=["x", "y"])
    assert by_row.alt == "Rows: x, y; Columns: p, a, b."
    assert plot.heatmaps(four, above=four, columns=list("abcd"), rows=["p", "m"]).webp
    assert plot.heatmaps([None, PICTURE], over=PICTURE).webp


def test_where_a_map_is_zero_the_photograph_shows_as_it_is():
    axis = Figure().add_subplot()
    strength = np.zeros((20, 30))
    strength[:, 10:20], strength[:, 20:] = 1, -1
    pictures.show_map(axis, strength, signed=True, under=PICTURE[0])
    drawn, photograph = axis.images[0].get_array(), pictures.pixels_of(PICTURE[0])
    np.testing.assert_array_equal(drawn[:, :10], photograph[:, :10])
    for part, colour in ((slice(10, 20), plot.FOR), (slice(20, 30), plot.AGAINST)):
        wanted = 0.15 * photograph[:, part] + 0.85 * np.array(to_rgb(colour))
        np.testing.assert_allclose(drawn[:, part], wanted)
    (stripes,) = axis.collections  # what speaks against is not told by its colour alone
    left = stripes.get_paths()[0].vertices[:, 0].min()
    assert stripes.hatches == ["////"] and left == pytest.approx(19.625)


def test_a_photograph_never_has_the_colours_of_a_map():
    picture = plot.heatmaps(GRAY, ["a map"], photograph=GRAY)
    seen = np.array(Image.open(io.BytesIO(picture.webp)).convert("RGB")).astype(int)
    middle = seen[seen.shape[0] // 2 :]
    first, second = middle[:, 40:600], middle[:, 700:1200]  # the two panels, three inches each
    assert np.ptp(first, axis=2).max() <= 12  # as far as WebP keeps it
    assert np.ptp(second, axis=2).max() > 100


def test_the_strongest_pieces_are_tinted_and_an_empty_explanation_says_so():
    segments = torch.arange(30).expand(20, 30) // 10
    weights = [torch.tensor([2.0, -1.0, 0.1]), torch.zeros(3)]
    one = plot.pieces(PICTURE, segments, weights[:1], ["w"], strongest=1)
    two = plot.pieces(PICTURE, segments, weights[:1], ["w"], strongest=2)
    none = plot.pieces(PICTURE, segments, weights[1:], ["w"])
    assert len({pixels(one), pixels(two), pixels(none)}) == 3
    assert pixels(none) != pixels(plot.images(PICTURE, ["w"], columns=2))


def test_a_sheet_holds_its_pictures_in_rows_with_gray_between_them():
    sheet = plot.sheet([torch.full((1, 4, 4), n / 8) for n in range(5)], columns=3)
    assert sheet.shape == (1, 9, 14)
    assert sheet[0, 2, [2, 7, 12]].tolist() == [0, 1 / 8, 2 / 8]
    assert sheet[0, 7, [2, 7]].tolist() == [3 / 8, 4 / 8]
    assert sheet[0, 2, 4] == sheet[0, 4, 2] == pytest.approx(0.6)


def test_wrong_shapes_and_numbers_of_titles_get_one_sentence():
    with pytest.raises(ValueError, match=r"give \(N,C,H,W\)"):
        plot.images(torch.rand(20, 30))
    with pytest.raises(ValueError, match="give one each"):
        plot.images(PICTURE, ["a", "b"])
    with pytest.raises(ValueError, match="give one each"):
        plot.images([PICTURE] * 4, columns=2, rows=["a"])
    with pytest.raises(ValueError, match="give one each"):
        plot.heatmaps(PICTURE, ["a", "b", "c"], photograph=PICTURE)
    with pytest.raises(ValueError, match="give `over`"):
        plot.heatmaps([None, PICTURE])


def test_charts_say_their_numbers():
    lines = plot.lines([1, 10], {"a": [0.5, 0.75]}, "n", "agreement", log_x=True)
    assert "Curves of agreement over n, 1 to 10: a from 0.50 to 0.75" in lines.alt
    bars = plot.bars(["x"], {"a": [0.25], "b": [0.5]}, "share", line=(1.0, "all"))
    assert bars.alt == "Bars of share. x, a: 0.25; x, b: 0.50. Dashed line at 1: all."
    assert plot.bars(["x\ny"], {"": [2]}, "hits", number=".0f").alt == "Bars of hits. x y: 2."


def test_bars_without_numbers_leave_them_out_of_the_summary():
    values = {"": [3.0, 1.0]}
    bars = plot.bars([1, 2], values, "share", alt="Two bars.", number="")
    assert bars.alt == "Two bars. Bars of share."
    assert plot.bars([1, 2], values, "share", notes={2: "this one"}).webp


def test_a_level_is_drawn_with_its_name():
    bars = [
        plot.bars(["x"], {"": [1]}, "y", line=line) for line in (None, (0.5, ""), (0.5, "half"))
    ]
    assert len({pixels(picture) for picture in bars}) == 3


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
    one = plot.images(PICTURE, alt="One.")
    two = plot.images([PICTURE, PICTURE], alt="Two.", columns=1)
    sizes = [Image.open(io.BytesIO(picture.webp)).size for picture in (one, two)]
    joined = plot.beside(one, two)
    width, height = Image.open(io.BytesIO(joined.webp)).size
    assert width == sum(w for w, _ in sizes) and height == max(h for _, h in sizes)
    assert joined.alt == "One. Two." and joined.caption == ""
    both = plot.beside(one, two, caption="Which?", alt="Both.")
    assert (both.alt, both.caption) == ("Both.", "Which?")


def test_charts_of_names_tell_their_means_and_ends():
    strips = plot.strips({"a": [0.0, 1.0], "b": [1.0]}, "score", alt="Two rows", marked=["b"])
    assert strips.alt == "Two rows. Means of score: a +0.50; b +1.00."
    panels = {"left": {"a": [0.0, 2.0]}, "right": {"a": [1.0, 3.0], "b": [1.0, 1.0]}}
    lines = plot.line_panels([0, 1], panels, "layer", "distance", line=(1, "one"))
    assert lines.alt.startswith(
        "Curves of distance over layer: left, a from 0.00 to 2.00; right, a from 1.00 to 3.00"
    )
    pairs = [("the", 0.2), ("cat", -0.5), ("the", 0.1)]  # a name may repeat
    bars = plot.barh({"": pairs}, "weight", alt="Three words", signed=True)
    assert bars.alt == "Three words. Bars of weight. the 0.20; cat −0.50; the 0.10."


def pixels(picture: plot.Picture) -> bytes:
    return Image.open(io.BytesIO(picture.webp)).convert("RGB").tobytes()


def numbered(drawn):
    """A `draw` that notes what it is asked for."""

    def draw(*values):
        drawn.append(values)
        return plot.picture(Figure((1, 1)), f"the frame {values}", "A frame.")

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


def test_a_widget_begins_where_it_is_told_to_and_goes_back_there():
    slider = widgets.slider(numbered([]), [1, 2, 3], "value", start=2)
    chosen = widgets.choose(numbered([]), {"x": range(3), "y": range(3)}, start=(2, 1))
    assert slider.values == (2,) and chosen.values == (2, 1)
    assert "the frame (2,)" in slider.drawing.value
    slider.controls[0].value = 3
    slider.reset()
    assert slider.values == (2,)


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
