"""The head view and the model view: plain SVG, complete in itself."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
import torch

from helpers import attention

SVG = "{http://www.w3.org/2000/svg}"
TOKENS = ["[CLS]", "<script>alert(1)</script>", 'salt & "pepper"', "[SEP]"]


def some_attention(*shape):
    torch.manual_seed(0)
    return torch.randn(*shape, len(TOKENS), len(TOKENS)).softmax(-1)


@pytest.fixture(params=["head view", "model view"])
def drawing(request):
    if request.param == "head view":
        return attention.head_view(TOKENS, some_attention(), "layer 1, head <2>")
    return attention.model_view(TOKENS, some_attention(2, 3), "a & b")


def test_it_is_one_svg_with_no_script_and_nothing_from_elsewhere(drawing):
    root = ElementTree.fromstring(drawing.svg)
    assert root.tag == f"{SVG}svg"
    assert not list(root.iter(f"{SVG}script"))
    assert not re.search(r"(?i)\bon\w+=|href|url\(|@import|@font-face", drawing.svg)
    assert re.findall(r"\w+://[^\s\"'<]*", drawing.svg) == ["http://www.w3.org/2000/svg"]


def test_tokens_are_text_and_never_markup(drawing):
    shown = {element.text for element in ElementTree.fromstring(drawing.svg).iter(f"{SVG}text")}
    if shown & {"from"}:
        assert set(TOKENS) <= shown
    assert "<script" not in drawing.svg


def test_it_says_in_words_what_it_shows(drawing):
    root = ElementTree.fromstring(drawing.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == drawing.alt
    bundle = drawing._repr_mimebundle_()
    assert drawing.svg in bundle["text/html"]
    assert bundle["text/plain"] == drawing.alt


def test_the_style_touches_nothing_else_on_the_page(drawing):
    root = ElementTree.fromstring(drawing.svg)
    rules = re.findall(r"([^{}]+)\{", root.find(f"{SVG}style").text)
    selectors = [part.strip() for rule in rules for part in rule.split(",")]
    assert selectors
    assert all(selector.startswith(f"#{root.get('id')} ") for selector in selectors)


def test_two_drawings_on_a_page_keep_their_styles_apart():
    first, second = (attention.head_view(TOKENS, some_attention(), name) for name in "ab")
    assert re.search(r' id="([^"]+)"', first.svg)[1] != re.search(r' id="([^"]+)"', second.svg)[1]


def test_more_attention_is_a_wider_and_darker_line():
    weights = torch.tensor([[0.9, 0.1], [0.4, 0.6]])
    root = ElementTree.fromstring(attention.head_view(["a", "b"], weights).svg)
    left = next(g for g in root.iter(f"{SVG}g") if g.get("class") == "left")
    lines = [line for line in left.iter(f"{SVG}line")]
    for measure in ("stroke-width", "stroke-opacity"):
        sizes = [float(line.get(measure)) for line in lines]
        assert sizes[0] > sizes[3] > sizes[2] > sizes[1]


def test_hovering_a_token_shows_its_weights_as_numbers():
    weights = torch.tensor([[0.9, 0.1], [0.4, 0.6]])
    root = ElementTree.fromstring(attention.head_view(["a", "b"], weights).svg)
    numbers, places = {"from": [], "to": []}, set()
    for group in root.iter(f"{SVG}g"):
        if group.get("class") in numbers:
            own = next(g for g in group if g.get("class") == "numbers")
            numbers[group.get("class")].append([element.text for element in own])
            places.add(tuple(element.get("y") for element in own))
    assert numbers["from"] == [["0.90", "0.10"], ["0.40", "0.60"]]
    assert numbers["to"] == [["0.90", "0.40"], ["0.10", "0.60"]]
    rows = [e.get("y") for e in root.iter(f"{SVG}text") if e.text in ("a", "b")]
    assert places == {tuple(rows[:2])}  # each beside the other token of its line


def test_the_model_view_names_every_head():
    root = ElementTree.fromstring(attention.model_view(TOKENS, some_attention(2, 3)).svg)
    named = [element.text for element in root.iter(f"{SVG}title")]
    assert named == [f"layer {i}, head {h}" for i in range(2) for h in range(3)]


def test_a_drawing_is_saved_as_a_file(tmp_path, drawing):
    drawing.save(tmp_path / "view.svg")
    assert ElementTree.parse(tmp_path / "view.svg").getroot().tag == f"{SVG}svg"


@pytest.mark.parametrize("draw", [attention.head_view, attention.model_view])
def test_attention_that_does_not_fit_is_refused_in_one_sentence(draw):
    with pytest.raises(ValueError, match=r"^The attention has shape .* 4 tokens: give .*\.$"):
        draw(TOKENS, torch.ones(5, 5))
