"""A real browser for the tests: `browser` (one for this folder), `page`, `clean_page`, and `shoot` for screenshots."""

import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

SCREENSHOTS = Path(__file__).parent / "screenshots"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HERE = {"file", "data", "blob", "about"}  # schemes that stay on this machine


@pytest.fixture(scope="package")
def browser():
    """Chromium of this system. Its absence is a failure, not a skip: these are the only tests of the JavaScript.

    It ends with this folder's tests: as long as Playwright lives, the main thread has a running event loop, which
    tests elsewhere that call `asyncio.run` would trip over.
    """
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.fail(
            "The browser tests need Chromium: `apt-get install chromium` on Debian and Ubuntu, or Google Chrome."
        )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A fresh page of 980 x 660 in the light scheme, in a profile of its own.

    `page.complaints` collects what the console called an error and what was thrown; `page.left` the addresses of
    requests to other machines.
    """
    context = browser.new_context(viewport={"width": 980, "height": 660}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.complaints, page.left = [], []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.left.append(request.url) if _leaves(request.url) else None)
    yield page
    context.close()


@pytest.fixture
def clean_page(page):
    """A page on which, when the test ends, nothing was complained of and no request has left this machine."""
    yield page
    assert page.complaints == []
    assert page.left == []


@pytest.fixture(scope="session")
def shoot():
    """`shoot(page, "name")` saves a screenshot as an artefact and returns its path."""
    SCREENSHOTS.mkdir(exist_ok=True)

    def save(page, name: str) -> Path:
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return save


def _leaves(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in HERE and parts.hostname not in {"localhost", "127.0.0.1", "::1"}
