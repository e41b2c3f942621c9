"""The only writers of the hand-over room: packages, their rows and receipts, other counties' keys, outer ids."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import Ready
from fangxian.ops.realm.current import county_now, the_realm

from . import refusals, words
from .models import CountyKey, OuterRecord, Package, PackageRow, Receipt
from .wire import Answer, Content, OuterId, ReceiptContent, Row, Signed, outer_indexes, read_receipt, unpack

BATCH = 500
RECEIPT_WITHIN = Parameter(
    value=24,
    unit="h",
    low=1,
    high=168,
    meaning="Within how long a package is answered with a receipt, ours to others and theirs to us",
    source="a county's rules of 2022: lists pushed by the province are checked and registered within 24 h (domain C14)",
)
S = Package.State


@transaction.atomic
def keep_outgoing(*, content: Content, package: tuple[bytes, str], document: UUID | None, by: str) -> Package:
    """Keep a package of ours as it was made; it is not sent yet, and nobody in it is handed over.

    Parameters
    ----------
    package : the zip and its digest, as `wire.pack` made them of `content`

    Refuses
    -------
    handover.nobody, handover.no_addressee, handover.out_already
    """
    county = content.addressee
    if not content.rows:
        raise refusals.refusal("handover.nobody")
    if len(county.division_code) != 6 or not county.division_code.isdecimal() or county.division_code == _own():
        raise refusals.refusal("handover.no_addressee", found=county.division_code)
    _refuse_out_already(content.rows)
    file, digest = package
    row = Package.objects.create(
        id=content.id,
        direction=Package.Direction.OUT,
        state=S.PREPARED,
        file=the_realm().files.put(file),
        digest=digest,
        document=document,
        made_at=county_now(),
        made_by=by,
        **_columns(content, county.division_code, county.zh, county.en),
    )
    _keep_rows(row, content.rows, are_ours=True)
    _line("handover.prepared", row, by)
    return row


@transaction.atomic
def mark_sent(*, package: UUID, by: str) -> Package:
    """It has left: the clock of its receipt begins. Sent already: nothing changes.

    Refuses
    -------
    handover.unknown, handover.wrong_state
    """
    row = _locked(package)
    if row.state in (S.SENT, S.ANSWERED):
        return row
    _only(row, S.PREPARED)
    at = county_now()
    row.state, row.sent_at, row.sent_by, row.due_at = S.SENT, at, by, at + timedelta(hours=RECEIPT_WITHIN.value)
    row.save(update_fields=["state", "sent_at", "sent_by", "due_at"])
    _line("handover.sent", row, by)
    return row


@transaction.atomic
def withdraw(*, package: UUID, reason: str, by: str) -> Package:
    """A prepared package is not sent after all; who is in it stays ours. Twice is harmless.

    Refuses
    -------
    handover.unknown, handover.wrong_state, handover.no_reason
    """
    row = _locked(package)
    if row.state == S.WITHDRAWN:
        return row
    _only(row, S.PREPARED)
    _need(reason, words.WHY)
    row.state, row.closed_at = S.WITHDRAWN, county_now()
    row.save(update_fields=["state", "closed_at"])
    _line("handover.withdrawn", row, by, reason=reason)
    return row


def keep_incoming(*, file: bytes, by: str) -> tuple[Package, bool]:
    """Keep a package that came, held until its signer's key counts; and whether it had come before.

    Refuses
    -------
    What `wire.unpack` refuses; handover.not_for_us, handover.from_ourselves, handover.another_kind_of_realm,
    handover.signer_is_another, handover.another_content, handover.key_rejected
    """
    content, signed = unpack(file)
    _refuse_stranger(content, signed)
    stored = the_realm().files.put(file)
    with transaction.atomic():
        known = Package.objects.filter(pk=content.id).first()
        if known:
            if known.digest != signed.digest or known.direction != Package.Direction.IN:
                raise refusals.refusal("handover.another_content", number=content.number)
            _line("handover.came_again", known, by)
            return known, True
        key, at = _key_of(signed, content, by), county_now()
        row = Package.objects.create(
            id=content.id,
            direction=Package.Direction.IN,
            state=S.RECEIVED if key.state == CountyKey.State.CONFIRMED else S.HELD,
            file=stored,
            digest=signed.digest,
            signer=key,
            made_at=at,
            made_by=by,
            due_at=at + timedelta(hours=RECEIPT_WITHIN.value),
            **_columns(content, content.sender.division_code, content.sender.zh, content.sender.en),
        )
        _keep_rows(row, content.rows, are_ours=False)
        _line("handover.came", row, by, is_signer_known=key.state == CountyKey.State.CONFIRMED)
    return row, False


@transaction.atomic
def confirm_key(*, key: UUID, because: str, by: str) -> CountyKey:
    """A second person has compared the key's fingerprint with its county: packages held for it can be taken over.

    Refuses
    -------
    handover.key_needs_another, handover.no_reason
    """
    row = CountyKey.objects.select_for_update().get(pk=key)
    if row.state == CountyKey.State.CONFIRMED:
        return row
    if row.noted_by == by:
        raise refusals.refusal("handover.key_needs_another")
    _decide(row, CountyKey.State.CONFIRMED, because, by)
    Package.objects.filter(signer=row, state=S.HELD).update(state=S.RECEIVED)
    return row


@transaction.atomic
def reject_key(*, key: UUID, because: str, by: str) -> CountyKey:
    """The key is not that county's, or leaked: what it signed and nobody took over is rejected.

    Refuses
    -------
    handover.no_reason
    """
    row = CountyKey.objects.select_for_update().get(pk=key)
    if row.state == CountyKey.State.REJECTED:
        return row
    _decide(row, CountyKey.State.REJECTED, because, by)
    waiting = Package.objects.filter(signer=row, state__in=(S.HELD, S.RECEIVED))
    waiting.update(state=S.REJECTED, closed_at=county_now())
    return row


@transaction.atomic
def close_incoming(
    *, package: UUID, answers: Sequence[tuple[Answer, UUID | None]], receipt: tuple[ReceiptContent, bytes, str], by: str
) -> Package:
    """Say what came of each row of a package, and keep the receipt that says so to its sender.

    Parameters
    ----------
    answers : one for each row, each with our id of the case or contact, None for a row that was refused
    receipt : what it says, its file and digest

    Refuses
    -------
    handover.unknown, handover.wrong_state
    """
    row = _locked(package)
    if row.state == S.TAKEN_OVER:
        return row
    _only(row, S.RECEIVED)
    by_number = {answer.row: (answer, subject) for answer, subject in answers}
    rows = list(row.rows.all())
    for it in rows:
        answer, it.subject_id = by_number[it.row_number]
        it.outcome, it.said_zh, it.said_en = answer.outcome, answer.zh, answer.en
    PackageRow.objects.bulk_update(rows, ["subject_id", "outcome", "said_zh", "said_en"], batch_size=100)
    _keep_receipt(row, *receipt, by)
    row.state, row.closed_at = S.TAKEN_OVER, county_now()
    row.save(update_fields=["state", "closed_at"])
    _line("handover.taken_over", row, by)
    return row


def keep_receipt(*, file: bytes, by: str) -> tuple[Package, bool]:
    """The other county's receipt of a package of ours: it closes it; and whether it had come before.

    Refuses
    -------
    What `wire.read_receipt` refuses; handover.receipt_of_nothing, handover.receipt_of_another,
    handover.receipt_wants_key, handover.key_rejected, handover.wrong_state
    """
    said, signed = read_receipt(file)
    with transaction.atomic():
        row = Package.objects.select_for_update().filter(pk=said.package, direction=Package.Direction.OUT).first()
        if row is None or row.digest != said.digest or said.realm != str(the_realm().kind):
            raise refusals.refusal("handover.receipt_of_nothing", number=said.number)
        if signed.division_code != row.division_code:
            facts = {"signer_code": signed.division_code, "addressee_code": row.division_code}
            raise refusals.refusal("handover.receipt_of_another", number=row.number, **facts)
        if row.state == S.ANSWERED:
            return row, True
        _only(row, S.SENT)
        key = _key_of(signed, said, by)
        if key.state == CountyKey.State.CONFIRMED:
            _take_receipt(row, said, file, signed, by)
            return row, False
    raise refusals.receipt_wants_key(key)


def ready_outer_ids(*, source: str, ids: Sequence[OuterId], at: datetime) -> Ready:
    """What records of ours are called where they came from, ready to be noted."""
    names = [it.outer_id for it in ids]
    columns = {
        "kind": [it.kind for it in ids],
        "outer_index": outer_indexes(source, names),
        "outer_id": names,
        "outer_number": [it.outer_number for it in ids],
        "subject_id": [it.subject for it in ids],
    }
    return Ready.of_columns(OuterRecord, columns, same={"source": source, "noted_at": at})


@transaction.atomic(savepoint=False)  # SQLite copies every page that it changes after a savepoint
def note_outer_ids(*, ready: Ready, by: str, subjects: Sequence[UUID | None] | None = None) -> int:
    """Note what records of ours are called where they came from; what is noted already stays as it is. How many.

    Parameters
    ----------
    subjects : which record of ours each is, in their order, where that is known only now; of None nothing is noted
    """
    if subjects is not None:
        ready.put("subject_id", subjects)
    if n := ready.write(which=subjects, leave_known=True):
        record("handover.ids_noted", by=by, facts={"n": n})
    return n


@transaction.atomic
def turn_outer_ids(*, subject: UUID, to: UUID, by: str) -> None:
    """Whatever called this record of ours, or stood in for one, calls that other one."""
    n = OuterRecord.objects.filter(subject_id=subject).update(subject_id=to)
    record("handover.ids_turned", by=by, facts={"n": n})


def _take_receipt(row: Package, said: ReceiptContent, file: bytes, signed: Signed, by: str) -> None:
    answers = {answer.row: answer for answer in said.rows}
    rows = list(row.rows.all())
    for it in rows:
        if answer := answers.get(it.row_number):
            it.outcome, it.said_zh, it.said_en = answer.outcome, answer.zh, answer.en
    PackageRow.objects.bulk_update(rows, ["outcome", "said_zh", "said_en"], batch_size=100)
    _keep_receipt(row, said, file, signed.digest, by)
    row.state, row.closed_at = S.ANSWERED, county_now()
    row.save(update_fields=["state", "closed_at"])
    _line("handover.answered", row, by)


def _keep_receipt(row: Package, said: ReceiptContent, file: bytes, digest: str, by: str) -> None:
    outcomes = [answer.outcome for answer in said.rows]
    Receipt.objects.create(
        package=row,
        file=the_realm().files.put(file),
        digest=digest,
        signed_at=said.signed_at,
        kept_at=county_now(),
        kept_by=by,
        **{f"n_{name}": outcomes.count(name) for name in ("new", "merged", "known", "refused")},
    )


def _columns(content: Content, division_code: str, zh: str, en: str) -> dict[str, object]:
    return {
        "number": content.number[:80],
        "disease": content.disease[:40],
        "division_code": division_code,
        "county_zh": zh[:80],
        "county_en": en[:160],
        "area_path": _own(),
        "n_rows": len(content.rows),
        "reason": content.reason,
    }


def _keep_rows(package: Package, rows: Sequence[Row], *, are_ours: bool) -> None:
    PackageRow.objects.bulk_create(
        (
            PackageRow(
                package=package,
                row_number=row.row,
                kind=row.kind,
                outer_id=row.id,
                subject_id=row.id if are_ours else None,
                content=words.as_text(row.fields),
            )
            for row in rows
        ),
        batch_size=BATCH,
    )


def _refuse_out_already(rows: Sequence[Row]) -> None:
    ids, out = [row.id for row in rows], (S.PREPARED, S.SENT)
    found = PackageRow.objects.filter(
        subject_id__in=ids, package__direction=Package.Direction.OUT, package__state__in=out
    ).select_related("package")
    if found:
        raise refusals.refusal("handover.out_already", n=len(found), number=found[0].package.number)


def _refuse_stranger(content: Content, signed: Signed) -> None:
    """What is for another county, of another kind of realm, or not signed by whom it names."""
    own, kind = _own(), str(the_realm().kind)
    if content.sender.division_code == own:
        raise refusals.refusal("handover.from_ourselves", number=content.number)
    if content.addressee.division_code != own:
        raise refusals.not_for_us(content.addressee, own)
    if content.realm != kind or signed.realm != kind:
        raise refusals.another_kind_of_realm(content.realm, kind)
    if content.sender.division_code != signed.division_code:
        facts = {"sender_code": content.sender.division_code, "signer_code": signed.division_code}
        raise refusals.refusal("handover.signer_is_another", **facts)


def _key_of(signed: Signed, said: Content | ReceiptContent, by: str) -> CountyKey:
    """The key something was signed with, noted if it is seen for the first time."""
    county = said.sender
    key, is_new = CountyKey.objects.get_or_create(
        division_code=signed.division_code,
        public_key=signed.public_key,
        defaults={
            "county_zh": county.zh[:80],
            "county_en": county.en[:160],
            "realm_kind": signed.realm[:10],
            "key_id": signed.key_id,
            "noted_at": county_now(),
            "noted_by": by,
        },
    )
    if is_new:
        record("handover.key_noted", by=by, details={"division_code": key.division_code, "public_key": key.public_key})
    if key.state == CountyKey.State.REJECTED:
        raise refusals.key_rejected(key)
    return key


def _decide(row: CountyKey, state: str, because: str, by: str) -> None:
    _need(because, words.HOW_VERIFIED)
    row.state, row.decided_at, row.decided_by, row.decided_because = state, county_now(), by, because
    row.save(update_fields=["state", "decided_at", "decided_by", "decided_because"])
    record(f"handover.key_{state}", by=by, details={"public_key": row.public_key, "because": because})


def _locked(package: UUID) -> Package:
    row = Package.objects.select_for_update(of=("self",)).filter(pk=package).first()
    if row is None:
        raise refusals.refusal("handover.unknown")
    return row


def _only(row: Package, state: str) -> None:
    if row.state != state:
        said = words.STATES[row.state]
        raise refusals.refusal("handover.wrong_state", number=row.number, state_zh=said.zh, state_en=said.en)


def _need(text: str, what) -> None:
    if not text.strip():
        raise refusals.refusal("handover.no_reason", what_zh=what.zh, what_en=what.en)


def _own() -> str:
    return the_realm().division_code


def _line(action: str, row: Package, by: str, **details: object) -> None:
    facts = {"package": str(row.pk), "number": row.number, "division_code": row.division_code, "n_rows": row.n_rows}
    record(action, by=by, about=[f"package:{row.pk}"], details=facts | details)
