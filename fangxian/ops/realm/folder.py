"""The data folder: what is in it, which version it has, and whether it may be used."""

import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from fangxian.core.refusal import Refusal

from .clock import CountyClock
from .files import FileStore
from .keys import Keyring

FORMAT = 1
FOLDERS = ("keys", "files", "archive", "log", "gate")


class RealmKind(StrEnum):
    """What the people in a realm are: real in a live one, invented in a demo or a drill."""

    LIVE = "live"
    DEMO = "demo"
    DRILL = "drill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """TCP ports of this realm's two servers, on loopback unless told otherwise."""

    ops: int = 8000
    gate: int = 8001


@dataclass(frozen=True, kw_only=True)
class Realm:
    """One data folder, opened.

    `id` is random and names the realm in backups and documents; it says nothing about the county.
    """

    path: Path
    id: str
    kind: RealmKind
    county: str
    division_code: str
    clock: CountyClock
    ports: Ports

    @property
    def is_synthetic(self) -> bool:
        return self.kind is not RealmKind.LIVE

    @property
    def database_path(self) -> Path:
        return self.path / "database.sqlite3"

    @cached_property
    def keys(self) -> Keyring:
        return Keyring.open(self.path / "keys")

    @cached_property
    def files(self) -> FileStore:
        return FileStore(self.path / "files", self.keys)

    @property
    def gate_folder(self) -> Path:
        """What a gate reads: its keys, the base, the deltas."""
        return self.path / "gate"

    def with_clock(self, clock: CountyClock) -> "Realm":
        """The same realm on another clock, written to its folder."""
        changed = replace(self, clock=clock)
        _write(changed)
        return changed


def keep_ports(path: Path, ports: Ports) -> None:
    """Write down where the realm's servers listen from now on, for whoever has to reach one."""
    realm = open_realm(path)
    if realm.ports != ports:
        _write(replace(realm, ports=ports))


def create_realm(
    path: Path,
    *,
    kind: RealmKind | str,
    county: str,
    division_code: str,
    clock: CountyClock,
    ports: Ports | None = None,
) -> Realm:
    """Lay a new data folder with fresh keys.

    Refuses
    -------
    realm.already_exists, realm.read_only, realm.folder_not_empty
    """
    path = Path(path)
    if (path / "realm.json").exists():
        raise Refusal(
            "realm.already_exists",
            zh="{path} 里已经有一个数据域。新建数据域需要一个空文件夹；请换一个路径，或直接打开它。",
            en="{path} already holds a realm. A new realm needs an empty folder: choose another path, or open "
            "this one.",
            path=path,
        )
    if path.is_dir() and any(path.iterdir()):
        raise Refusal(
            "realm.folder_not_empty",
            zh="{path} 不是空文件夹，里面也没有数据域。为避免覆盖别的文件，没有写入任何内容；请换一个空文件夹。",
            en="{path} is not empty and holds no realm. Nothing was written, so that nothing of yours is overwritten: "
            "choose an empty folder.",
            path=path,
        )
    try:
        for name in FOLDERS:
            (path / name).mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        (path / "gate").chmod(0o700)  # a gate may run as somebody else, who is then let into this folder alone
        Keyring.create(path / "keys")
    except OSError as error:
        raise _unwritable(path, error) from error
    realm = Realm(
        path=path,
        id=secrets.token_hex(8),
        kind=RealmKind(kind),
        county=county,
        division_code=division_code,
        clock=clock,
        ports=ports or Ports(),
    )
    _write(realm)
    return realm


def open_realm(path: Path) -> Realm:
    """Open a data folder.

    Refuses
    -------
    realm.missing, realm.damaged, realm.newer_version, realm.read_only, realm.keys_or_card_changed
    """
    path = Path(path)
    card = _read_card(path)
    if card["format"] > FORMAT:
        raise Refusal(
            "realm.newer_version",
            zh="{path} 的数据域是第 {found} 版，本程序只认识到第 {known} 版。没有改动任何内容；请用更新的防线打开它。",
            en="The realm in {path} has format {found}; this program knows formats up to {known}. Nothing was touched: "
            "open it with a newer Fangxian.",
            path=path,
            found=card["format"],
            known=FORMAT,
        )
    if not os.access(path, os.W_OK | os.X_OK):
        raise _unwritable(path, PermissionError("not writable"))
    if not hmac.compare_digest(card["mark"], _mark(Keyring.open(path / "keys"), card)):
        raise Refusal(
            "realm.keys_or_card_changed",
            zh="{path} 的 realm.json 与密钥不相配：其中一个被改动过，或换成了别的数据域的。没有打开；"
            "请从同一份备份恢复 realm.json 和 keys/ 两者。",
            en="realm.json in {path} does not match its keys: one of them was altered, or belongs to another realm. "
            "It was not opened: restore realm.json and keys/ from one and the same backup.",
            path=path,
        )
    return Realm(
        path=path,
        id=card["id"],
        kind=RealmKind(card["kind"]),
        county=card["county"],
        division_code=card["division_code"],
        clock=CountyClock.from_card(card["clock"]),
        ports=Ports(**card["ports"]),
    )


def _read_card(path: Path) -> dict:
    try:
        card = json.loads((path / "realm.json").read_text("utf-8"))
    except FileNotFoundError:
        raise Refusal(
            "realm.missing",
            zh="{path} 里没有数据域。请先运行 fangxian county build，或用 FANGXIAN_DATA 指到已有的数据文件夹。",
            en="There is no realm in {path}. Run fangxian county build first, or point FANGXIAN_DATA at an "
            "existing data folder.",
            path=path,
        ) from None
    except PermissionError as error:
        raise _unwritable(path, error) from error
    except ValueError:
        card = {}
    wanted = {"format", "id", "kind", "county", "division_code", "clock", "ports", "mark"}
    if (
        not isinstance(card, dict)
        or not isinstance(card.get("format"), int)
        or (card["format"] <= FORMAT and not wanted <= card.keys())
    ):
        raise Refusal(
            "realm.damaged",
            zh="{path} 里的 realm.json 读不懂（应为含 {wanted} 的 JSON）。数据没有动；请从备份恢复这个小文件。",
            en="realm.json in {path} cannot be understood (expected JSON with {wanted}). The data was not touched: "
            "restore this one small file from a backup.",
            path=path,
            wanted=", ".join(sorted(wanted)),
        )
    return card


def _mark(keys: Keyring, card: dict) -> str:
    """A seal over what a realm is, so that a text editor cannot make a live realm a demo. Ports may be changed."""
    sealed = {name: card[name] for name in ("id", "kind", "county", "division_code", "clock")}
    return keys.pseudonym("realm:" + json.dumps(sealed, sort_keys=True))


def _write(realm: Realm) -> None:
    card = {
        "format": FORMAT,
        "id": realm.id,
        "kind": realm.kind,
        "county": realm.county,
        "division_code": realm.division_code,
        "clock": realm.clock.as_card(),
        "ports": asdict(realm.ports),
    }
    card["mark"] = _mark(realm.keys, card)
    target = realm.path / "realm.json"
    draft = target.with_suffix(".new")
    try:
        draft.write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", "utf-8")
        os.replace(draft, target)
    except OSError as error:
        raise _unwritable(realm.path, error) from error


def _unwritable(path: Path, error: OSError) -> Refusal:
    return Refusal(
        "realm.read_only",
        zh="数据文件夹 {path} 不能写入（{reason}）。防线需要写入权限才能保存记录；请更改权限，或用 FANGXIAN_DATA "
        "换一个文件夹。",
        en="The data folder {path} cannot be written ({reason}). Fangxian must write there to keep records: "
        "change its permissions, or choose another folder with FANGXIAN_DATA.",
        path=path,
        reason=error.strerror or str(error),
    )
