"""The site and the slides as a reader meets them: lessons 00 and 08, in a real browser.

Tests marked `every_page` look at all of build/site and build/slides; `make test-site` builds these
and runs them.
"""

import re
import subprocess
import sys

import ipywidgets
import nbformat
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from matplotlib.figure import Figure

from grading import lesson as lessons
from helpers import plot, widgets
from publish import FIGURE, FRAMES, ROOT, execute, lesson, render, widget_frames
from publish import site as site_pages
from publish import slides as slide_pages
from tests.browser import open_page

LESSONS = ("00", "08")
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ANSWERS = 100  # milliseconds a widget may take
FIRST_PAGE = 1_000_000  # bytes

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(browser, tmp_path_factory):
    return publish("site", tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def slides(browser, tmp_path_factory):
    return publish("slides", tmp_path_factory.mktemp("slides"))


def publish(what, out):
    command = [sys.executable, "-m", "publish", what, *LESSONS, "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True)
    return out


def violations(page, within=None):
    """What axe-core finds against levels A and AA, on the page or a part of it, and where."""
    # without preload: it would fetch the style sheets again, which a file:// page may not
    options = {"runOnly": STANDARD, "resultTypes": ["violations"], "preload": False}
    found = Axe().run(page, within, options).response["violations"]
    return [f"{v['id']}: {node['html'][:200]}" for v in found for node in v["nodes"]]


# Every figure as it is shown: its words, and the pixels of its smallest letters on this page
FIGURES = """async () => {
  const images = [...document.querySelectorAll("main figure img")];
  images.forEach((image) => { image.loading = "eager"; });
  await Promise.all(images.map((image) => image.decode()));
  return [...document.querySelectorAll("main figure")].map((figure) => {
    const image = figure.querySelector("img"), svg = figure.querySelector("svg");
    const letters = svg ? [...svg.querySelectorAll("text")] : [];
    const size = (text) => parseFloat(getComputedStyle(text).fontSize);
    const smallest = svg && Math.min(...letters.map(size));
    const type = svg
      ? (smallest * svg.clientWidth) / svg.viewBox.baseVal.width
      : image.dataset.type && (image.dataset.type * image.clientWidth) / image.naturalWidth;
    return {
      type: type ? Number(type) : null,
      svg: Boolean(svg) || image.src.endsWith(".svg"),
      alt: svg ? svg.getAttribute("aria-label") : image.alt,
      caption: figure.querySelector("figcaption")?.innerText.trim(),
      opens: Boolean(image?.closest("a[href]")),
    };
  });
}"""


def headings(page):
    script = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])"
    return page.evaluate(script)


def check_page(page, path):
    """What must hold of every page of the site."""
    page.goto(path.as_uri())
    levels = headings(page)
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(b <= a + 1 for a, b in zip(levels, levels[1:], strict=False)), levels
    pictures = page.locator("main img").all()
    assert all((picture.get_attribute("alt") or "").strip() for picture in pictures)
    for figure in page.evaluate(FIGURES):
        assert figure["caption"] and figure["caption"] != figure["alt"], figure
        assert figure["opens"] or figure["svg"], figure
        if page.viewport_size["width"] >= 1280:
            smallest = 8 if figure["svg"] else 11
            assert figure["type"] is None or figure["type"] >= smallest, figure
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide, f"{path.name} is wider than the window"
    assert page.console_errors == [] and page.outside == []


# The site


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", "00_start_here.html", "08_bert.html"])
def test_a_page_is_accessible_and_asks_nobody_else(browser, site, name, scheme):
    with open_page(browser, color_scheme=scheme) as page:
        check_page(page, site / name)


def test_a_page_fits_a_telephone(browser, site):
    with open_page(browser, viewport={"width": 390, "height": 800}) as page:
        check_page(page, site / "08_bert.html")


def test_the_index_leads_to_every_lesson_with_picture_and_minutes(page, site):
    page.goto((site / "index.html").as_uri())
    cards = page.locator(".cards > li")
    assert cards.count() == len(LESSONS)
    assert "10 minutes" in cards.first.inner_text() and cards.first.locator("img").is_visible()
    page.get_by_role("link", name="08 Inside BERT").click()
    assert page.locator("h1").inner_text() == "08 · Inside BERT"
    page.get_by_role("link", name="← 00 Start here").click()
    assert page.locator("h1").inner_text() == "00 · Start here"


def test_no_link_to_a_place_in_a_page_is_broken(page, site):
    page.goto((site / "08_bert.html").as_uri())
    anchors = page.locator("nav a[href^='#']").evaluate_all("all => all.map(a => a.hash.slice(1))")
    assert len(anchors) > 5
    assert all(page.evaluate("id => !!document.getElementById(id)", a) for a in anchors)


def test_the_search_finds_words_of_a_text_and_goes_there(page, site):
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("rollout abnar")
    link = page.locator("#results a").first
    link.wait_for()
    assert violations(page) == []
    target = link.get_attribute("href")
    link.click()
    page.wait_for_url(f"**/{target}")
    assert "08_bert.html#" in target
    page.keyboard.press("/")
    page.keyboard.type("no such word anywhere")
    page.get_by_text("Nothing found.").wait_for()


def test_dark_mode_is_kept_from_page_to_page(browser, site):
    ground = "getComputedStyle(document.body).backgroundColor"
    with open_page(browser, color_scheme="light") as page:
        page.goto((site / "index.html").as_uri())
        light = page.evaluate(ground)
        page.get_by_role("button", name="Dark mode").click()
        dark = page.evaluate(ground)
        page.goto((site / "00_start_here.html").as_uri())
        assert light != dark == page.evaluate(ground)
        assert page.get_by_role("button", name="Light mode").is_visible()


# Widgets on pages: milliseconds from a key to the picture, seen from inside the page
KEY_TO_PICTURE = """([box, key]) => new Promise((resolve) => {
  const picture = box.querySelector("img");
  let pressed;
  const note = () => { pressed = performance.now(); };
  addEventListener("keydown", note, { once: true, capture: true });
  new MutationObserver(() => picture.decode().then(() => resolve(performance.now() - pressed)))
    .observe(picture, { attributes: true, attributeFilter: ["src"] });
})"""


def test_a_slider_moves_its_picture_by_keyboard_at_once(page, site):
    page.goto((site / "08_bert.html").as_uri())
    box = page.locator(".frames", has=page.get_by_role("slider", name="hidden"))
    slider, picture = box.get_by_role("slider"), box.locator("img")
    slider.focus()
    page.wait_for_load_state("networkidle")
    seen, milliseconds = [picture.get_attribute("src")], []
    for _ in range(3):
        moved = page.evaluate_handle(
            f"args => [({KEY_TO_PICTURE})(args)]", [box.element_handle(), ""]
        )
        page.keyboard.press("ArrowLeft")
        milliseconds.append(moved.evaluate("([promise]) => promise"))
        seen.append(picture.get_attribute("src"))
    print("milliseconds from the key to the picture:", [round(m, 1) for m in milliseconds])
    assert len(set(seen)) == 4 and sorted(milliseconds)[1] <= ANSWERS
    assert "After layer 1" in box.locator("figcaption").inner_text()
    assert box.locator("a.full").get_attribute("href") == picture.get_attribute("src")
    assert slider.get_attribute("aria-valuetext") == "2"
    box.get_by_role("button", name="Reset to start").click()
    assert picture.get_attribute("src") == seen[0] and slider.input_value() == "5"


def test_drop_downs_and_buttons_choose_their_picture(page, site):
    page.goto((site / "08_bert.html").as_uri())
    heads = page.locator(".frames", has=page.get_by_role("combobox", name="layer"))
    heads.get_by_role("combobox", name="layer").select_option("2")
    heads.get_by_role("combobox", name="head").select_option("5")
    assert heads.locator("img").get_attribute("alt").startswith("layer 2, head 5")
    words = page.locator(".frames", has=page.get_by_role("group", name="cover"))
    third = words.get_by_role("group").get_by_role("button").nth(2)
    before = words.locator("img").get_attribute("src")
    third.press("Enter")
    assert words.locator("img").get_attribute("src") != before
    assert third.get_attribute("aria-pressed") == "true"


def test_votes_are_counted_and_the_answer_is_revealed_with_feedback(page, site):
    page.goto((site / "00_start_here.html").as_uri())
    poll = page.get_by_role("group", name="Question 0.2")
    for _ in range(3):
        poll.get_by_role("button", name="one vote more for B").click()
    poll.get_by_role("button", name="one vote less for B").click()
    poll.get_by_role("button", name="one vote less for A").click()
    assert poll.locator("output").all_inner_texts()[:2] == ["0", "2"]
    assert not poll.get_by_text("is right").is_visible()
    poll.get_by_text("Reveal").click()
    assert poll.get_by_text("is right").is_visible()
    assert poll.get_by_text("is not it").count() == poll.locator("output").count() - 1
    poll.get_by_role("button", name="Reset to start").click()
    assert set(poll.locator("output").all_inner_texts()) == {"0"}
    assert not poll.get_by_text("is right").is_visible()


def test_without_scripts_a_widget_is_a_still_picture_and_answers_unfold(browser, site):
    with open_page(browser, java_script_enabled=False) as page:
        page.goto((site / "08_bert.html").as_uri())
        boxes = page.locator(".frames").all()
        assert boxes and all(not box.locator(".knobs").is_visible() for box in boxes)
        for box in boxes:
            box.scroll_into_view_if_needed()
            assert box.locator("img").bounding_box()["height"] > 50
        solution = page.locator("details", has_text="Solution of 8.1")
        assert not solution.locator("pre").is_visible()
        solution.locator("summary").click()
        assert solution.locator("pre").is_visible()


def test_printed_pages_have_text_figures_and_solutions_but_no_menu(page, site):
    page.goto((site / "08_bert.html").as_uri())
    page.emulate_media(media="print")
    assert not page.locator("body > header").is_visible()
    assert not page.locator("nav").first.is_visible()
    assert not page.locator(".knobs").first.is_visible()
    assert page.locator("details pre").first.bounding_box()["height"] > 20
    assert len(page.pdf()) > 100_000


# The slides


def walk(page, path):
    """Every slide by the arrow key; yields its number, once it fits the window."""
    page.goto(path.as_uri())
    page.wait_for_function("Reveal.isReady()")
    total = page.evaluate("Reveal.getTotalSlides()")
    for number in range(total):
        assert page.evaluate("Reveal.getSlidePastCount()") == number
        page.wait_for_function(
            "[...Reveal.getCurrentSlide().querySelectorAll('img')].every(i => i.complete)"
        )
        yield number
        page.keyboard.press("ArrowRight")


OVERFLOW = """() => {
  const slide = Reveal.getCurrentSlide(), box = slide.querySelector(".fit");
  const edge = slide.getBoundingClientRect();
  const height = (element) => element.getBoundingClientRect().height;
  const visible = [...box.querySelectorAll("*")].filter((element) => element.checkVisibility());
  const out = visible.filter((element) => {
    const { width, left, right, bottom } = element.getBoundingClientRect();
    return width && (right > edge.right + 1 || bottom > edge.bottom + 1 || left < edge.left - 1);
  });
  const shows = box.innerText.trim() || box.querySelector("img, svg");
  return {
    over: [box.scrollWidth - box.clientWidth, box.scrollHeight - box.clientHeight],
    out: out.map((element) => element.outerHTML.slice(0, 80)),
    scale: parseFloat(box.style.fontSize),
    empty: height(box) < 50 || !shows,
    blank: [...box.querySelectorAll("img")].filter((image) => height(image) < 60).length,
  };
}"""


def check_slides(page, path, axe_on=lambda number: True):
    """What must hold of every slide at 1280 × 720."""
    notes = 0
    for number in walk(page, path):
        found = page.evaluate(OVERFLOW)
        where = f"{path.name}, slide {number + 1}: {found}"
        assert found["over"][0] <= 1 and found["over"][1] <= 1 and not found["out"], where
        assert found["scale"] >= 0.55 and not found["empty"] and not found["blank"], where
        if axe_on(number):
            assert violations(page, "section.present > section.present" if number else None) == []
        notes += page.evaluate("!!Reveal.getSlideNotes()")
    assert page.console_errors == [] and page.outside == []
    return notes


@pytest.mark.parametrize("name", ["00_start_here.html", "08_bert.html"])
def test_slides_turn_by_keyboard_fit_and_are_accessible(page, slides, name):
    notes = check_slides(page, slides / name, axe_on=lambda number: number % 7 == 0)
    assert notes >= (name == "08_bert.html")


def test_the_speaker_sees_the_notes_in_a_window_of_their_own(page, slides):
    page.goto((slides / "08_bert.html").as_uri())
    page.wait_for_function("Reveal.isReady()")
    told = page.evaluate("Reveal.getSlideNotes()")
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    shown = opened.value.locator(".speaker-controls-notes .value")
    shown.wait_for()
    first_words = " ".join(shown.inner_text().split()[:5])
    assert first_words and first_words in re.sub("<[^>]+>", "", told)


def test_a_widget_and_a_poll_work_on_slides(page, slides):
    page.goto((slides / "00_start_here.html").as_uri())
    page.wait_for_function("Reveal.isReady()")
    page.evaluate("""() => { const slide = document.querySelector(".poll").closest("section");
      const at = Reveal.getIndices(slide); Reveal.slide(at.h, at.v); }""")
    poll = page.get_by_role("group", name="Question 0.2")
    poll.get_by_role("button", name="one vote more for A").press("Enter")
    assert poll.locator("output").first.inner_text() == "1"
    poll.get_by_text("Reveal").click()
    poll.get_by_text("is right").wait_for()
    page.wait_for_function(f"(({OVERFLOW})()).over[1] <= 1")


# Building


def test_nothing_is_built_twice(site):
    page = site / "index.html"
    before = page.stat().st_mtime_ns
    command = [sys.executable, "-m", "publish", "site", *LESSONS, "--out", str(site)]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert "Nothing has changed" in said and page.stat().st_mtime_ns == before


def test_a_question_changed_in_its_source_is_new_in_text_and_poll_of_both(tmp_path):
    file = tmp_path / "00_start_here.py"
    old = lessons.find("00")
    changed = old.file.read_text(encoding="utf-8").replace("**A** My grade.", "**A** A new grade.")
    file.write_text(changed, encoding="utf-8")
    new = lessons.read(file)
    nothing = {cell.id: [] for cell in new.cells}
    for build in (site_pages.build, slide_pages.build):
        build({new: nothing}, tmp_path / "out")
        page = (tmp_path / "out" / "00_start_here.html").read_text(encoding="utf-8")
        assert page.count("A new grade.") == 2 and "My grade." not in page
    assert execute.kept(new).name != execute.kept(old).name


def test_an_unknown_lesson_gets_one_sentence():
    command = [sys.executable, "-m", "publish", "site", "77"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("There is no lesson 77; there are 00, 01")
    assert len(done.stderr.splitlines()) == 1


def test_a_lesson_that_readme_does_not_know_is_named(tmp_path):
    with pytest.raises(execute.PublishError, match="no row for 77_new"):
        lesson.menu([lessons.find("00"), lessons.Lesson(tmp_path / "77_new.py", ())])


def test_a_lesson_that_fails_is_named_and_not_kept(tmp_path, monkeypatch):
    source = tmp_path / "90_broken.py"
    source.write_text("# %% [markdown]\n# # Broken\n\n# %%\n1 / 0\n", encoding="utf-8")
    monkeypatch.setattr(execute, "KEPT", tmp_path / "kept")
    with pytest.raises(execute.PublishError, match="90_broken .*ZeroDivisionError"):
        execute.executed([lessons.read(source)])
    assert not list(tmp_path.glob("kept/*"))


def test_a_recorded_widget_has_a_frame_for_every_state():
    widget = widgets.choose(a_picture, {"x": range(3), "y": ["a", "b"]})
    recorded = widget_frames.frames(widget)[FRAMES]
    assert sorted(recorded["frames"]) == ["0,0", "0,1", "1,0", "1,1", "2,0", "2,1"]
    assert recorded["frames"]["2,1"]["alt"] == "(2, 'b')"
    assert [c["kind"] for c in recorded["controls"]] == ["dropdown", "dropdown"]


def test_of_very_many_states_those_near_the_start_are_recorded():
    widget = widgets.toggles(lambda ticked: a_picture(*ticked), list("abcdefgh"))
    recorded = widget_frames.frames(widget)[FRAMES]
    assert tuple(recorded["start"]) == (1,) * 8 and recorded["at_once"] == 3
    assert len(recorded["frames"]) == 1 + 8 + 28 + 56
    assert min(state.count("1") for state in recorded["frames"]) == 5


def test_another_widget_leaves_its_still_picture_or_nothing():
    panel = ipywidgets.VBox()
    assert widget_frames.still(panel) == {"text/plain": ""}
    panel.still = a_picture(1)
    assert widget_frames.still(panel)[FIGURE]["alt"] == "(1,)"


def test_a_picture_leaves_its_data_and_its_page_says_how_small_its_letters_are(tmp_path):
    picture = plot.images(torch.rand(1, 3, 9, 9), ["a title"], "What <it> means.", "What is seen.")
    data = widget_frames.figure(picture)
    output = nbformat.v4.new_output("display_data", data=data)
    (made,) = render.outputs([output], tmp_path / "figures")
    (file,) = (tmp_path / "figures").iterdir()
    assert f'href="figures/{file.name}"' in made and f'width="{picture.width}"' in made
    assert f'data-type="{picture.smallest_type}"' in made
    assert 'alt="What is seen. a title."' in made
    assert "<figcaption>What &lt;it&gt; means.</figcaption>" in made


def a_picture(*values):
    return plot.Picture(plot.picture(Figure((1, 1))).webp, str(values), "A picture.")


# Everything


@pytest.mark.every_page
@pytest.mark.parametrize("path", sorted(ROOT.glob("build/site/*.html")), ids=lambda p: p.stem)
def test_every_page(browser, path):
    for scheme in ("light", "dark"):
        with open_page(browser, color_scheme=scheme) as page:
            check_page(page, path)


@pytest.mark.every_page
@pytest.mark.parametrize("path", sorted(ROOT.glob("build/slides/*_*.html")), ids=lambda p: p.stem)
def test_every_slide(page, path):
    check_slides(page, path)


@pytest.mark.every_page
def test_a_combination_that_is_not_stored_begins_again_from_the_start(page):
    page.goto((ROOT / "build" / "site" / "04_lime.html").as_uri())
    widget = page.locator(".frames", has=page.get_by_role("checkbox"))
    boxes = widget.get_by_role("checkbox")
    for position in (2, 3):
        boxes.nth(position).uncheck()
    assert "espresso 0.26" in widget.locator("img").get_attribute("alt")
    boxes.nth(5).uncheck()
    assert [not box.is_checked() for box in boxes.all()] == [n == 5 for n in range(9)]


@pytest.mark.every_page
def test_no_link_between_pages_is_broken_and_the_first_page_is_light(page):
    site, loaded = ROOT / "build" / "site", []
    page.on("requestfinished", lambda request: loaded.append(request.url))
    page.goto((site / "index.html").as_uri())
    page.wait_for_load_state("networkidle")
    weight = sum(
        (site / url.rpartition("/")[2]).stat().st_size for url in set(loaded) if "file:" in url
    )
    print(f"the first page weighs {weight / 1e6:.2f} MB")
    assert 50_000 < weight <= FIRST_PAGE
    for path in site.glob("*.html"):
        page.goto(path.as_uri())
        for link in page.locator("a[href]").evaluate_all("all => all.map(a => a.href)"):
            target = link.removeprefix(site.as_uri() + "/").partition("#")[0]
            assert link.startswith("https://") or (site / target).is_file(), f"{path.name}: {link}"
