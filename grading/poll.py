"""A multiple-choice question asked to a class: the lecturer counts hands, then reveals.

    poll("2.2")

`question` gives the same question as plain text, for pages without a kernel.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

import ipywidgets
from markdown_it import MarkdownIt

from grading import exercise as registry

FULL_BAR = 10  # votes; from there on the longest bar is the full one
INLINE = MarkdownIt()


@dataclass(frozen=True)
class Option:
    """One answer to choose from; text and feedback are a line of Markdown."""

    letter: str
    text: str
    feedback: str
    is_right: bool


@dataclass(frozen=True)
class Question:
    """A question as its lesson asks it; text (Markdown) is empty where the title says it all."""

    id: str
    title: str
    text: str
    options: tuple[Option, ...]


def question(exercise_id: str) -> Question:
    """The question of this id; KeyError for an unknown one, ValueError where it is none."""
    exercise = registry.find(exercise_id)
    if not exercise.options:
        raise ValueError(f"{exercise_id} is no multiple-choice question; there is nothing to poll.")
    path = registry.REFERENCE / f"{registry.lessons()[exercise.lesson]}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    heading = f"### Question {exercise_id} · "
    sources = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    asked = next(source for source in sources if source.startswith(heading))

    head, *lines = re.split(r"^- \*\*([A-Z])\*\* ", asked, flags=re.MULTILINE)
    title, _, text = head.split("\n\n", 2)  # between them stand points and minutes
    right = registry.reference(exercise_id)
    options = [
        Option(letter, " ".join(line.split()), exercise.feedback[letter], letter == right)
        for letter, line in zip(lines[::2], lines[1::2], strict=True)
    ]
    return Question(exercise_id, title.removeprefix(heading), text.strip(), tuple(options))


def poll(exercise_id: str) -> ipywidgets.VBox:
    """Count the votes for each option; Reveal shows which is right, and why."""
    asked = question(exercise_id)
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
