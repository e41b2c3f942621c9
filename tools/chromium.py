"""Where the browser is that the browser tests drive."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The path of the machine's Chromium, or None; `tools/system.sh chromium` installs one where it can."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)
