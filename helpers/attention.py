"""Attention weights as drawings: the head view and the model view (Vig 2019, arXiv:1906.05714).

Plain SVG with its style inside: no script and no font from elsewhere, so a drawing works offline
and in a saved page. The wider and darker a line, the more attention; hovering over a token leaves
only its lines, with their numbers.
"""

import hashlib
import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from helpers.plot.base import ON_CARD, on_card

# height of a token's row, width of the lines, of a letter, of a number
ROW, GAP, LETTER, NUMBER = 22, 170, 8.4, 40
BLUE = "#0072B2"
FAINTEST = 0.02  # lines below this are not drawn

STYLE = """
text { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 14px; fill: #111 }
.head { fill: #444; font-size: 12px }
.lines, .numbers { pointer-events: none }
.numbers, .to .lines { visibility: hidden }
.token { fill: transparent }
.from:hover .numbers, .to:hover .numbers, .to:hover .lines { visibility: visible }
.from:hover .token, .to:hover .token { fill: #f4d9a6 }
.left:hover .lines, .right:hover + .left .lines { visibility: hidden }
.left .from:hover .lines { visibility: visible }
"""


@dataclass(frozen=True)
class Drawing:
    """An SVG, what is seen on it and what that means; shows itself in a notebook.

    >>> attention.Drawing("<svg></svg>", "An empty drawing.").alt
    'An empty drawing.'
    """

    svg: str
    alt: str
    caption: str = ""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": on_card(self.svg, self.caption, 800), "text/plain": self.alt}

    def save(self, path: str | Path) -> None:
        Path(path).write_text(self.svg, encoding="utf-8")


def head_view(
    tokens: Sequence[str], attention: Tensor, title: str = "", caption: str = ""
) -> Drawing:
    """One head: lines from each token (left) to the tokens it looks at (right).

    `attention` is (T, T), rows look at columns. Raises ValueError where it does not fit the tokens.

    >>> weights = torch.tensor([[0.9, 0.1], [0.2, 0.8]])
    >>> attention.head_view(["a", "cat"], weights).alt[33:]
    'strongest: a to a 0.90, cat to cat 0.80, cat to a 0.20, a to cat 0.10.'
    """
    weights = _checked(tokens, attention, 2)
    column = LETTER * max(map(len, tokens)) + 14
    width, height = 2 * (column + NUMBER) + GAP, ROW * (len(tokens) + 1) + 34
    left, right = NUMBER + column, NUMBER + column + GAP
    middle = [44 + ROW * (i + 0.5) for i in range(len(tokens))]

    def line(i: int, j: int) -> str:
        w = weights[i][j]
        return (
            f'<line x1="{left:.0f}" y1="{middle[i]:.0f}" x2="{right:.0f}" y2="{middle[j]:.0f}" '
            f'stroke-width="{0.5 + 6 * w:.1f}" stroke-opacity="{0.12 + 0.88 * w:.2f}"/>'
        )

    def token(kind: str, i: int, links: list[tuple[int, int]]) -> str:
        """A token with its lines and, at the far right or left, their numbers."""
        from_here = kind == "from"
        x = left - 7 if from_here else right + 7
        other = [(j if from_here else i_, weights[i_][j]) for i_, j in links]
        at = right + column if from_here else 2
        numbers = "".join(
            f'<text x="{at:.0f}" y="{middle[k] + 5:.0f}">{w:.2f}</text>' for k, w in other
        )
        return (
            f'<g class="{kind}"><rect class="token" x="{NUMBER if from_here else right:.0f}" '
            f'y="{middle[i] - ROW / 2:.0f}" width="{column:.0f}" height="{ROW}"/>'
            f'<text x="{x:.0f}" y="{middle[i] + 5:.0f}" '
            f'text-anchor="{"end" if from_here else "start"}">{html.escape(tokens[i])}</text>'
            f'<g class="lines" stroke="{BLUE}">{"".join(line(*link) for link in links)}</g>'
            f'<g class="numbers">{numbers}</g></g>'
        )

    every = range(len(tokens))
    drawn = [(i, j) for i in every for j in every if weights[i][j] >= FAINTEST]
    rights = "".join(token("to", j, [link for link in drawn if link[1] == j]) for j in every)
    lefts = "".join(token("from", i, [link for link in drawn if link[0] == i]) for i in every)
    heading = (
        f'<text class="head" x="2" y="16">{html.escape(title)}</text>'
        f'<text class="head" x="{left - 7:.0f}" y="38" text-anchor="end">from</text>'
        f'<text class="head" x="{right + 7:.0f}" y="38">to</text>'
    )
    strongest = sorted(drawn, key=lambda link: -weights[link[0]][link[1]])[:5]
    said = ", ".join(f"{tokens[i]} to {tokens[j]} {weights[i][j]:.2f}" for i, j in strongest)
    alt = f"{title or 'Attention'}: lines between tokens; strongest: {said}."
    body = f'{heading}<g class="right">{rights}</g><g class="left">{lefts}</g>'
    return _drawing(body, width, height, alt, caption)


def model_view(
    tokens: Sequence[str], attention: Tensor, title: str = "", caption: str = ""
) -> Drawing:
    """Every head as a small head view, one row a layer, one column a head.

    `attention` is (layers, heads, T, T). Raises ValueError where it does not fit the tokens.

    >>> attention.model_view(["a", "cat"], torch.full((6, 12, 2, 2), 0.5)).alt[:36]
    'Attention: 6 layers by 12 heads, eac'
    """
    weights = _checked(tokens, attention, 4)
    step, side = 4, 48  # of one token's row, of the lines
    tall, wide = step * (len(tokens) + 1), side + 14
    parts = [
        f'<text class="head" x="2" y="16">{html.escape(title)}</text>',
        '<text class="head" x="2" y="36">layer</text>',
    ]
    parts += [
        f'<text class="head" x="{60 + wide * h}" y="36">head {h}</text>'
        for h in range(len(weights[0]))
    ]
    for number, layer in enumerate(weights):
        top = 44 + (tall + 10) * number
        parts.append(f'<text class="head" x="12" y="{top + tall / 2:.0f}">{number}</text>')
        for h, head in enumerate(layer):
            lines = "".join(
                f'<path d="M0 {step * (i + 1)}L{side} {step * (j + 1)}" '
                f'stroke-width="{0.4 + 2 * w:.1f}" stroke-opacity="{0.15 + 0.85 * w:.2f}"/>'
                for i, row in enumerate(head)
                for j, w in enumerate(row)
                if w >= 3 * FAINTEST
            )
            parts.append(
                f'<g transform="translate({54 + wide * h} {top})" stroke="{BLUE}">'
                f"<title>layer {number}, head {h}</title>"
                f'<rect x="-3" width="{side + 6}" height="{tall}" fill="white" stroke="#bbb"/>'
                f"{lines}</g>"
            )
    width, height = 54 + wide * len(weights[0]), 44 + (tall + 10) * len(weights)
    alt = (
        f"{title or 'Attention'}: {len(weights)} layers by {len(weights[0])} heads, each a small "
        f"drawing of lines between the {len(tokens)} tokens {' '.join(tokens)}."
    )
    return _drawing("".join(parts), width, height, alt, caption)


def _checked(tokens: Sequence[str], attention: Tensor, dimensions: int) -> list[Any]:
    """The weights as nested lists, once they are known to fit the tokens."""
    size = (len(tokens), len(tokens))
    if attention.dim() != dimensions or tuple(attention.shape[-2:]) != size:
        wanted = str(size) if dimensions == 2 else f"(layers, heads, {size[0]}, {size[1]})"
        raise ValueError(
            f"The attention has shape {tuple(attention.shape)} and there are {size[0]} tokens: "
            f"give {wanted}."
        )
    return attention.detach().cpu().tolist()


def _drawing(body: str, width: float, height: float, alt: str, caption: str) -> Drawing:
    """The SVG with its style; an id of its own keeps the style off everything else on the page."""
    name = "attention-" + hashlib.sha256(body.encode()).hexdigest()[:10]
    rules = [rule.strip() for rule in STYLE.strip().splitlines()]
    style = "".join(f"#{name} " + rule.replace(", .", f", #{name} .") for rule in rules)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}" role="img" '
        f'aria-label="{html.escape(alt)}" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" style="{ON_CARD}">'
        f"<style>{style}</style>{body}</svg>"
    )
    return Drawing(svg, alt, caption)
