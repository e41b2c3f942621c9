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
import shutil
import socket
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
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, expect, sync_playwright

from chromium import find_chromium
from tests.browser.fake_camera import blank, film
from tests.browser.looks import NARROW, WIDE, is_touched, viewport

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "test-results"
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
# Two popups of the address bar that nobody here will open are pages of their own in every profile, and cost more
# than the page under test: 12 profiles took 12.9 s of processor with them and 6.4 without. A process kept ready for
# the next page, and one for each site where there is one site: 5 profiles took 5.3 s with them and 3.9 without.
SUPERFLUOUS = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess"]
# What Playwright turns off. Only the last such flag counts, so ours must say it again; `test_chromium` compares.
OFF_WITH_PLAYWRIGHT = [
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
    "msEdgeUpdateLaunchServicesPreferredVersion",
    "msForceBrowserSignIn",
]
# Chromium asks its maker for updates and experiments at every start; none of that may leave this machine.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-site-isolation-trials",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    f"--disable-features={','.join(OFF_WITH_PLAYWRIGHT + SUPERFLUOUS)}",
]
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
    for _ in range(TRIES):
        with running_county() as site:
            if _resident_may_pass(site.url):
                yield site
                return
    pytest.fail(f"in {TRIES} counties running the demo's resident was not green")


@contextmanager
def running_county() -> Iterator[Site]:
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
            port, gate = _free_ports(2)
            ports = ["--port", str(port), "--gate-port", str(gate)]
            server = subprocess.Popen([*program, "run", "--no-day", *ports], **told)
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


def _free_ports(n: int) -> list[int]:
    """Held together, so that they differ."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


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
