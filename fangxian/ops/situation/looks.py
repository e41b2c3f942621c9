"""Who looked at a record, in words: the post and its unit, when, for which reason."""

from dataclasses import dataclass
from datetime import datetime

from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import accounts_by_id
from fangxian.ops.audit import queries as audit

GONE = Said("已注销的账号", "an account that is closed")
NO_UNIT = Said("—", "—")


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtRecord:
    """One look. `why` is the dotted name of the page or purpose."""

    seen_at: datetime
    post: Said
    unit: Said
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The newest looks at a record, and how many there were in all (of those still kept)."""

    newest: list[LookAtRecord]
    n_all: int


def looks_at(subject: str, *, limit: int = 20) -> Looks:
    """Who looked at a record; `subject` is "kind:<id>"."""
    looks = audit.who_looked(subject, limit=limit)
    accounts = accounts_by_id(look.viewer for look in looks)

    def told(look: audit.Look) -> LookAtRecord:
        account = accounts.get(look.viewer)
        return LookAtRecord(
            seen_at=look.seen_at,
            post=Said(account.username, account.username) if account else GONE,
            unit=Said(account.unit.name_zh, account.unit.name_en) if account else NO_UNIT,
            why=look.why,
        )

    n_all = audit.n_looks(subject) if len(looks) == limit else len(looks)
    return Looks(newest=[told(look) for look in looks], n_all=n_all)
