"""A real browser against a live server: Debian's Chromium driven by Playwright.

Every page is watched: a script error, a refused resource (content policy) or a failed request fails the journey.
Screenshots go to `test-results/`; run one journey and look at them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.journeys.world import World, build

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "test-results"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
EXPECTED = ("422 (", "409 (", "403 (", "404 (", "410 (", "401 (", "net::ERR_ABORTED")
"""Answers that a journey provokes on purpose; the browser writes a line about each."""

PATIENCE = 30_000
"""Milliseconds that a page may take before a journey fails: no measure of speed, the machine may be busy."""
expect.set_options(timeout=PATIENCE)

# The sync interface of Playwright runs an event loop in the main thread, where Django then refuses its own queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("journey")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all journeys."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None or not AXE.is_file():
        missing = "chromium" if program is None else "axe-core (python tools/assets.py --dev)"
        if os.environ.get("PCMT_CI") == "1":
            pytest.fail(f"browser journeys cannot run: {missing} is missing")
        pytest.skip(f"BROWSER JOURNEYS NOT RUN: {missing} is missing")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def world(transactional_db: None) -> World:
    """A ward with its police as standing office, and the people who work there."""
    return build()


class Watched:
    """Opens pages and remembers what went wrong in them."""

    def __init__(self, browser: Browser, server: Any, name: str) -> None:
        self.browser = browser
        self.server = server
        self.name = name
        self.troubles: list[str] = []
        self.contexts: list[BrowserContext] = []

    def open(self, *, phone: bool = False, script: bool = True) -> Page:
        """A fresh browser session at desk or phone width."""
        context = self.browser.new_context(
            viewport=PHONE if phone else DESK,
            base_url=self.server.url,
            locale="vi-VN",
            java_script_enabled=script,
            has_touch=phone,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("console", self._console)
        return page

    def _console(self, message: Any) -> None:
        if message.type == "error" and not any(words in message.text for words in EXPECTED):
            self.troubles.append(f"console: {message.text} ({message.location})")

    def sign_in(self, page: Page, username: str, to: str = "/ke-hoach/") -> None:
        """Sign in through the form and go to a page."""
        page.goto("/dang-nhap/?next=" + to)
        page.get_by_label("Tên đăng nhập").fill(username)
        page.get_by_label("Mật khẩu").fill(World.password)
        page.get_by_role("button", name="Đăng nhập", exact=True).click()
        page.wait_for_url("**" + to)

    def shot(self, page: Page, name: str, *, both: bool = False, full: bool = False) -> None:
        """A screenshot `journey-name-width.png`; `both` takes desk and phone width.

        A build, where nobody looks at them, takes none of the five hundred: they are much of its time.
        """
        if "PCMT_CI" in os.environ:
            return
        RESULTS.mkdir(exist_ok=True)
        now = page.viewport_size
        for size in (DESK, PHONE) if both else (now,):
            page.set_viewport_size(size)
            page.wait_for_timeout(120)
            page.screenshot(caret="initial", path=RESULTS / f"{self.name}-{name}-{size['width']}.png", full_page=full)
        page.set_viewport_size(now)

    def axe(self, page: Page) -> None:
        """No violation of WCAG A and AA in the page as it stands; the message names rule and element."""
        page.locator("main").first.wait_for(state="attached")  # a page may be on its way
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(
            """async () => (await axe.run(document,
                {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})).violations"""
        )
        said = [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"][:3]]
        assert not said, "\n".join(said)

    def fits(self, page: Page) -> None:
        """Nothing runs out of the page to the side."""
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            out = page.evaluate(
                """() => [...document.querySelectorAll("body *")].filter((one) => !one.closest(".side")
                    && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
                    ).slice(0, 5).map((one) => one.outerHTML.slice(0, 120))"""
            )
            pytest.fail(f"{wide} px too wide at {page.viewport_size}: {out}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def watch(chromium: Browser, world: World, live_server: Any, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """Pages of this journey; troubles in any of them fail it at the end."""
    watched = Watched(chromium, live_server, request.node.name.removeprefix("test_").replace("[", "-").rstrip("]"))
    yield watched
    watched.close()
    assert watched.troubles == []


@pytest.fixture
def page(watch: Watched) -> Page:
    """A desk-width page, not signed in."""
    return watch.open()


@pytest.fixture
def phone(watch: Watched) -> Page:
    """A phone-width page, not signed in."""
    return watch.open(phone=True)


def send_in(page: Page, text: str) -> str:
    """Paste a plan into the upload page and wait for its review; the address of the review."""
    page.goto("/ke-hoach/moi/")
    page.get_by_label("Hoặc dán nội dung").fill(text)
    page.get_by_role("button", name="Đọc kế hoạch").click()
    page.wait_for_selector("[data-review]")
    return page.url


def settled(page: Page) -> None:
    """Wait until every answer has been drawn."""
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-swapping, .busy")).to_have_count(0)
