#!/bin/sh
# web.sh [build|check|test]: build the browser's files into web/dist; or check types; or run the unit tests.
# What is current is left alone.
set -eu
cd "$(dirname "$0")/../web"

node() { sh ../tools/node.sh "$@"; }

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    echo "Installing what the browser's files are built with into web/node_modules"
    node npm ci --no-audit --no-fund --loglevel=error
    touch node_modules/.package-lock.json
fi

is_current() {
    [ -f dist/.built ] && [ -z "$(find . \( -path ./node_modules -o -path ./dist -o -path ./tests \) -prune \
        -o -type f -newer dist/.built -print)" ]
}

case ${1:-build} in
    build)
        if is_current; then exit 0; fi
        echo "Building the browser's files into web/dist"
        node npm run --silent build -- --logLevel warn
        touch dist/.built
        ;;
    *) node npm run --silent "$1" ;;
esac
