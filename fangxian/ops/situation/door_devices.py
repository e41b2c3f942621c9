"""A venue's devices for whoever keeps it: who let each one in, and when it was last used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import accounts_named_by
from fangxian.ops.places.models import DoorDevice, Venue
from fangxian.ops.places.queries import devices_of
from fangxian.ops.visits.queries import last_scans_by


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInUse:
    """One device. `post` is the username that let it in and `unit` its unit, None for a program; `last_scan_at`
    is None where it has scanned nobody within the time that scans are kept.
    """

    device: DoorDevice
    post: str | None
    unit: Said | None
    last_scan_at: datetime | None


def devices_in_use(venue: Venue) -> Sequence[DeviceInUse]:
    devices = list(devices_of(venue))
    accounts = accounts_named_by(it.offered_by for it in devices)
    scanned = last_scans_by([it.pk for it in devices], venue_number=venue.venue_number)

    def told(it: DoorDevice) -> DeviceInUse:
        account = accounts.get(it.offered_by)
        return DeviceInUse(
            device=it,
            post=account and account.username,
            unit=account and Said(account.unit.name_zh, account.unit.name_en),
            last_scan_at=scanned.get(it.pk),
        )

    return [told(it) for it in devices]
