"""What of the accounts room is written for people: the reference of roles."""

from .roles import RoleBook, ScopeKind, the_roles

SCOPES = {
    ScopeKind.COUNTY: "全县 county",
    ScopeKind.TOWNSHIP: "乡镇 township",
    ScopeKind.VILLAGE: "村（社区）village",
    ScopeKind.GRID: "网格 grid cell",
    ScopeKind.VENUE: "场所 venue",
    ScopeKind.SELF: "本人 one's own",
}


def roles_reference(book: RoleBook | None = None) -> str:
    """docs/reference/roles.md: every role with what it may do, and every permission with who has it."""
    book = book or the_roles()
    return "\n".join([*_HEAD, *_roles(book), "", "## 权限 Permissions", "", *_permissions(book), ""])


_HEAD = [
    "# 角色与权限 Roles and permissions",
    "",
    "Generated from `fangxian/ops/accounts/roles.toml` by `make docs`; change it there.",
    "",
    "An appointment gives an account a role for one area (or venue) from a moment to another. "
    "A permission holds inside that area. The three administrations (三员) are three different people, and none "
    "of them approves anything. The console on the server may appoint to every role; nobody appoints themselves.",
    "",
    "## 角色 Roles",
    "",
    "| 角色 role | 范围 scope | 由谁任命 appointed by | 无操作退出 idle | 权限 permissions |",
    "|---|---|---|---|---|",
]


def _roles(book: RoleBook) -> list[str]:
    rows = []
    for role in book.roles.values():
        mark = "三员 administration" if role.is_administration else ""
        appointed_by = "、".join(book.roles[name].said.zh for name in book.roles if name in role.appointed_by)
        permissions = " ".join(f"`{name}`" for name in book.permissions if name in role.permissions)
        name = f"{role.said.zh} {role.said.en}<br>`{role.name}` {mark}".rstrip()
        rows.append(f"| {name} | {SCOPES[role.scope]} | {appointed_by} | {role.idle_minutes} min | {permissions} |")
    return rows


def _permissions(book: RoleBook) -> list[str]:
    rows = ["| 权限 permission | 说明 meaning | 谁有 who has it |", "|---|---|---|"]
    for permission in book.permissions.values():
        holders = "、".join(role.said.zh for role in book.roles.values() if permission.name in role.permissions)
        approves = "（审批 approves）" if permission.approves else ""
        rows.append(f"| `{permission.name}`{approves} | {permission.said.zh} {permission.said.en} | {holders} |")
    return rows
