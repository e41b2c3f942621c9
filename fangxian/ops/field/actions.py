"""The only writers of the field room."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import FieldDevice, IntentTaken
from .queries import CUT_OFF_ANY
from .wire import Intent, secret_index

ENROLLED_FOR = Parameter(
    value=90,
    unit="days",
    low=7,
    high=366,
    meaning="How long a phone in the field acts for its account before it must be enrolled again",
    source="a guess: four times a year each unit looks at who still has which phone",
)
SECRET_BYTES = 32
# Who asks more often than this is not written down each time: it is no deed of anybody.
HEARD_EVERY_S = 20


@transaction.atomic
def enrol_device(*, account: Account, name: str, app_version: str = "", protocol: int = 1) -> tuple[FieldDevice, str]:
    """Let a phone act for an account; the phone, and the secret it is told once and nobody can ask for again."""
    at, secret = county_now(), secrets.token_urlsafe(SECRET_BYTES)
    device = FieldDevice.objects.create(
        account=account,
        name=name,
        secret_index=secret_index(secret),
        app_version=app_version[:40],
        protocol=protocol,
        enrolled_at=at,
        ends_at=at + timedelta(days=ENROLLED_FOR.value),
    )
    _record("field.device_enrolled", device, f"account:{account.pk}")
    return device, secret


@transaction.atomic
def renew_device(*, device_id: UUID, account: Account) -> tuple[FieldDevice, str]:
    """A phone goes on as itself with a new secret and a new term, so that what it has not sent keeps its numbers.

    Refuses
    -------
    field.device_unknown, field.cut_off
    """
    device = FieldDevice.objects.select_for_update(of=("self",)).filter(pk=device_id, account=account).first()
    if device is None:
        raise refusals.device_unknown()
    if device.cut_off_at:
        raise refusals.device_cut_off(device.cut_off_at)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    device.secret_index = secret_index(secret)
    device.ends_at = county_now() + timedelta(days=ENROLLED_FOR.value)
    device.save(update_fields=["secret_index", "ends_at"])
    _record("field.device_renewed", device, f"account:{account.pk}")
    return device, secret


@transaction.atomic
def cut_off(*, device_id: UUID, account: Account) -> FieldDevice:
    """`account` cuts a phone off: its own, or any for whoever opens and closes accounts. Twice is harmless.

    Refuses
    -------
    field.device.not_yours
    """
    device = FieldDevice.objects.select_for_update(of=("self",)).filter(pk=device_id).first()
    if device is None or not (device.account_id == account.pk or may(account, CUT_OFF_ANY)):
        raise refusals.not_yours_to_cut_off()
    if device.cut_off_at is None:
        device.cut_off_at, device.cut_off_by = county_now(), f"account:{account.pk}"
        device.save(update_fields=["cut_off_at", "cut_off_by"])
        _record("field.device_cut_off", device, device.cut_off_by)
    return device


@transaction.atomic
def hear(*, device: FieldDevice, sent_at: datetime, app_version: str, protocol: int, n_waiting: int) -> None:
    """Note that a phone has spoken: its clock beside that of this machine, its app, how much it has to send.

    It is no deed of anybody, so it leaves no line.
    """
    at = county_now()
    is_told = (device.app_version, device.protocol, device.n_waiting) == (app_version, protocol, n_waiting)
    if is_told and device.heard_at and at - device.heard_at < timedelta(seconds=HEARD_EVERY_S):
        return
    device.heard_at, device.n_waiting = at, n_waiting
    # A phone shows the time of day: of a drill at another time, or at another rate, it knows nothing.
    device.clock_ahead_ms = round((sent_at - datetime.now(UTC)).total_seconds() * 1000)
    device.app_version, device.protocol = app_version[:40], protocol
    device.save(update_fields=["heard_at", "n_waiting", "clock_ahead_ms", "app_version", "protocol"])


def note_taken(*, device: FieldDevice, intents: Sequence[Intent], digests: Mapping[int, bytes]) -> None:
    """Keep that these records were taken, in the transaction that takes them; one line for all of them.

    `digests` are by number, each of what the phone fixed as it wrote: its time may have been reckoned anew since.
    """
    if not intents:
        return
    at = county_now()
    rows = [
        {
            "device_id": device.pk,
            "number": it.number,
            "kind": it.kind,
            "digest": digests[it.number],
            "recorded_at": it.recorded_at,
            "device_at": it.device_at,
            "is_time_sure": it.is_time_sure,
            "taken_at": at,
        }
        for it in intents
    ]
    with transaction.atomic():
        insert_rows(IntentTaken, rows)
        facts = {"n": len(rows), "kinds": sorted({it.kind for it in intents})}
        record(
            "field.intents_taken", by=f"account:{device.account_id}", about=[f"field_device:{device.pk}"], facts=facts
        )


def _record(action: str, device: FieldDevice, by: str) -> None:
    about = [f"account:{device.account_id}", f"field_device:{device.pk}"]
    record(action, by=by, about=about)
