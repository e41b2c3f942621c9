"""Where nginx is, for the tests of deploy/."""

import shutil


def find_nginx() -> str | None:
    """The path of the machine's nginx, or None; `tools/system.sh nginx` installs one where it can."""
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")  # not on the path of whoever is not root
