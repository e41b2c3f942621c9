#!/bin/sh
# Resolve requirements/*.in into hash-locked files that name no host, each for every platform at once.
# The later sets are held to the runtime's versions, so that what is tested is what runs.
set -eu
cd "$(dirname "$0")/.."
tool=.venv/.uv
[ -x "$tool/bin/uv" ] || {
    .venv/bin/python -m venv "$tool"
    "$tool/bin/pip" install --quiet --disable-pip-version-check uv==0.13.9
}
lock() {
    "$tool/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links "requirements/$1.in" --output-file "requirements/$1.txt" ${2:+--constraint "$2"}
}
lock build
lock runtime
lock test requirements/runtime.txt
lock cluster requirements/runtime.txt
lock bench requirements/test.txt
lock node
if grep -nE '://|^--(index-url|extra-index-url|find-links)' requirements/*.txt; then
    echo "A lock names a host (above). Locks must install from whatever registry a machine is set up for." >&2
    exit 1
fi
