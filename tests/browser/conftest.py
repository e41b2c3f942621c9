"""A real server with a small county, and a real Chromium to look at it with.

    def test_the_county_is_shown(page_at):
        page = page_at(360, "zh")
        page.goto("/")
        ...

No page may ask for anything outside this machine: a request that tries is recorded, cannot succeed, and
fails the test. A failed test leaves a picture of each of its pages in test-results/.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright

from chromium import find_chromium
from tests.browser.fake_camera import blank, film

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "test-results"
HEIGHTS = {360: 740, 768: 1024, 1366: 768, 1920: 1080}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
# Chromium asks its maker for updates and experiments at every start; none of that may leave this machine.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
READY_WITHIN_S = 60
OUTCOME = pytest.StashKey[dict]()


@dataclass(frozen=True)
class Site:
    """A running county: its address without a slash at the end, and its data folder."""

    url: str
    data: Path


@pytest.fixture(scope="session")
def live_site() -> Iterator[Site]:
    """`fangxian run` on a demo county of 2% of the residents, in a folder of its own, on a free port."""
    disk = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="fangxian-site-", dir=disk) as folder:
        data = Path(folder) / "data"
        environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "FANGXIAN_DATA"}}
        environment |= {"FANGXIAN_DATA": str(data), "PYTHONUNBUFFERED": "1"}
        log = Path(folder) / "log"
        with log.open("w") as output:
            told = {"env": environment, "cwd": ROOT, "stdout": output, "stderr": subprocess.STDOUT}
            program = [sys.executable, "-m", "fangxian.cli"]
            built = subprocess.call([*program, "county", "build", "fushan", "--seed", "1", "--scale", "0.02"], **told)
            assert built == 0, log.read_text()
            port = _free_port()
            server = subprocess.Popen([*program, "run", "--no-day", "--port", str(port)], **told)
            try:
                url = f"http://127.0.0.1:{port}"
                _wait_for(f"{url}/healthz", server, log)
                yield Site(url, data)
            finally:
                server.terminate()
                server.wait(timeout=30)


class Chromium:
    """A real Chromium that is started anew when it has died, so that a crash fails the test it was in and no other."""

    def __init__(self, playwright: Playwright, home: Path):
        executable = find_chromium()
        if not executable:
            pytest.fail("There is no Chromium here. As root: sh tools/system.sh chromium")
        # Its home is not ours: some of us have none that can be written to.
        environment = {**os.environ, "HOME": str(home)} | _fonts_of_a_package(home)
        self.film = home / "camera.y4m"
        blank(self.film)
        flags = FLAGS + (["--no-sandbox"] if os.geteuid() == 0 else []) + _camera_flags(self.film)
        self._launch = partial(playwright.chromium.launch, executable_path=executable, args=flags, env=environment)
        self.browser: Browser = self._launch()

    def new_profile(self, **context) -> BrowserContext:
        """An empty profile, in the Chromium that runs or in a new one if that has died."""
        if self.browser.is_connected():
            try:
                return self.browser.new_context(**context)
            except Error:
                # One that died while nobody was talking to it is found dead by the first call.
                if self.browser.is_connected():
                    raise
        print("Chromium had died and was started anew.", file=sys.stderr)
        self.browser = self._launch()
        return self.browser.new_context(**context)

    def close(self) -> None:
        if self.browser.is_connected():
            self.browser.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    with tempfile.TemporaryDirectory(prefix="fangxian-home-") as home, sync_playwright() as playwright:
        chromium = Chromium(playwright, Path(home))
        yield chromium
        chromium.close()


@pytest.fixture
def camera(chromium) -> Iterator[Callable[[str], None]]:
    """`camera(text)`: a camera started from now on shows the QR of that text; the page needs permissions=["camera"]."""
    yield lambda text: film(text, chromium.film)
    blank(chromium.film)


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
    """
    pages: list[Page] = []
    errors: list[str] = []

    def open_page(width: int = 1366, language: str = "zh", *, dark: bool = False, **context) -> Page:
        profile = chromium.new_profile(
            base_url=live_site.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 800)},
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if dark else "light",
            has_touch=width < 768,
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


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """`axe(page)`: what axe-core finds wrong with the page as it stands, one line each; [] is what is wanted."""
    from axe_playwright_python.sync_playwright import Axe

    def look(page: Page) -> list[str]:
        found = Axe().run(page).response["violations"]
        return [
            f"{violation['id']} ({violation['impact']}): {violation['help']}: {', '.join(map(str, node['target']))}"
            for violation in found
            for node in violation["nodes"]
        ]

    return look


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    item.stash.setdefault(OUTCOME, {})[report.when] = report.outcome
    return report


def _camera_flags(film: Path) -> list[str]:
    """A camera that plays a film instead of looking into the room; a page must still be allowed to use it."""
    return ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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


def _fonts_of_a_package(home: Path) -> dict[str, str]:
    """Where the machine has no Chinese type, the environment that lets Chromium find the fetched one."""
    fetched = Path(sys.prefix) / "share" / "fonts"
    has_own = (
        shutil.which("fc-list")
        and subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout.strip()
    )
    if has_own or not fetched.is_dir():
        return {}
    config = home / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<include ignore_missing='yes'>/etc/fonts/fonts.conf</include><dir>{fetched}</dir>"
        f"<cachedir>{home / 'fontcache'}</cachedir></fontconfig>"
    )
    return {"FONTCONFIG_FILE": str(config)}
