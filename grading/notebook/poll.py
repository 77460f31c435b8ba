"""A multiple-choice question asked to a class: the lecturer counts hands, then reveals.

poll("2.2")
"""

from collections.abc import Callable

import ipywidgets
from markdown_it import MarkdownIt

from grading import lesson as lessons

FULL_BAR = 10  # votes; from there on the longest bar is the full one
INLINE = MarkdownIt()


def poll(exercise_id: str) -> ipywidgets.VBox:
    """Count the votes for each option; Reveal shows which is right, and why."""
    asked = lessons.of(exercise_id).question(exercise_id)
    votes = {o.letter: _number(o.letter) for o in asked.options}
    bars = {o.letter: ipywidgets.HTML(layout={"flex": "1 1 10em"}) for o in asked.options}
    verdicts = {o.letter: ipywidgets.HTML() for o in asked.options}

    def draw(change: dict | None = None) -> None:
        full = max(FULL_BAR, *(number.value for number in votes.values()))
        for letter, number in votes.items():
            bars[letter].value = _bar(number.value / full)

    def reveal(button: ipywidgets.Button) -> None:
        for option in asked.options:
            said = "✓ right." if option.is_right else "✗ not it."
            text = INLINE.renderInline(option.feedback)
            verdicts[option.letter].value = f"<strong>{said}</strong> {text}"

    def reset(button: ipywidgets.Button) -> None:
        for number in votes.values():
            number.value = 0
        for verdict in verdicts.values():
            verdict.value = ""

    rows = []
    for option in asked.options:
        number = votes[option.letter]
        number.observe(draw, names="value")
        counter = [_step("−", number, -1), number, _step("+", number, +1), bars[option.letter]]
        text = f"<strong>{option.letter}</strong> {INLINE.renderInline(option.text)}"
        box = [ipywidgets.HTML(text), ipywidgets.HBox(counter), verdicts[option.letter]]
        rows.append(ipywidgets.VBox(box, layout={"margin": "0 0 0.8em 0"}))
    draw()
    title = ipywidgets.HTML(f"<strong>{asked.id} · {INLINE.renderInline(asked.title)}</strong>")
    buttons = [_button("Reveal", reveal), _button("Reset to start", reset)]
    return ipywidgets.VBox([title, *rows, ipywidgets.HBox(buttons)])


def _number(letter: str) -> ipywidgets.BoundedIntText:
    return ipywidgets.BoundedIntText(
        0, min=0, max=9999, description=f"votes for {letter}", layout={"width": "10em"}
    )


def _step(sign: str, number: ipywidgets.BoundedIntText, by: int) -> ipywidgets.Button:
    """A button that counts one vote more or less; its name holds the letter of the option."""

    def count(button: ipywidgets.Button) -> None:
        number.value = max(number.min, number.value + by)

    return _button(f"{sign} {number.description[-1]}", count, width="3.2em")


def _button(name: str, on_click: Callable, width: str = "auto") -> ipywidgets.Button:
    button = ipywidgets.Button(description=name, layout={"width": width})
    button.on_click(on_click)
    return button


def _bar(share: float) -> str:
    style = f"width: {share:.0%}; height: 1em; margin-top: 0.5em; background: #0072b2"
    return f'<div aria-hidden="true" style="{style}"></div>'
