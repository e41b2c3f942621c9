"""What others may ask of the documents room."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models import QuerySet
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.keys import Purpose

from .models import Document, NumberSeries, PrintPart, PrintRun, SeriesYear
from .wire import DIGEST_BYTES, Claim, verify_offline

VIEW = "documents.view"


class Outcome(StrEnum):
    GENUINE = "genuine"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


SAID = {
    Outcome.GENUINE: Said(
        "真实有效：{number}，{issuer_zh}于 {issued_on} 出具。请核对纸上的文号和内容。",
        "Genuine: {number}, issued by {issuer_en} on {issued_on}. Compare the number and the text on the paper.",
    ),
    Outcome.WITHDRAWN: Said(
        "已撤销：{number} 于 {withdrawn_on} 撤销，不再有效。请向{issuer_zh}询问。",
        "Withdrawn: {number} was withdrawn on {withdrawn_on} and no longer holds. Ask {issuer_en}.",
    ),
    Outcome.UNKNOWN: Said(
        "签名属于本县，但登记簿里没有 {number}：可能已按期清除。请向县指挥部询问，不要只凭此纸办理。",
        "The signature is this county's, but {number} is not on its register: it may have been erased at its term. "
        "Ask the county's headquarters, and do not act on the paper alone.",
    ),
}


SIGNED_WITH_A_LEAKED_KEY = Said(
    "不能认定：这份文书用第 {key_id} 号密钥签名，该密钥于 {retired_on} 因泄露作废，谁都可能用它签名；登记簿里也没有 "
    "{number}。请不要据此办理，并报告县指挥部。",
    "Not to be relied on: this paper is signed with key {key_id}, which leaked and was retired on {retired_on}, so "
    "anybody may have signed it, and {number} is not on the register. Do not act on it, and report it to the county's "
    "headquarters.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What the county says about a paper whose signature is right; `said` holds nothing about a person."""

    outcome: Outcome
    number: str
    said: Said


def verify(text: str) -> Verification:
    """Whether a scanned text belongs to a document on the register, and whether that still holds.

    Refuses
    -------
    documents.proof_of_another_realm, and what `wire.verify_offline` refuses
    """
    claim = verify_offline(text, _PublicKeys())
    realm = the_realm()
    if (claim.division_code, claim.realm_kind) != (realm.division_code, realm.kind):
        raise Refusal(
            "documents.proof_of_another_realm",
            zh="这份文书属于区划 {division} 的另一个数据域，不是这里出具的。请到出具它的地方核验。",
            en="This paper belongs to another realm of division {division} and was not issued here. Have it verified "
            "where it was issued.",
            division=claim.division_code,
        )
    document = find_by_number(claim.number)
    if document is None or bytes.fromhex(document.digest)[:DIGEST_BYTES] != claim.digest:
        return Verification(outcome=Outcome.UNKNOWN, number=claim.number, said=_not_on_record(claim))
    outcome = Outcome.WITHDRAWN if document.state == Document.State.WITHDRAWN else Outcome.GENUINE
    said = SAID[outcome].with_facts(
        number=document.number,
        issuer_zh=document.series.issuer_zh,
        issuer_en=document.series.issuer_en,
        issued_on=localtime(document.issued_at).date(),
        withdrawn_on=document.withdrawn_at and localtime(document.withdrawn_at).date(),
    )
    return Verification(outcome=outcome, number=document.number, said=said)


def _not_on_record(claim: Claim) -> Said:
    key = the_realm().keys.find(Purpose.SIGNING, claim.key_id)
    if key.retired_at:
        facts = {"key_id": key.id, "retired_on": key.retired_at[:10], "number": claim.number}
        return SIGNED_WITH_A_LEAKED_KEY.with_facts(**facts)
    return SAID[Outcome.UNKNOWN].with_facts(number=claim.number)


def public_key(key_id: int | None = None) -> bytes:
    """Raw 32-byte Ed25519 key with which anyone verifies this county's papers; the newest by default.

    Refuses `realm.key_unknown`.
    """
    keys = the_realm().keys
    key = keys.current(Purpose.SIGNING) if key_id is None else keys.find(Purpose.SIGNING, key_id)
    return Ed25519PrivateKey.from_private_bytes(key.secret).public_key().public_bytes_raw()


class _PublicKeys(Mapping):
    """This realm's public keys by id, each looked up when it is asked for."""

    def __getitem__(self, key_id: int) -> bytes:
        try:
            return public_key(key_id)
        except Refusal:
            raise KeyError(key_id) from None

    def __iter__(self):
        yield the_realm().keys.current(Purpose.SIGNING).id

    def __len__(self) -> int:
        return 1


def n_signed_with(key_id: int) -> int:
    """How many papers that hold are signed with one key."""
    return Document.objects.filter(state=Document.State.ISSUED, proof__contains=f".{key_id}.").count()


def find(document_id: UUID | str) -> Document | None:
    return Document.objects.filter(pk=document_id).select_related("series").first()


def find_by_number(number: str) -> Document | None:
    return Document.objects.filter(number=number).select_related("series").first()


def within(account: Account) -> QuerySet[Document]:
    """The documents an account may see, newest first."""
    return within_scope(Document.objects.select_related("series"), account, VIEW)


def about(subject: str) -> QuerySet[Document]:
    """Every document about one subject, such as person:<uuid>, newest first."""
    return Document.objects.filter(about=subject).select_related("series")


def issued_about(subjects: Iterable[str], *, kind: str = "") -> dict[str, list[Document]]:
    """The documents in force about some hundred subjects, of a kind or of any, newest first; one query."""
    found: dict[str, list[Document]] = {}
    rows = Document.objects.filter(about__in=list(subjects), state=Document.State.ISSUED)
    rows = rows.filter(kind=kind) if kind else rows
    for document in rows.select_related("series"):
        found.setdefault(document.about, []).append(document)
    return found


def print_runs(kind: str) -> QuerySet[PrintRun]:
    """The print runs of a kind, newest first."""
    return PrintRun.objects.filter(kind=kind)


def print_run(run_id: UUID | str) -> PrintRun | None:
    return PrintRun.objects.filter(pk=run_id).first()


def parts_of(run: PrintRun) -> list[PrintPart]:
    """Its parts in order, without what they show."""
    return list(run.parts.defer("subjects", "shows").order_by("number"))


def parts_to_make(run: PrintRun) -> list[PrintPart]:
    return list(run.parts.filter(made_at__isnull=True).order_by("number"))


def printed_last(kind: str) -> dict[str, str]:
    """Subject → what its newest papers of any run show."""
    made = PrintPart.objects.filter(run__kind=kind, made_at__isnull=False).order_by("made_at", "id")
    shown: dict[str, str] = {}
    for shows in made.values_list("shows", flat=True).iterator(chunk_size=20):
        shown |= shows
    return shown


def series_opened() -> QuerySet[NumberSeries]:
    return NumberSeries.objects.all()


def missing_numbers(series: str, year: int) -> list[int]:
    """Numbers of a year that no document on the register has; empty unless some were erased at their term."""
    counter = SeriesYear.objects.filter(series=series, year=year).first()
    taken = set(Document.objects.filter(series=series, year=year).values_list("n", flat=True))
    return [n for n in range(1, (counter.last_number if counter else 0) + 1) if n not in taken]
