"""Writing health codes, telling gates, revoking a person's QR or card, making one code of two."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.changes.actions import publish
from fangxian.ops.people.queries import aliases_of
from fangxian.ops.places.wire import NEW_BASE, TOPIC
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.wholesale import among

from ..models import HealthCode, Recolouring
from ..rows import as_id, as_moment, as_they_lie, insert_or_update, locking
from ..wire import NewCode, gate_payload, signed
from .wholesale import write_rows

WRITTEN_AT_ONCE = 500
GENERATIONS = 64

COLUMNS = (
    "person_id", "gate_number", "colour", "local", "rule", "evidence", "begins_at", "until_at", "then", "travel",
    "travel_until", "exemptions", "safety", "recent", "document", "computed_at", "due_at", "version",
    "qr_generation", "card_generation",
)  # fmt: skip
DUE_AT, DOCUMENT = COLUMNS.index("due_at"), COLUMNS.index("document")
WORDS = slice(COLUMNS.index("safety"), DOCUMENT + 1)
# A row is written only over the version it was computed from; a new one only where there is none.
OVER_ITS_VERSION = "old.version = excluded.version - 1"
WRITE_CODE = insert_or_update(HealthCode, COLUMNS, where=OVER_ITS_VERSION, as_it_was={"gate_number"})
WRITE_CODE_DUE_AS_BEFORE = insert_or_update(
    HealthCode, COLUMNS, where=OVER_ITS_VERSION, as_it_was={"gate_number", "due_at"}
)
STORED = ("person_id", "version", "safety", "recent", "document", "colour", "due_at")
NOTHING_STORED = (None, 0, 0, 0, 0, 0, None)
QR_BITS, CARD_BITS = 8, 2  # where a safety word has its generations


def write_codes(*, codes: Sequence[NewCode], at: datetime, by: str, tells_gates: bool = True) -> tuple[int, list[UUID]]:
    """Write codes in short transactions; how many words changed, and whose code must be computed again.

    Parameters
    ----------
    at : county time at which they hold
    tells_gates : False where a whole base follows (`end_recolouring`)

    Returns
    -------
    A person is to be computed again whose evidence, QR or card changed while the code was computed.
    """
    n_changed, again = 0, []
    rows = _rows(codes, at)  # before anybody is locked out
    for start in range(0, len(codes), WRITTEN_AT_ONCE):
        some = slice(start, start + WRITTEN_AT_ONCE)
        n, late = _write_some(codes[some], rows[some], by, tells_gates)
        n_changed += n
        again += late
    return n_changed, again


@transaction.atomic
def _write_some(codes: Sequence[NewCode], rows: Sequence[tuple], by: str, tells_gates: bool) -> tuple[int, list[UUID]]:
    due_anew, due_as_before, told, turned, again = [], [], [], [], []
    for code, row, (_, version, *words, colour, due_at) in zip(codes, rows, _now_stored(codes), strict=True):
        if version != code.version:
            again.append(code.person)
            continue
        (due_as_before if due_at == row[DUE_AT] else due_anew).append(row)
        if words != [*row[WORDS]]:
            told.append((code, words[-1] != row[DOCUMENT]))
            if version and colour != code.colour:
                turned.append(f"person:{code.person}")
    write_rows(statement=WRITE_CODE, rows=due_anew)
    write_rows(statement=WRITE_CODE_DUE_AS_BEFORE, rows=due_as_before)
    if tells_gates and told:
        publish(topic=TOPIC, changes=_changes(told))
    if told:
        n_written = len(codes) - len(again)
        details = {"n_written": n_written, "n_told": len(told), "n_turned": len(turned)}
        record("movement.codes_written", by=by, about=turned, details=details)
    return len(told), again


def _now_stored(codes: Sequence[NewCode]) -> list[tuple]:
    """The columns STORED of each, as they lie, which from now on nobody else changes."""
    which, values = among([code.person for code in codes])
    select = f"SELECT {as_they_lie(STORED)} FROM movement_healthcode WHERE person_id {which}"
    with connection.cursor() as cursor:
        cursor.execute(f"{select} ORDER BY movement_healthcode.person_id{locking()}", values)
        stored = {row[0]: row for row in cursor.fetchall()}
    key = as_id()
    return [stored.get(key(code.person), NOTHING_STORED) for code in codes]


def _rows(codes: Iterable[NewCode], at: datetime) -> list[tuple]:
    key, moment = as_id(), as_moment()
    computed_at = moment(at)
    return [
        (
            key(code.person), code.gate_number, int(code.colour), int(code.local), code.rule, code.evidence,
            moment(code.begins_at), moment(code.until_at), None if code.then is None else int(code.then),
            int(code.travel), moment(code.travel_until), code.exemptions, code.safety, code.recent,
            signed(code.document), computed_at, moment(code.due_at), code.version + 1,
            code.safety >> QR_BITS & 63, code.safety >> CARD_BITS & 63,
        )
        for code in codes
    ]  # fmt: skip


def _changes(told: Sequence[tuple[NewCode, bool]]) -> Iterable[tuple[str, dict[str, int]]]:
    """What gates are told: of each person the words, and of each merged record that it has the same ones."""
    aliases = aliases_of([code.person for code, _ in told])
    for code, is_other_document in told:
        document = code.document if is_other_document else 0
        yield f"person:{code.gate_number}", gate_payload(code.safety, code.recent, document=document)
        for alias in aliases.get(code.person, ()):
            yield f"person:{alias}", gate_payload(code.safety, code.recent, alias_of=code.gate_number)


@transaction.atomic
def renew_qr(*, person: UUID, by: str) -> None:
    """Revoke every QR of a person that is out; the next one shown is of the next generation.

    Refuses
    -------
    movement.no_code_yet
    """
    _renew(person, "qr_generation", QR_BITS, "movement.qr_renewed", by)


@transaction.atomic
def renew_card(*, person: UUID, by: str) -> None:
    """Revoke a person's paper card, lost or replaced; the next one printed is of the next generation.

    Refuses
    -------
    movement.no_code_yet
    """
    _renew(person, "card_generation", CARD_BITS, "movement.card_renewed", by)


def _renew(person: UUID, field: str, shift: int, action: str, by: str) -> None:
    row = HealthCode.objects.select_for_update().filter(pk=person).first()
    if row is None:
        raise no_code_yet()
    generation = (getattr(row, field) + 1) % GENERATIONS
    row.safety = row.safety & ~(63 << shift) | generation << shift
    setattr(row, field, generation)
    row.version += 1
    row.save(update_fields=["safety", field, "version"])
    publish(topic=TOPIC, changes=_words_of(row))
    record(action, by=by, about=[f"person:{person}"], details={"generation": generation})


@transaction.atomic
def merge_codes(*, kept: UUID, merged: UUID, by: str) -> None:
    """A merged record has no code any more: gates are told that its number has the words of the one that goes on.

    Whatever had been revoked of either record stays so, since the newest generation of both is now the one's;
    nobody may find a card worth something again that was reported lost.
    """
    codes = {row.pk: row for row in HealthCode.objects.select_for_update().filter(pk__in=(kept, merged))}
    row, gone = codes.get(kept), codes.get(merged)
    if gone is not None:
        gone.delete()
    if row is None:
        return  # it has no words yet; its first code is told with its aliases
    if gone is not None:
        row.qr_generation = max(row.qr_generation, gone.qr_generation)
        row.card_generation = max(row.card_generation, gone.card_generation)
        generations = row.qr_generation << QR_BITS | row.card_generation << CARD_BITS
        row.safety = row.safety & ~(63 << QR_BITS | 63 << CARD_BITS) | generations
        row.version += 1
        row.save(update_fields=["safety", "qr_generation", "card_generation", "version"])
    publish(topic=TOPIC, changes=_words_of(row))
    record("movement.codes_merged", by=by, about=[f"person:{kept}", f"person:{merged}"])


def _words_of(row: HealthCode) -> list[tuple[str, dict[str, int]]]:
    """A person's words, and those of each record merged into theirs, as gates are told them."""
    told = [(f"person:{row.gate_number}", gate_payload(row.safety, row.recent))]
    aliases = aliases_of([row.pk]).get(row.pk, ())
    return told + [(f"person:{n}", gate_payload(row.safety, row.recent, alias_of=row.gate_number)) for n in aliases]


def no_code_yet() -> Refusal:
    return Refusal(
        "movement.no_code_yet",
        zh="这个人还没有计算健康码，所以没有可出示或作废的码。登记后几秒内会计算；请稍后再试，仍没有时联系网格员。",
        en="This person's health code has not been computed yet, so there is none to show or to revoke. It is within "
        "seconds of registration: try again shortly, and ask the grid worker if it is still missing.",
    )


@transaction.atomic
def write_documents(*, hashes: Mapping[UUID, int], by: str) -> int:
    """Write the gates' hashes of document numbers as another key makes them; how many. A base follows that tells gates.

    Whoever computes one of these codes meanwhile computes it again, since its version is another.
    """
    rows = list(HealthCode.objects.select_for_update().filter(person__in=list(hashes)).order_by("person_id"))
    for row in rows:
        row.document, row.version = signed(hashes[row.person_id]), row.version + 1
    HealthCode.objects.bulk_update(rows, ["document", "version"], batch_size=100)
    record("movement.documents_hashed", by=by, facts={"n": len(rows)})
    return len(rows)


@transaction.atomic
def ask_for_base(*, by: str) -> None:
    """Gates are to take a whole base."""
    publish(topic=TOPIC, changes=NEW_BASE)
    record("movement.base_asked", by=by)


@transaction.atomic
def begin_recolouring(*, rulebook: str, digest: str, at: datetime, by: str) -> int:
    """Note that everybody's code is being computed under a rulebook; the number of this computation."""
    row = Recolouring.objects.create(rulebook=rulebook, digest=digest, at=at)
    record("movement.recolouring_begun", by=by, facts={"rulebook": rulebook, "digest": digest})
    return row.pk


@transaction.atomic
def end_recolouring(*, recolouring: int, n_persons: int, n_changed: int, by: str) -> None:
    """Everybody's code is computed: gates are to take a whole base."""
    Recolouring.objects.filter(pk=recolouring).update(ended_at=county_now(), n_persons=n_persons, n_changed=n_changed)
    publish(topic=TOPIC, changes=NEW_BASE)
    record("movement.recolouring_ended", by=by, facts={"n_persons": n_persons, "n_changed": n_changed})
