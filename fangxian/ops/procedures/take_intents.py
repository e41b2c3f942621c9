"""What phones in the field recorded is taken in (收外勤记录): in order, once, each with its own answer.

1. only from a phone that may speak now                    field
2. what was taken already is a repeat, harmless            field
   the same number with other content: refused             field
3. each record by its kind, in the order of the numbers    field_kinds
4. its number is kept in the transaction that takes it     field
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Final

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.field.actions import hear, note_taken
from fangxian.ops.field.queries import FieldDevice, alone, digests_of
from fangxian.ops.field.refusals import kind_unknown, number_taken
from fangxian.ops.field.wire import Intent, Outcome, Sending, digest_of
from fangxian.ops.realm.current import county_now, the_realm

from .field_kinds import KINDS, Take

# Each chunk is a short transaction: on SQLite chunks of 200 locked no other writer out.
CHUNK: Final = 100


def take_intents(*, device: FieldDevice, sending: Sending) -> list[Outcome]:
    """Take what a phone sends; one outcome for each record, those that cannot be read among them.

    Refuses
    -------
    field.device_unknown, field.cut_off
        When the phone is cut off meanwhile; what was answered before stays taken, and is a repeat.
    """
    outcomes = list(sending.damaged)
    for start in range(0, len(sending.intents), CHUNK):
        outcomes += _take_some(device, sending.intents[start : start + CHUNK], sending.sent_at)
    n_left = sum(it.what == "refused" for it in outcomes)
    n_waiting = max(0, sending.n_waiting - len(outcomes)) + n_left
    hear(
        device=device,
        sent_at=sending.sent_at,
        app_version=sending.app,
        protocol=sending.protocol,
        n_waiting=n_waiting,
    )
    return outcomes


@transaction.atomic
def _take_some(device: FieldDevice, intents: Sequence[Intent], sent_at: datetime) -> list[Outcome]:
    alone(device)
    digests = {it.number: digest_of(it) for it in intents}
    known = digests_of(device, digests)
    outcomes = [_known(number, known[number] == digests[number]) for number in known]
    at = county_now()
    fresh = [replace(it, recorded_at=_recorded_at(it, sent_at, at)) for it in intents if it.number not in known]
    for kind, run in groupby(fresh, key=lambda it: it.kind):
        outcomes += _take_run(kind, list(run), device.account)
    taken = {it.number for it in outcomes if it.what != "refused"} - known.keys()
    note_taken(device=device, intents=[it for it in fresh if it.number in taken], digests=digests)
    return outcomes


def _known(number: int, is_same: bool) -> Outcome:
    return Outcome(number, "repeat") if is_same else Outcome(number, "refused", number_taken(number))


def _take_run(kind: str, run: list[Intent], by: Account) -> list[Outcome]:
    take = KINDS.get(kind)
    if take is None:
        return [Outcome(it.number, "refused", kind_unknown(kind)) for it in run]
    try:
        return _take_whole(take, run, by)
    except Refusal as refusal:
        if len(run) == 1:
            return [Outcome(run[0].number, "refused", refusal)]
    return [outcome for it in run for outcome in _take_run(kind, [it], by)]


def _take_whole(take: Take, run: list[Intent], by: Account) -> list[Outcome]:
    with transaction.atomic():
        outcomes = list(take(run, by))
    _require_all(outcomes, {it.number: it for it in run})
    return outcomes


def _require_all(outcomes: Iterable[Outcome], run: Mapping[int, Intent]) -> None:
    answered = sorted(it.number for it in outcomes)
    if answered != sorted(run):
        raise RuntimeError(f"of {len(run)} records {len(answered)} were answered: a kind answers each once")


def _recorded_at(intent: Intent, sent_at: datetime, at: datetime) -> datetime:
    """When it was recorded, in county time and never in the future.

    Where the phone could not vouch for its time there are two ways to reckon it: what it took county time to be, and
    how long ago it was by its own clock, which is as wrong as it sends as it was when it wrote. Whichever is possible
    and later is nearer the truth: a clock that was set back makes either too early.
    """
    told, by_age = intent.recorded_at, None
    if intent.is_time_sure:
        return min(told, at)
    if intent.device_at is not None and intent.device_at <= sent_at:
        by_age = at - (sent_at - intent.device_at) * the_realm().clock.rate
    if told > at:
        return by_age or at
    return max(told, by_age or told)
