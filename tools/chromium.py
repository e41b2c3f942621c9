"""Where the browsers are that the browser tests drive."""

import shutil
from collections.abc import Sequence

WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The same without windows: it draws the same pages and runs the same scripts with less than half of the processor.
# Debian's command of that name is a shell that waits for the program beside the whole one.
WITHOUT_WINDOWS = ("/usr/lib/chromium/chromium-headless-shell", "chromium-headless-shell")


def find_chromium() -> str | None:
    """The path of the machine's Chromium, or None; `tools/system.sh chromium` installs one where it can."""
    return _first((*WITHOUT_WINDOWS, *WHOLE))


def find_whole_chromium() -> str | None:
    """One that can ask for what a page wants to use, such as the camera."""
    return _first(WHOLE)


def _first(names: Sequence[str]) -> str | None:
    return next((path for name in names if (path := shutil.which(name))), None)
