"""The browsers that the tests drive: a real Chromium, with nothing that looks for its maker."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Playwright

from tests.browser.fake_camera import blank

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


class Chromium:
    """A real Chromium that is started anew when it has died, so that a crash fails the test it was in and no other."""

    def __init__(self, playwright: Playwright, home: Path, executable: str | None):
        if not executable:
            pytest.fail("There is no Chromium here. As root: sh tools/system.sh chromium")
        # Its home is not ours: some of us have none that can be written to.
        environment = {**os.environ, "HOME": str(home)} | _fonts_of_a_package(home)
        self.film = home / "camera.y4m"
        blank(self.film)
        flags = FLAGS + (["--no-sandbox"] if os.geteuid() == 0 else []) + _camera_flags(self.film)
        told = {"executable_path": executable, "args": flags, "env": environment}
        self._launch = partial(playwright.chromium.launch, **told)
        self._launch_on_disk = partial(playwright.chromium.launch_persistent_context, **told)
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

    def profile_on_disk(self, folder: Path, **context) -> BrowserContext:
        """A browser of its own whose profile outlives it, as that of a phone whose battery dies."""
        return self._launch_on_disk(folder, **context)

    def close(self) -> None:
        if self.browser.is_connected():
            self.browser.close()


@contextmanager
def started(playwright: Playwright, executable: str | None) -> Iterator[Chromium]:
    with tempfile.TemporaryDirectory(prefix="fangxian-home-") as home:
        chromium = Chromium(playwright, Path(home), executable)
        yield chromium
        chromium.close()


def _camera_flags(film: Path) -> list[str]:
    """A camera that plays a film instead of looking into the room; a page must still be allowed to use it."""
    return ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]


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
