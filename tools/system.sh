#!/bin/sh
# system.sh THING...: install from the system's packages what is missing, where we are root; say so where not.
#
#   chromium   the browser tests drive it
#   chromium-headless-shell   the same without windows, for most of them; where no package has it, the whole one does
#   fonts      Chinese type for screenshots and printed papers
#   wrk        the load generator of the benches
#   nginx      the tests of deploy/ put it before a gate
#   redis      what a bench compares with; its tools alone, which hold the server and start no service
#   deb:NAME   that package
#
# Quiet and repeatable: what is there is left alone. It never fails because something could not be
# installed: whoever needs the thing finds it missing and says what that means.
set -eu

is_there() {
    case $1 in
        chromium) command -v chromium || command -v chromium-browser || command -v google-chrome ;;
        chromium-headless-shell) command -v "$1" || [ "$(id -u)" != 0 ] || ! command -v apt-get || { has_lists && ! is_known "$1"; } ;;
        fonts) command -v fc-list && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ] ;;
        redis) command -v redis-benchmark && { command -v redis-server || command -v redis-check-rdb; } ;;
        nginx) command -v nginx || command -v /usr/sbin/nginx ;;
        deb:*) dpkg -s "${1#deb:}" ;;
        *) command -v "$1" ;;
    esac >/dev/null 2>&1
}

has_lists() { ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; }
is_known() { [ -n "$(apt-cache pkgnames "$1")" ]; }

packages_of() {
    case $1 in
        fonts) echo fontconfig fonts-noto-cjk ;;
        redis) echo redis-tools ;;
        # A server that Debian installs is started; where it would be, that is for whoever owns the machine to do.
        nginx) [ -d /run/systemd/system ] || echo nginx ;;
        deb:*) echo "${1#deb:}" ;;
        *) echo "$1" ;;
    esac
}

packages=
for thing; do
    is_there "$thing" || packages="$packages $(packages_of "$thing")"
done
[ -n "$(echo $packages)" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Not installed here, as that needs root and apt-get:$packages" >&2
    exit 0
fi

echo "Installing from the system's packages:$packages"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
install() {
    apt-get update -qq
    is_known chromium-headless-shell || packages=$(echo "$packages" | sed 's/chromium-headless-shell//')
    # shellcheck disable=SC2086  # a list of package names is meant to split
    [ -z "$(echo $packages)" ] || apt-get install -qq -y --no-install-recommends $packages
}
if ! install >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "Could not install:$packages (the last lines of apt-get are above)" >&2
fi
