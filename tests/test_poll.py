"""The poll: hands are counted, nothing is given away before Reveal, and then everything is said."""

import json

import ipywidgets
import pytest

from grading import editions
from grading import lesson as lessons
from grading.notebook.poll import poll


def question(exercise_id):
    return lessons.of(exercise_id).question(exercise_id)


CHOICES = [
    exercise
    for lesson in lessons.every()
    for exercise in lesson.exercises.values()
    if exercise.options
]


def widgets(box):
    """Every widget of a box, in reading order."""
    for child in box.children:
        yield child
        if isinstance(child, ipywidgets.Box):
            yield from widgets(child)


def button(box, name):
    found = [w for w in widgets(box) if isinstance(w, ipywidgets.Button) and w.description == name]
    assert len(found) == 1, f"{len(found)} buttons {name}"
    return found[0]


def number(box, letter):
    numbers = (w for w in widgets(box) if isinstance(w, ipywidgets.BoundedIntText))
    return next(w for w in numbers if w.description == f"votes for {letter}")


def text(box):
    return " ".join(w.value for w in widgets(box) if isinstance(w, ipywidgets.HTML))


@pytest.mark.parametrize("exercise", CHOICES, ids=lambda e: e.id)
def test_every_question_is_read_as_its_lesson_asks_it(exercise):
    asked = question(exercise.id)
    assert [option.letter for option in asked.options] == list(exercise.options)
    assert all(option.text and option.feedback for option in asked.options)
    right = [option for option in asked.options if option.is_right]
    assert [o.letter for o in right] == [lessons.of(exercise.id).right_answer(exercise.id)]
    assert right[0].feedback == exercise.praise
    hints = [hint for _, hint in exercise.misconceptions]
    for option in set(asked.options) - set(right):
        assert f"{option.letter} is not it. {option.feedback}" in hints
    assert asked.title and "points" not in asked.title + asked.text
    assert "**A**" not in asked.text and "\n- " not in asked.text


def test_a_question_whose_title_says_it_all_and_one_of_several_lines():
    assert question("1.1").title == "Which one is global?" and question("1.1").text == ""
    asked = question("5.7")
    assert asked.text.startswith("Guided backpropagation's map") and "\n" in asked.text
    assert "\n" not in "".join(option.text for option in question("4.7").options)


def test_what_is_no_question_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="2.1 is no multiple-choice question"):
        question("2.1")
    with pytest.raises(KeyError, match="2.2"):
        poll("2.99")


def test_votes_are_counted_and_the_bars_grow():
    box = poll("2.2")
    assert text(box).count("width: 0%") == 4
    for _ in range(3):
        button(box, "+ B").click()
    button(box, "− B").click()
    assert [number(box, letter).value for letter in "ABCD"] == [0, 2, 0, 0]
    assert text(box).count("width: 20%") == 1
    number(box, "C").value = 40  # typed in
    assert "width: 100%" in text(box) and "width: 5%" in text(box)


def test_there_are_no_fewer_than_no_votes():
    box = poll("2.2")
    button(box, "− A").click()
    assert number(box, "A").value == 0


def test_nothing_is_given_away_before_reveal_and_the_votes_stay():
    box = poll("2.2")
    asked = question("2.2")
    button(box, "+ C").click()
    assert "✓" not in text(box) and "right" not in text(box)
    assert not any(option.feedback[:20] in text(box) for option in asked.options)
    button(box, "Reveal").click()
    assert text(box).count("✓ right.") == 1 and text(box).count("✗ not it.") == 3
    assert all(option.feedback[:20] in text(box) for option in asked.options)
    assert number(box, "C").value == 1
    after = text(box).split("<strong>C</strong>")[1].split("<strong>D</strong>")[0]
    assert "✓ right." in after


def test_reset_clears_votes_and_verdicts():
    box = poll("2.2")
    start = text(box)
    for name in ("+ A", "+ B", "Reveal", "Reset to start"):
        button(box, name).click()
    assert text(box) == start
    assert all(number(box, letter).value == 0 for letter in "ABCD")


def test_every_control_has_a_name_of_its_own():
    controls = [
        w.description
        for w in widgets(poll("2.2"))
        if isinstance(w, (ipywidgets.Button, ipywidgets.BoundedIntText))
    ]
    assert len(controls) == len(set(controls)) == 4 * 3 + 2


def test_options_are_shown_as_markdown():
    assert "<em>this</em>" in text(poll("1.1")) and "*this*" not in text(poll("1.1"))


def test_only_core_widgets_are_used():
    modules = {w._model_module for w in widgets(poll("2.2"))}
    assert modules <= {"@jupyter-widgets/base", "@jupyter-widgets/controls"}


# In the lecture edition


@pytest.fixture(scope="module")
def lesson():
    return editions.build(lessons.find("02"))


def test_the_lecture_asks_each_question_just_before_its_answer(lesson):
    cells = lesson["lecture"].cells
    ids = [cell.id for cell in cells]
    for name in ("2_2", "2_4"):
        asked = cells[ids.index(f"poll_{name}")]
        answer = cells[ids.index(f"poll_{name}") + 1]
        assert (
            asked.source
            == f'from grading.notebook.poll import poll\n\npoll("{name.replace("_", ".")}")'
        )
        assert asked.metadata["tags"] == ["live"]
        assert answer.id == f"q{name}" and answer.metadata["jupyter"] == {"source_hidden": True}
        assert '= "' not in answer.source.splitlines()[0]  # which JupyterLab shows of a hidden cell
        slides = [cell.metadata["slideshow"]["slide_type"] for cell in (asked, answer)]
        assert slides == ["-", "fragment"]  # the answer comes with the next key
    assert sum(id.startswith("poll_") for id in ids) == 2


def test_an_exercise_keeps_its_solution_in_sight(lesson):
    answer = next(cell for cell in lesson["lecture"].cells if cell.id == "q2_1")
    assert "jupyter" not in answer.metadata


@pytest.mark.parametrize("edition", ["student", "reference"])
def test_the_other_editions_know_no_poll(lesson, edition):
    text = json.dumps(lesson[edition])
    assert "poll" not in text and "source_hidden" not in text
