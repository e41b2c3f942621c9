"""A real server with a small county, and a real Chromium to look at it with.

    def test_the_county_is_shown(page_at):
        page = page_at(360, "zh")
        page.goto("/")
        ...

No page may ask for anything outside this machine: a request that tries is recorded, cannot succeed, and
fails the test. A failed test leaves a picture of each of its pages in test-results/.

Which looks a page is seen in. It has eight: two languages × two widths (360, 1366 px) × two themes. A test that
takes `language` runs in both, each time with a page from the server, opened by `page_in_turn` on a phone (zh) or at
a desk (en), so that what is done there is done on both. `looks.faults_of_every_look` then looks twice:

    zh   360 px  light      zh  1366 px  dark
    en   360 px  dark       en  1366 px  light

Each language at each width, each language in each theme, each width in each theme. That covers, because a page is
put together from these: the language decides the text and so, with the width, what is too wide (all four pairs);
the width decides what is shown, and with the theme what colour it has (all four pairs; no colour depends on the
language); roles and names are the templates', in every look the same. Only the width and the theme are changed
under a page that stands: both are media queries, and no script and no answer of the server asks for them.

The tests run in two processes (`tools/run_checks.py`), each with a county and a Chromium of its own, and a process
that is done takes over tests of the other: none may need another to have run before it.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Error, Page, Playwright, expect, sync_playwright

from chromium import find_chromium, find_whole_chromium
from tests.browser.browsers import Chromium, started
from tests.browser.fake_camera import blank, film
from tests.browser.looks import NARROW, WIDE, is_touched, viewport
from tests.integration.gate_process import free_port
from tests.integration.running_county import build, built

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "test-results"
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
# How long a page may take to become what is expected of it. No test asserts a time, least of all on a machine that is
# busy with something else; Playwright's own 5 s are the time between two of a door's questions to its gate.
expect.set_options(timeout=30_000)
READY_WITHIN_S = 120
TRIES = 3
OUTCOME = pytest.StashKey[dict]()


@dataclass(frozen=True)
class Site:
    """A running county: its address without a slash at the end, and its data folder."""

    url: str
    data: Path


@pytest.fixture(scope="session")
def live_site() -> Iterator[Site]:
    """A running county whose demo resident is green and has been nowhere: doors are shown their code.

    Who has which evidence goes by ids that are drawn anew each time: of a hundred counties one had another resident.
    """
    for attempt in range(TRIES):
        with running_county(built if attempt == 0 else build) as site:
            if _resident_may_pass(site.url):
                yield site
                return
    pytest.fail(f"in {TRIES} counties running the demo's resident was not green")


@contextmanager
def running_county(make: Callable[[Path], object]) -> Iterator[Site]:
    """`fangxian run` on a demo county of 2% of the residents, in a folder of its own that `make` fills."""
    disk = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="fangxian-site-", dir=disk) as folder:
        data = Path(folder) / "data"
        environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "FANGXIAN_DATA"}}
        environment |= {"FANGXIAN_DATA": str(data), "PYTHONUNBUFFERED": "1"}
        log = Path(folder) / "log"
        with log.open("w") as output:
            told = {"env": environment, "cwd": ROOT, "stdout": output, "stderr": subprocess.STDOUT}
            program = [sys.executable, "-m", "fangxian.cli"]
            make(data)
            port = free_port(1)
            server = subprocess.Popen([*program, "run", "--no-day", "--port", str(port)], **told)
            try:
                url = f"http://127.0.0.1:{port}"
                _wait_for(f"{url}/healthz", server, log)
                yield Site(url, data)
            finally:
                server.terminate()
                server.wait(timeout=30)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright) -> Iterator[Chromium]:
    with started(playwright, find_chromium()) as chromium:
        yield chromium


@pytest.fixture(scope="session")
def whole_chromium(playwright) -> Iterator[Chromium]:
    """With windows that nobody sees: only this one asks whether a page may use the camera."""
    with started(playwright, find_whole_chromium()) as chromium:
        yield chromium


@pytest.fixture
def camera(whole_chromium) -> Iterator[Callable[[str], None]]:
    """`camera(text)`: a camera started from now on shows the QR of that text; the page needs permissions=["camera"]."""
    yield lambda text: film(text, whole_chromium.film)
    blank(whole_chromium.film)


@pytest.fixture
def no_outside_requests() -> Iterator[list[str]]:
    """Addresses outside this machine that a page asked for; the test fails if there was one."""
    asked: list[str] = []
    yield asked
    assert asked == [], "a page asked for something outside this machine"


@pytest.fixture
def page_at(live_site, chromium, request, no_outside_requests) -> Iterator[Callable[..., Page]]:
    """`page_at(width, language="zh", dark=False, **context)`: a new page in a new browser profile.

    Its base address is the live site's, so `page.goto("/")` is the county. A script error on the page fails the test.
    `has_camera` is for whoever is not given permissions=["camera"], and asks for it all the same.
    """
    pages: list[Page] = []
    errors: list[str] = []

    def open_page(
        width: int = 1366, language: str = "zh", *, dark: bool = False, has_camera: bool = False, **context
    ) -> Page:
        is_whole = has_camera or "camera" in context.get("permissions", ())
        profile = (request.getfixturevalue("whole_chromium") if is_whole else chromium).new_profile(
            base_url=live_site.url,
            viewport=viewport(width),
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if dark else "light",
            has_touch=is_touched(width),
            **context,
        )
        page = profile.new_page()
        page.on("request", lambda asked: _record_if_outside(asked.url, no_outside_requests))
        page.on("pageerror", lambda error: errors.append(str(error)))
        pages.append(page)
        return page

    yield open_page
    has_failed = request.node.stash.get(OUTCOME, {}).get("call") == "failed"
    alive = [page for page in pages if _is_alive(page)]
    if has_failed:
        _take_pictures(alive, request.node.nodeid)
    for page in alive:
        page.context.close()
    assert has_failed or len(alive) == len(pages), "Chromium died during this test"
    assert errors == [], "a script on the page failed"


@pytest.fixture(params=["zh", "en"])
def language(request) -> str:
    """A test that takes it runs once in each language."""
    return request.param


@pytest.fixture
def page_in_turn(page_at, language) -> Callable[..., Page]:
    """`page_in_turn(**context)`: a new page in the language of the test; a phone in Chinese, a desk in English."""
    return partial(page_at, NARROW if language == "zh" else WIDE, language)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    item.stash.setdefault(OUTCOME, {})[report.when] = report.outcome
    return report


def _record_if_outside(url: str, asked: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in {"127.0.0.1", "localhost"}:
        asked.append(url)


def _is_alive(page: Page) -> bool:
    """Whether the Chromium of this page still runs; the page itself may be closed."""
    # A death is noticed only by speaking to it. A profile that the test has closed does not answer either.
    with suppress(Error):
        page.context.cookies()
    return page.context.browser.is_connected()


def _take_pictures(pages: list[Page], test: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    name = re.sub(r"[^\w.-]+", "-", test.split("/")[-1])
    for number, page in enumerate(pages, start=1):
        with suppress(Error):  # a page that was closed or has crashed leaves none
            page.screenshot(path=PICTURES / f"{name}-{number}.png", full_page=True)


def _wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    """Until the address answers with a success; the log in the failure if it never does."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"the site did not answer at {url}:\n{log.read_text()}")


def _resident_may_pass(url: str) -> bool:
    """Whether the code of the demo's resident is green, with no journey held against it."""
    jar = CookieJar()
    asking = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    asking.open(f"{url}/sign-in", timeout=60).close()
    token = next(cookie.value for cookie in jar if cookie.name == "csrftoken")
    form = urlencode({"role": "resident", "csrfmiddlewaretoken": token}).encode()
    asking.open(f"{url}/sign-in", form, timeout=60).close()
    with asking.open(f"{url}/my/code.json", timeout=60) as answer:
        return json.load(answer)["state"].startswith("green·clear·")
