#!/bin/sh
# Chinese type for printed papers: the system's; else (no root) two TTF files of Noto Sans SC, under the
# Open Font License, from an npm package into .venv/share/fonts. What is there is left alone.
set -eu
cd "$(dirname "$0")/.."

sh tools/system.sh fonts
if command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]; then exit 0; fi

folder=.venv/share/fonts
checked() {
    (cd "$1" && sha256sum --check --quiet --status) <<'SUMS'
d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16  NotoSansSC_400Regular.ttf
9a38ae0ab28cd5a256f9ea8e00dedc688aac17f7915fcb000572990afa956b96  NotoSansSC_700Bold.ttf
1c05c68c34f9708415aada51f17e1b0092d2cea709bf4a94cd38114f9e73d7d9  LICENSE_FONT
SUMS
}
if [ -d "$folder" ] && checked "$folder" 2>/dev/null; then exit 0; fi

echo "Fetching Chinese type into $folder"
fetched=$(mktemp -d)
trap 'rm -rf "$fetched"' EXIT
sh tools/node.sh npm pack --silent --pack-destination "$fetched" @expo-google-fonts/noto-sans-sc@0.4.3 >/dev/null
tar -xzf "$fetched"/*.tgz -C "$fetched"
mkdir -p "$folder"
for file in 400Regular/NotoSansSC_400Regular.ttf 700Bold/NotoSansSC_700Bold.ttf LICENSE_FONT; do
    cp "$fetched/package/$file" "$folder"
done
if ! checked "$folder"; then
    rm -rf "$folder"
    echo "The fetched type is not the one this version of Fangxian was checked with; nothing was kept." >&2
    exit 1
fi
