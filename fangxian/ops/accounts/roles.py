"""The roles, read from roles.toml and checked when the program starts."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS

FILE = Path(__file__).with_name("roles.toml")
IDLE_MINUTES_MAX = 720


class ScopeKind(StrEnum):
    """What an appointment to a role is for."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    GRID = "grid"
    VENUE = "venue"
    SELF = "self"


# How long an appointment's area path is. A venue's is that of its grid cell; one's own records have none.
DIGITS: Mapping[ScopeKind, int] = {
    ScopeKind.COUNTY: COUNTY_DIGITS,
    ScopeKind.TOWNSHIP: TOWNSHIP_DIGITS,
    ScopeKind.VILLAGE: VILLAGE_DIGITS,
    ScopeKind.GRID: GRID_DIGITS,
    ScopeKind.VENUE: GRID_DIGITS,
    ScopeKind.SELF: 0,
}


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that may be done. `{permission:zh}` in a sentence is its Chinese name."""

    name: str
    said: Said
    approves: bool

    def __format__(self, language: str) -> str:
        return self.said.in_language(language or "zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One role. `{role:en}` in a sentence is its English name."""

    name: str
    said: Said
    scope: ScopeKind
    permissions: frozenset[str]
    appointed_by: frozenset[str]
    idle_minutes: int
    is_administration: bool
    approves: bool

    @property
    def takes_two(self) -> bool:
        """Whether an appointment to it by an account needs a second person."""
        return self.approves or self.is_administration

    def __format__(self, language: str) -> str:
        return self.said.in_language(language or "zh")


@dataclass(frozen=True, slots=True)
class RoleBook:
    """All permissions and roles, in the order of the file."""

    permissions: Mapping[str, Permission]
    roles: Mapping[str, Role]
    holders: Mapping[str, frozenset[str]] = field(init=False)  # asked some forty times for a page

    def __post_init__(self) -> None:
        held = {it: frozenset(r.name for r in self.roles.values() if it in r.permissions) for it in self.permissions}
        object.__setattr__(self, "holders", held)

    def holding(self, permission: str) -> frozenset[str]:
        """Names of the roles that have a permission.

        Raises
        ------
        ValueError
            If there is no such permission: a bug of the caller, which would otherwise read as "nobody may".
        """
        if permission not in self.permissions:
            raise ValueError(f"there is no permission {permission!r} in roles.toml")
        return self.holders[permission]


@cache
def the_roles() -> RoleBook:
    """The roles this program runs with."""
    return read_roles(FILE.read_text("utf-8"))


def read_roles(text: str) -> RoleBook:
    """Parse and check.

    Refuses
    -------
    accounts.roles_unreadable, accounts.roles_wrong
        Names the row and what it should be.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal(
            "accounts.roles_unreadable",
            zh="角色文件读不懂：{reason}。它应是 TOML，每个角色和权限只出现一次；请改正这一处。",
            en="The file of roles cannot be read: {reason}. It should be TOML in which each role and permission stands "
            "once: mend that place.",
            reason=str(error),
        ) from error
    permissions = {name: _permission(name, row) for name, row in table.get("permissions", {}).items()}
    roles = {name: _role(name, row, permissions) for name, row in table.get("roles", {}).items()}
    for role in roles.values():
        _check_appointing(role, roles)
    if not permissions or not roles:
        raise _wrong("roles.toml", "no [permissions] or no [roles]", "both")
    return RoleBook(permissions, roles)


def _permission(name: str, row: object) -> Permission:
    place = f'permissions."{name}"'
    room, dot, what = name.partition(".")
    if not (dot and room and what):
        raise _wrong(place, name, "room.what, such as people.view")
    if not isinstance(row, dict):
        raise _wrong(place, row, "{ zh = …, en = … }")
    _refuse_strangers(place, row, {"zh", "en", "approves"})
    return Permission(name, _said(place, row), bool(row.get("approves", False)))


def _role(name: str, row: dict, permissions: Mapping[str, Permission]) -> Role:
    place = f"roles.{name}"
    _refuse_strangers(
        place, row, {"zh", "en", "scope", "idle_minutes", "appointed_by", "permissions", "administration"}
    )
    held = _names(place, "permissions", row)
    if unknown := [permission for permission in held if permission not in permissions]:
        raise _wrong(f"{place}.permissions", unknown[0], "a name from [permissions]")
    approving = [permission for permission in held if permissions[permission].approves]
    is_administration = bool(row.get("administration", False))
    if is_administration and approving:
        raise _wrong(f"{place}.permissions", approving[0], "none that approves: an administrator approves nothing")
    return Role(
        name=name,
        said=_said(place, row),
        scope=_scope(place, row),
        permissions=frozenset(held),
        appointed_by=frozenset(_names(place, "appointed_by", row)),
        idle_minutes=_idle_minutes(place, row),
        is_administration=is_administration,
        approves=bool(approving),
    )


def _said(place: str, row: Mapping) -> Said:
    for language in ("zh", "en"):
        if not isinstance(row.get(language), str) or not row[language].strip():
            raise _wrong(f"{place}.{language}", row.get(language, "missing"), "a name in this language")
    return Said(row["zh"], row["en"])


def _scope(place: str, row: Mapping) -> ScopeKind:
    try:
        return ScopeKind(row.get("scope"))
    except ValueError:
        raise _wrong(f"{place}.scope", row.get("scope", "missing"), "one of " + ", ".join(ScopeKind)) from None


def _idle_minutes(place: str, row: Mapping) -> int:
    minutes = row.get("idle_minutes", "missing")
    if not isinstance(minutes, int) or not 1 <= minutes <= IDLE_MINUTES_MAX:
        raise _wrong(f"{place}.idle_minutes", minutes, f"a whole number from 1 to {IDLE_MINUTES_MAX}")
    return minutes


def _names(place: str, field: str, row: Mapping) -> list[str]:
    names = row.get(field, "missing")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _wrong(f"{place}.{field}", names, "a list of names")
    if twice := [name for name in names if names.count(name) > 1]:
        raise _wrong(f"{place}.{field}", f"{twice[0]} twice", "each name once")
    return names


def _check_appointing(role: Role, roles: Mapping[str, Role]) -> None:
    if unknown := sorted(role.appointed_by - roles.keys()):
        raise _wrong(f"roles.{role.name}.appointed_by", unknown[0], "names of roles in this file")


def _refuse_strangers(place: str, row: Mapping, known: set[str]) -> None:
    if strangers := sorted(row.keys() - known):
        raise _wrong(f"{place}.{strangers[0]}", "unknown", "one of " + ", ".join(sorted(known)))


def _wrong(place: str, found: object, wanted: str) -> Refusal:
    return Refusal(
        "accounts.roles_wrong",
        zh="角色文件的 {place} 处写的是“{found}”，应为：{wanted}。请改正后重新启动；在此之前程序不会运行。",
        en="The file of roles has “{found}” at {place}; it should be {wanted}. Mend it and start again: the program "
        "does not run until then.",
        place=place,
        found=found,
        wanted=wanted,
    )
