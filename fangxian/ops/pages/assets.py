"""Where the built web assets are: Vite's manifest read, nothing guessed."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from fangxian.core.refusal import Refusal


class AssetsMissing(Refusal):
    """The web build is not there. The pages still work, unstyled, and say what to type."""

    def __init__(self, where: Path) -> None:
        super().__init__(
            "web.not_built",
            zh="页面样式还没有构建：在 {where} 找不到清单。清单由 Vite 生成。请在代码目录运行 make web，再刷新本页。",
            en="The web assets are not built: no manifest in {where}. Vite writes it. Run `make web` in the "
            "source folder, then reload this page.",
            where=where.name if where.name else str(where),
        )


@lru_cache(maxsize=4)
def _parsed(path: Path, _changed_ns: int) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def manifest() -> dict:
    """Vite's manifest, read again when the file changes.

    Raises
    ------
    AssetsMissing
        If the web build is not there.
    """
    path = Path(settings.WEB_DIST) / ".vite" / "manifest.json"
    try:
        return _parsed(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise AssetsMissing(Path(settings.WEB_DIST)) from None


def url_of(file: str) -> str:
    """The address of a file of the build; its name carries a digest, so it may be kept forever."""
    return settings.STATIC_URL + file


def files_of(entry: str) -> tuple[list[str], list[str]]:
    """The addresses of an entry's style sheets and of its script, in the order the browser must meet them.

    Raises
    ------
    AssetsMissing
        If the web build is not there.
    LookupError
        If no such entry is built; names the entries there are.
    """
    built = manifest()
    chunk = _entry(built, entry)
    styles, seen = [], set()

    def visit(part: dict) -> None:
        for name in part.get("imports", ()):
            if name not in seen:
                seen.add(name)
                visit(built[name])
        styles.extend(file for file in part.get("css", ()) if file not in styles)

    visit(chunk)
    return [url_of(file) for file in styles], [url_of(chunk["file"])] if chunk["file"].endswith(".js") else []


def asset_url(entry: str) -> str:
    """The address of one built file, such as `icon.svg`. Raises as `files_of`."""
    return url_of(_entry(manifest(), entry)["file"])


def _entry(built: dict, entry: str) -> dict:
    try:
        return built[f"src/{entry}"]
    except KeyError:
        raise LookupError(f"{entry} is not built; there are {', '.join(sorted(built))}") from None
