"""The list of phones as the page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fangxian.core.refusal import Said
from fangxian.ops.field.queries import FieldDevice

MINUTE_MS = 60_000
RIGHT_WITHIN_MIN = 2  # the answer takes its time, and nobody mends a minute
IN_USE, OVER, IS_CUT_OFF = Said("在用", "in use"), Said("已到期", "ended"), Said("已停用", "cut off")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLine:
    """One phone: whose, since when, when it last spoke, what it then had to send, and how wrong its clock was."""

    id: UUID
    name: str
    username: str
    unit: Said
    state: Said
    is_in_use: bool
    enrolled_at: datetime
    heard_at: datetime | None
    n_waiting: int
    minutes_ahead: int
    app_version: str
    cut_off_at: datetime | None


def phone_lines(rows: Iterable[FieldDevice], at: datetime) -> list[PhoneLine]:
    return [_line(row, at) for row in rows]


def _line(row: FieldDevice, at: datetime) -> PhoneLine:
    state = IS_CUT_OFF if row.cut_off_at else OVER if row.ends_at <= at else IN_USE
    unit, minutes = row.account.unit, round((row.clock_ahead_ms or 0) / MINUTE_MS)
    return PhoneLine(
        id=row.pk,
        name=row.name,
        username=row.account.username,
        unit=Said(unit.name_zh, unit.name_en or unit.name_zh),
        state=state,
        is_in_use=state is IN_USE,
        enrolled_at=row.enrolled_at,
        heard_at=row.heard_at,
        n_waiting=row.n_waiting,
        minutes_ahead=minutes if abs(minutes) > RIGHT_WITHIN_MIN else 0,
        app_version=row.app_version,
        cut_off_at=row.cut_off_at,
    )
