"""The reference of `helpers` that `make site` writes: whole, and in a real browser."""

import ast
import importlib
import inspect
import pkgutil

import pytest

import helpers
from publish import api, render
from tests.browser import open_page
from tests.test_publish import check_page


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    api.write(out)
    index = render.TEMPLATES.get_template("index.html").render(menu=[])
    (out / "index.html").write_text(index, encoding="utf-8")
    render.copy_assets(out, "course.js", "site.js", "site.css", "code.css")
    return out


def test_every_public_function_and_class_is_there_with_its_docstring():
    known = {name: (about, definitions) for name, about, definitions in api.modules()}
    for module in pkgutil.iter_modules(helpers.__path__):
        imported = importlib.import_module(f"helpers.{module.name}")
        public = {
            name: value
            for name, value in vars(imported).items()
            if (inspect.isfunction(value) or inspect.isclass(value))
            and not name.startswith("_")
            and value.__module__.startswith(imported.__name__)
        }
        about, definitions = known.pop(module.name)
        assert about == inspect.getdoc(imported)
        # a decorator may lend a class another docstring; what is written wins
        assert {each.name for each in definitions} == set(public)
        for each in definitions:
            if inspect.isfunction(public[each.name]):
                assert each.docstring == (inspect.getdoc(public[each.name]) or "")
    assert not known


def test_a_signature_stands_as_it_is_written_without_the_body():
    plots = next(found for name, _, found in api.modules() if name == "plot")
    each = next(each for each in plots if each.name == "Picture")
    assert each.signature.startswith("class Picture:\n    webp: bytes")
    assert "def save(self, path: str | Path) -> None:" in each.signature
    assert "write_bytes" not in each.signature


def test_a_signature_names_the_parameters_that_are_taken():
    """A decorator that changes them would leave the source, and so the page, wrong."""
    for module, _, found in api.modules():
        imported = importlib.import_module(f"helpers.{module}")
        for each in found:
            if each.signature.startswith("def "):
                written = ast.parse(f"{each.signature} ...").body[0].args
                named = [*written.posonlyargs, *written.args, written.vararg, *written.kwonlyargs]
                names = [each.arg for each in [*named, written.kwarg] if each]
                called = inspect.signature(getattr(imported, each.name))
                assert names == list(called.parameters), each.name


def test_arguments_are_a_list_and_examples_are_code():
    made = api.text(
        "Adds <b>.\n\nArgs:\n    a, b: numbers,\n        finite.\n    c: more.\n\n>>> add(1, 2)\n3"
    )
    assert "<li><code>a, b</code>: numbers,\nfinite.</li>" in made
    assert "<li><code>c</code>: more.</li>" in made
    assert made.count('<pre class="code" tabindex="0">') == 1 and "3" in made


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["api.html", "index.html"])
def test_it_is_accessible_and_asks_nobody_else(browser, site, name, scheme):
    with open_page(browser, color_scheme=scheme) as page:
        check_page(page, site / name)


@pytest.mark.slow
def test_it_fits_a_telephone(browser, site):
    with open_page(browser, viewport={"width": 390, "height": 800}) as page:
        check_page(page, site / "api.html")


@pytest.mark.slow
def test_the_index_leads_to_a_function(page, site):
    page.goto((site / "index.html").as_uri())
    page.get_by_role("link", name="reference of helpers").click()
    page.get_by_role("navigation").get_by_role("link", name="smoothgrad", exact=True).click()
    assert page.url.endswith("api.html#explain.smoothgrad")
    heading = page.get_by_role("heading", name="explain.smoothgrad", exact=True)
    assert heading.evaluate("h => h.getBoundingClientRect().top") >= 0
    anchors = page.locator("nav a[href^='#']").evaluate_all("all => all.map(a => a.hash.slice(1))")
    assert all(page.evaluate("id => !!document.getElementById(id)", a) for a in anchors)
    assert page.console_errors == [] and page.outside == []
