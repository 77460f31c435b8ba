"""A real browser for tests: Chromium with pages that notice errors and requests to elsewhere."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
HERE = ("127.0.0.1", "localhost", None)  # None: file, data, blob and about have no host


# One a module: while Playwright runs, its event loop occupies the thread, and no other test of
# the same process could run a notebook.
@pytest.fixture(scope="module")
def browser():
    """Chromium without a window; skips where it or Playwright is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed.")
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("There is no Chromium (on Debian or Ubuntu: apt-get install chromium).")
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []  # as root it does not start with one
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=path, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    with open_page(browser) as page:
        yield page


@contextmanager
def open_page(browser, **options) -> Iterator:
    """An empty page that keeps what went wrong.

    `page.console_errors` are the messages of errors and of exceptions that nobody caught,
    `page.outside` the addresses of requests that left this machine or tried to. `options` are
    Playwright's for a context, for example `color_scheme="dark"`.
    """
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 720}} | options))
    page = context.new_page()
    page.console_errors, page.outside = [], []

    def note(address: str) -> None:
        if urlsplit(address).hostname not in HERE:
            page.outside.append(address)

    def listen(message) -> None:
        if message.type == "error":
            page.console_errors.append(f"{message.text} ({message.location.get('url', '')})")

    context.on("request", lambda request: note(request.url))
    page.on("websocket", lambda socket: note(socket.url))
    page.on("console", listen)
    page.on("pageerror", lambda error: page.console_errors.append(str(error)))
    try:
        yield page
    finally:
        context.close()
