"""What others may ask of the field room."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Max, QuerySet, Sum

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import FieldDevice, IntentTaken
from .wire import secret_index

# Who closes accounts cuts any phone off; whoever works outside may have one.
CUT_OFF_ANY = "accounts.open"
FIELD_WORK = ("tasks.do", "doors.scan")
SHOWN = 500


def may_have_a_phone(account: Account) -> bool:
    return any(may(account, it) for it in FIELD_WORK)


def device_with(secret: str) -> FieldDevice:
    """The phone that shows a secret, with its account, if it may speak now.

    Refuses
    -------
    field.device_unknown, field.cut_off, field.device_ended, field.account_over
    """
    found = FieldDevice.objects.filter(secret_index=secret_index(secret)) if secret else FieldDevice.objects.none()
    device = found.select_related("account__unit").first()
    if device is None:
        raise refusals.device_unknown()
    if device.cut_off_at:
        raise refusals.device_cut_off(device.cut_off_at)
    if device.ends_at <= county_now():
        raise refusals.device_ended(device.ends_at)
    if not device.account.is_active or device.account.must_change_password:
        raise refusals.account_over()
    return device


def told_while_locked(device: str) -> Refusal:
    """What a phone is told that is locked, and so has no secret to show: whether it was cut off, and nothing else."""
    try:
        found = FieldDevice.objects.filter(pk=UUID(device), cut_off_at__isnull=False).first()
    except ValueError:
        found = None
    return refusals.device_cut_off(found.cut_off_at) if found and found.cut_off_at else refusals.device_unknown()


def devices_seen_by(account: Account) -> QuerySet[FieldDevice]:
    """The phones an account may see: its own; every one of the county for whoever closes accounts."""
    rows = FieldDevice.objects.select_related("account__unit")
    return rows if may(account, CUT_OFF_ANY) else rows.filter(account=account)


def digests_of(device: FieldDevice, numbers: Iterable[int]) -> dict[int, bytes]:
    """Of those of some numbers that were taken from a phone already, the digest of what was taken."""
    rows = IntentTaken.objects.filter(device=device, number__in=list(numbers))
    return {number: bytes(digest) for number, digest in rows.values_list("number", "digest")}


def taken_of(device_ids: Iterable[UUID]) -> QuerySet[IntentTaken]:
    """What was taken from some phones, the newest first."""
    return IntentTaken.objects.filter(device__in=list(device_ids)).order_by("-taken_at", "-number")


def alone(device: FieldDevice) -> None:
    """Inside a transaction: whatever else speaks for this phone waits, so that its records keep their order.

    Refuses
    -------
    field.device_unknown, field.cut_off
    """
    held = FieldDevice.objects.select_for_update().filter(pk=device.pk).first()
    if held is None:
        raise refusals.device_unknown()
    if held.cut_off_at:
        raise refusals.device_cut_off(held.cut_off_at)


def last_heard(accounts: Iterable[UUID]) -> dict[UUID, tuple[datetime | None, int]]:
    """By the account, when a phone of it that may speak last did, and how many records they had then to send."""
    speaking = FieldDevice.objects.filter(account__in=list(accounts), cut_off_at__isnull=True, ends_at__gt=county_now())
    grouped = speaking.order_by().values("account").annotate(at=Max("heard_at"), n=Sum("n_waiting"))
    return {row["account"]: (row["at"], row["n"]) for row in grouped}
