"""Arrivals declared from a phone in the field (外勤落地申报): one of the kinds of `field_kinds`.

Each is one person before a grid worker or a checkpoint, written down without a network and declared when there is one.
The record's phone and number are the form's token, so that it is one declaration however often it is sent.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID, uuid5

from fangxian.core.identity import IdentityKind
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.arrivals.wire import Told, ToldLeg, ToldStay
from fangxian.ops.field.refusals import not_readable
from fangxian.ops.field.wire import Intent, Outcome, moment

from .arrival_declarers import declare_for_somebody
from .arrival_people import Newcomer

ONE_DAY = timedelta(days=1)


def take(intents: Sequence[Intent], by: Account) -> list[Outcome]:
    """Declare each; one that cannot be taken spoils no other."""
    return [_take(it, by) for it in intents]


def _take(intent: Intent, by: Account) -> Outcome:
    try:
        told, newcomer, area_path = read_arrival(intent.body)
        kept, _ = declare_for_somebody(
            newcomer=newcomer, told=told, area_path=area_path, by=by, token=token_of(intent.device, intent.number)
        )
    except Refusal as refusal:
        return Outcome(intent.number, "refused", refusal)
    return Outcome(intent.number, "taken" if kept.is_new else "repeat")


def token_of(device: UUID, number: int) -> UUID:
    return uuid5(device, f"arrival {number}")


def read_arrival(body: Mapping) -> tuple[Told, Newcomer, str]:
    """What a phone wrote down: when, from where, by what; who; and in which area of the county they stay.

    Refuses
    -------
    field.not_readable
    """
    try:
        told = Told(
            arrives_at=moment(body["arrives_at"]),
            stays=tuple(_stay(it) for it in body["stays"]),
            legs=tuple(_leg(it) for it in body.get("legs", ())),
            stays_at=_text(body, "stays_at", 100),
            phone=_text(body, "phone", 20),
        )
        newcomer = Newcomer(
            name=_text(body, "name", 50),
            number=_text(body, "number", 40),
            kind=IdentityKind(body.get("kind", IdentityKind.RESIDENT.value)),
            phone=told.phone,
            born_on=date.fromisoformat(body["born_on"]) if body.get("born_on") else None,
            is_male=body.get("sex") != "female",
            lives_here=body.get("lives_here") is True,
        )
        return told, newcomer, _text(body, "area", 15)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise not_readable(type(error).__name__) from None


def _stay(row: Mapping) -> ToldStay:
    return ToldStay(
        division=_text(row, "division", 6),
        begins_on=date.fromisoformat(row["begins_on"]),
        ends_on=date.fromisoformat(row["last_on"]) + ONE_DAY,
        risk_areas=frozenset(str(UUID(it)) for it in row.get("risk_areas", ())),
        areas_known=row.get("areas_known") is True,
    )


def _leg(row: Mapping) -> ToldLeg:
    if row["transport"] not in ("train", "flight", "coach", "car", "ship", "other"):
        raise ValueError("transport")
    return ToldLeg(
        transport=row["transport"],
        vehicle=_text(row, "vehicle", 60),
        seat=_text(row, "seat", 20),
        begins_at=moment(row["begins_at"]),
        ends_at=moment(row["ends_at"]),
    )


def _text(row: Mapping, name: str, longest: int) -> str:
    text = row.get(name, "")
    if not isinstance(text, str) or len(text) > longest:
        raise ValueError(name)
    return text.strip()
