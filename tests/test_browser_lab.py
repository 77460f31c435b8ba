"""Lesson 02 in JupyterLab in a real browser, as a new user meets it."""

import statistics

import nbformat
import pytest

from grading import lesson as lessons
from grading.editions import EDITIONS
from tests.browser import open_page
from tests.lab import TOKEN

pytestmark = pytest.mark.slow

LESSON = "02_saliency.ipynb"
CELLS = [cell.id for cell in nbformat.read(EDITIONS["student"] / LESSON, as_version=4).cells]
CELL = ".jp-Notebook .jp-Cell"
SECONDS = 600  # for the whole lesson on a busy machine
ANSWER = """def saliency(model, images, target):
    images = images.detach().clone().requires_grad_(True)
    return torch.autograd.grad(model(images)[:, target].sum(), images)[0]{}"""


@pytest.fixture(scope="module")
def lesson(browser, address):
    """The page with lesson 02, all of whose cells have run."""
    with open_page(browser) as page:
        page.goto(f"{address}/lab/tree/{LESSON}?token={TOKEN}")
        page.get_by_text("| Idle").wait_for(timeout=120_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        output(page, "score_02").get_by_text("points").wait_for(timeout=SECONDS * 1000)
        page.printed = dict(zip(CELLS, page.locator(CELL).all_inner_texts(), strict=True))
        yield page


def cell(page, name):
    return page.locator(CELL).nth(CELLS.index(name))


def output(page, name):
    return cell(page, name).locator(".jp-OutputArea")


def run(page, name, source=None):
    """Type the source into a cell, run it with Shift + Enter, and give what is written below it."""
    cell(page, name).locator(".cm-content").click()
    if source is not None:
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.insert_text(source)
    before = number(page, name)
    page.keyboard.press("Shift+Enter")
    prompt = cell(page, name).locator(".jp-InputPrompt")
    changed = "([prompt, before]) => /\\d/.test(prompt.innerText) && prompt.innerText != before"
    page.wait_for_function(changed, arg=[prompt.element_handle(), before])
    return output(page, name).inner_text() if output(page, name).count() else ""


def number(page, name):
    """[7]: of a cell that was the seventh to run."""
    return cell(page, name).locator(".jp-InputPrompt").inner_text()


def test_the_untouched_lesson_runs_without_an_error_and_scores_nothing(lesson):
    assert [name for name, text in lesson.printed.items() if "Traceback" in text] == []
    for exercise in lessons.find("02").exercises.values():
        checked = lesson.printed["check_" + exercise.id.replace(".", "_")]
        assert f"○ {exercise.id} " in checked, checked
    assert " 0 of " in lesson.printed["score_02"]


def test_a_check_shows_its_text_and_not_the_data_beside_it(lesson):
    shown = output(lesson, "check_2_1").locator(".jp-OutputArea-output")
    assert shown.count() == 1 and shown.inner_text().startswith("○ 2.1 saliency")
    assert "verdict" not in shown.inner_html()


def slider_of(page):
    """The lesson's first slider, its picture and its button."""
    area = page.locator(".jp-OutputArea-output", has=page.get_by_role("slider")).first
    return area.get_by_role("slider"), area.locator("img"), area.get_by_role("button")


def has_focus(element):
    return element.evaluate("element => element == document.activeElement")


STOPWATCH = """image => {
    const drawing = image.closest(".widget-html");
    let pressed;
    window.moves = [];
    addEventListener("keydown", () => { pressed = performance.now(); }, true);
    new MutationObserver(async () => {
        await drawing.querySelector("img").decode();
        requestAnimationFrame(() => window.moves.push(performance.now() - pressed));
    }).observe(drawing, {subtree: true, childList: true});
}"""


def test_the_keyboard_moves_the_slider_and_its_picture_follows_at_once(lesson):
    slider, picture, _ = slider_of(lesson)
    assert slider.get_attribute("aria-valuenow") == "3.0"  # it starts where the effect shows
    label = lesson.get_by_text("noise as a fraction of the range", exact=True).last
    label.scroll_into_view_if_needed()
    assert label.is_visible()
    slider.focus()
    lesson.keyboard.press("Home")
    picture.and_(lesson.get_by_alt_text("noise 0%")).wait_for()
    picture.evaluate(STOPWATCH)
    seen = [picture.get_attribute("src")]
    for move in range(6):
        lesson.keyboard.press("ArrowRight")
        lesson.wait_for_function("count => window.moves.length > count", arg=move)
        seen.append(picture.get_attribute("src"))
    assert len(set(seen)) == 7
    milliseconds = statistics.median(lesson.evaluate("window.moves"))
    print(f"slider: a new picture {milliseconds:.0f} ms after the key (median of 6)")
    assert milliseconds < 250  # 100 ms on a quiet machine


def test_tab_reaches_slider_and_button_and_the_button_goes_back_to_the_start(lesson):
    slider, picture, button = slider_of(lesson)

    def wait_for(caption):
        picture.and_(lesson.get_by_alt_text(caption)).wait_for()

    slider.focus()
    lesson.keyboard.press("Home")
    wait_for("noise 0%")
    lesson.keyboard.press("ArrowRight")
    wait_for("noise 5%")
    for _ in range(2):  # between them is the readout, which takes a value by typing
        lesson.keyboard.press("Tab")
    assert has_focus(button) and button.inner_text() == "Reset to start"
    for _ in range(2):
        lesson.keyboard.press("Shift+Tab")
    assert has_focus(slider)
    button.press("Enter")
    wait_for("noise 15%")
    assert slider.get_attribute("aria-valuenow") == "3.0"


def test_a_wrong_answer_gets_its_hint_and_the_right_one_a_tick_and_its_points(lesson):
    panel = lesson.locator("tr", has=lesson.get_by_role("rowheader", name="2.1", exact=True))
    assert "0 of " in run(lesson, "score_02")
    run(lesson, "q2_1", ANSWER.format(".abs()"))
    hint = run(lesson, "check_2_1")
    assert "✗ 2.1 saliency: not right yet. You took the absolute value." in hint
    panel.get_by_text("✗ not right yet").wait_for()
    assert "0 of " in run(lesson, "score_02")
    run(lesson, "q2_1", ANSWER.format(""))
    assert run(lesson, "check_2_1").startswith("✓ 2.1 saliency")
    panel.get_by_text("✓ right").wait_for()
    assert "2 of " in run(lesson, "score_02")


def test_nothing_goes_wrong_in_the_page_and_nothing_leaves_the_machine(lesson):
    assert lesson.console_errors == []
    assert lesson.outside == []
