"""What others may ask of the hand-over room."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from hashlib import sha1
from operator import itemgetter
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import QuerySet

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.realm.bulk import rows_with
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.ids import ID_BYTES, id_of
from fangxian.ops.realm.keys import Purpose
from fangxian.ops.realm.sealed import opened_each

from .models import CountyKey, OuterRecord, Package, PackageRow
from .refusals import fingerprint, refusal
from .wire import Signer, outer_indexes

EXCHANGE = "contacts.exchange"
# Version 5 of the common layout: bits 76 to 79 and 62 to 63 of such an id say so.
NOT_ITS_KIND, ITS_KIND = ~((0xF << 76) | (0b11 << 62)), (5 << 76) | (0b10 << 62)


def within(account: Account) -> QuerySet[Package]:
    """The packages an account may see, newest first."""
    return within_scope(Package.objects.select_related("signer"), account, EXCHANGE)


def package_for(account: Account, package_id: UUID) -> Package:
    """One of them, with its receipt.

    Refuses
    -------
    accounts.not_yours, handover.unknown
    """
    require(account, EXCHANGE)
    row = within(account).filter(pk=package_id).select_related("signer", "receipt").first()
    if row is None:
        raise refusal("handover.unknown")
    return row


def find(package_id: UUID) -> Package | None:
    return Package.objects.filter(pk=package_id).select_related("signer").first()


def rows_of(package: Package) -> QuerySet[PackageRow]:
    """The people of a package, in its order."""
    return package.rows.order_by("row_number")


def fields_of(row: PackageRow) -> dict[str, str]:
    """What a row says, by the field names of its list."""
    return json.loads(row.content or "{}")


def waiting_for_receipt() -> QuerySet[Package]:
    """Packages of ours that were sent and are not answered, those due first."""
    return Package.objects.filter(state=Package.State.SENT).order_by("due_at", "id")


def keys() -> QuerySet[CountyKey]:
    """Every key of another county that was ever seen, by county."""
    return CountyKey.objects.all()


def confirmed_keys(division_code: str) -> dict[int, bytes]:
    """The public keys of another county that a second person has confirmed, by their numbers there; newest counts."""
    rows = CountyKey.objects.filter(division_code=division_code, state=CountyKey.State.CONFIRMED).order_by("noted_at")
    return {row.key_id: bytes.fromhex(row.public_key) for row in rows}


def county_called(division_code: str) -> Said | None:
    """What another county calls itself, as its key says or as a package of ours was addressed to it last."""
    for rows, newest in ((CountyKey, "-noted_at"), (Package, "-made_at")):
        row = rows.objects.filter(division_code=division_code).order_by(newest).first() if division_code else None
        if row:
            return Said(row.county_zh, row.county_en)
    return None


def key_with(key_id: UUID) -> CountyKey | None:
    return CountyKey.objects.filter(pk=key_id).first()


def signer() -> Signer:
    """With what this county signs its packages and receipts: as its documents."""
    realm = the_realm()
    key_id = realm.keys.current(Purpose.SIGNING).id
    return Signer(division_code=realm.division_code, realm=str(realm.kind), key_id=key_id, key=realm.keys.signing_key)


def own_fingerprint() -> str:
    """The fingerprint of the key with which this county signs now, for others to compare by telephone."""
    return fingerprint(signer().key.public_key().public_bytes_raw().hex())


def packages_of(subject: UUID) -> QuerySet[Package]:
    """The packages in which a case or contact of ours went out or came in, newest first."""
    return Package.objects.filter(rows__subject_id=subject).distinct().order_by("-made_at")


def subjects(source: str, kind: str, outer_ids: Collection[str]) -> dict[str, UUID]:
    """Our id of each record of a source that is known by its id there."""
    asked = [outer_id for outer_id in outer_ids if outer_id]
    by_index = dict(zip(outer_indexes(source, asked), asked, strict=True))
    wanted = ((source, str(kind), index) for index in by_index)
    rows = rows_with(OuterRecord, ("source", "kind", "outer_index"), wanted, ("outer_index", "subject_id"))
    return {by_index[index]: subject for index, subject in rows}


def outer_ids(kind: str, ours: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """What records of ours are called where they came from first: id and number; in the order they were noted."""
    wanted, found = ((str(kind), subject) for subject in ours), {}
    columns = ("noted_at", "subject_id", "outer_id", "outer_number")
    # Of a name that is not the one no seal is opened: to open both of each took a third of an export.
    rows = rows_with(OuterRecord, ("kind", "subject_id"), wanted, columns, opened=False)
    for _, subject, outer_id, number in sorted(rows, key=itemgetter(0)):
        if subject not in found or (number and not found[subject][1]):  # a number is kept as an id of its own too
            found[subject] = (outer_id, number)
    subjects, names = list(found), list(zip(*found.values(), strict=True)) or [(), ()]
    opened = (opened_each(OuterRecord, name, it) for name, it in zip(columns[2:], names, strict=True))
    return dict(zip(subjects, zip(*opened, strict=True), strict=True))


def first_named(kind: str, ours: Iterable[UUID], *, at: datetime) -> set[UUID]:
    """Those records of ours whose first name elsewhere was noted as of this very moment."""
    wanted, first = ((str(kind), subject) for subject in ours), {}
    for subject, noted_at in rows_with(OuterRecord, ("kind", "subject_id"), wanted, ("subject_id", "noted_at")):
        first[subject] = min(noted_at, first.get(subject, noted_at))
    return {subject for subject, noted_at in first.items() if noted_at == at}


def unnamed_case(source: str) -> UUID:
    """The id that stands for the case of contacts whose list does not say whose contacts they are."""
    return uuid5(NAMESPACE_URL, f"fangxian:unnamed-case:{source}")


def outer_case(source: str, outer_id: str) -> UUID:
    """The id that stands for a case of another place, until the case itself comes under that id.

    It is `uuid5(NAMESPACE_URL, "fangxian:case:<source>:<outer_id>")`; what a source's ids have in common is digested
    once, which is twice as quick.
    """
    digest = _beginning(source).copy()
    digest.update(outer_id.encode())
    return id_of(int.from_bytes(digest.digest()[:ID_BYTES]) & NOT_ITS_KIND | ITS_KIND)


@lru_cache(maxsize=64)
def _beginning(source: str):
    return sha1(NAMESPACE_URL.bytes + f"fangxian:case:{source}:".encode(), usedforsecurity=False)
