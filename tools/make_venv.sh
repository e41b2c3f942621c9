#!/bin/sh
# make_venv.sh PYTHON FOLDER: a virtual environment, also on a Debian that ships Python without it.
set -eu
python=$1 folder=$2
here=$(dirname "$0")

if [ -z "$python" ]; then
    echo "Fangxian needs Python 3.11 or newer, and none of python3.11 … python3 is. Install one (Debian:" >&2
    echo "apt-get install python3 python3-venv), or say where it is: make setup PYTHON=/path/to/python3.12" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "$python is $("$python" -V 2>&1); Fangxian needs Python 3.11 or newer." >&2
    exit 1
fi
# Debian splits ensurepip off into python3.X-venv.
if ! "$python" -c 'import ensurepip, venv; ensurepip.version()' >/dev/null 2>&1; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        sh "$here/system.sh" "deb:$package"
    else
        echo "$python cannot make virtual environments here: the package $package is missing, and only root" >&2
        echo "can install it. Ask for: apt-get install $package" >&2
        exit 1
    fi
fi
"$python" -m venv "$folder"
