"""The only writers of the documents room. Numbers are taken inside the issuing transaction, so none is lost."""

import string
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.actions import record
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.keys import Purpose

from ..contents import check_content
from ..models import Document, NumberSeries, SeriesYear
from ..wire import Claim, canonical, digest_of, sign

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A document to be issued.

    Attributes
    ----------
    kind : what it is in the issuing room's words, such as quarantine.decision
    template, content : see contents.py
    title : printed and kept in clear, so nobody's name stands in it
    basis : the law, plan or order it rests on; printed
    about : whom or what it concerns, such as person:<uuid>; never printed
    approval : id of the approval that licenses it, where one does
    """

    kind: str
    template: str
    title: Said
    basis: str
    area_path: str
    content: Mapping
    about: str = ""
    approval: str = ""


@transaction.atomic
def open_series(*, key: str, issuer: Said, pattern: str, by: str) -> NumberSeries:
    """Open a series of numbers; opened already in the same words, it is that one.

    Parameters
    ----------
    pattern : the number as printed, with {year} and {n} once each, such as "某防指〔{year}〕{n}号"

    Refuses
    -------
    documents.pattern_wrong, documents.series_taken
    """
    _refuse_wrong_pattern(pattern)
    series, is_new = NumberSeries.objects.get_or_create(
        key=key, defaults={"issuer_zh": issuer.zh, "issuer_en": issuer.en, "pattern": pattern}
    )
    if (series.issuer_zh, series.issuer_en, series.pattern) != (issuer.zh, issuer.en, pattern):
        raise Refusal(
            "documents.series_taken",
            zh="文号序列 {key} 已按“{found}”使用，不能改成“{wanted}”，否则同一序列会有两种文号。"
            "请为新的写法另开一个序列。",
            en="The series {key} is in use as “{found}” and cannot become “{wanted}”, or one series would have two "
            "kinds of numbers. Open another series for the new one.",
            key=key,
            found=series.pattern,
            wanted=pattern,
        )
    if is_new:
        record("documents.series_opened", by=by, details={"key": key, "pattern": pattern})
    return series


def issue(*, series: str, documents: Sequence[NewDocument], by: str, is_printed_apart: bool = False) -> list[Document]:
    """Issue documents under the next numbers of a series, in the order given; all of them or none.

    The worker prints them: a number must not wait for a typesetter, nor be lost by one. Who cannot wait
    calls `rendering.pdf_of`. With `is_printed_apart` they stand in a print run's file, and are not printed singly.

    Refuses
    -------
    documents.no_basis, documents.content_wrong, documents.series_unknown
    """
    for document in documents:
        check_content(document.template, document.content)
        _refuse_no_basis(document)
    at = county_now()
    with transaction.atomic():
        row = _series(series)
        first = _take_numbers(row, at, len(documents))
        rows = [_row(row, first + place, document, at, by) for place, document in enumerate(documents)]
        Document.objects.bulk_create(rows, batch_size=BATCH)
        if rows:
            subjects = sorted({document.about for document in documents if document.about})
            numbers = {"first": rows[0].number, "last": rows[-1].number, "n_documents": len(rows)}
            record("documents.issued", by=by, about=subjects, details=numbers)
        if rows and not is_printed_apart:
            ids = [str(row.pk) for row in rows]
            enqueue(kind="documents.render", arguments={"documents": ids}, by=by, n_total=len(ids))
    return rows


@transaction.atomic
def withdraw(*, document: Document, because: str, by: str) -> Document:
    """Withdraw a document: its number stays taken, and whoever verifies it is told. Twice is harmless.

    Refuses
    -------
    documents.no_reason
    """
    if not because.strip():
        raise Refusal(
            "documents.no_reason",
            zh="没有写明理由，{number} 没有撤销。撤销文书须写明理由；请补上理由。",
            en="No reason is given, so {number} was not withdrawn. A withdrawal says why: add the reason.",
            number=document.number,
        )
    row = Document.objects.select_for_update(of=("self",)).select_related("series").get(pk=document.pk)
    if row.state != Document.State.WITHDRAWN:
        row.state, row.withdrawn_at = Document.State.WITHDRAWN, max(county_now(), row.issued_at)
        row.withdrawn_by, row.withdrawn_because = by, because
        row.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_because"])
        about = [row.about] if row.about else []
        record("documents.withdrawn", by=by, about=about, details={"number": row.number, "because": because})
    return row


def forget_contents(*, kinds: Collection[str], issued_before: datetime, by: str) -> int:
    """Forget what stood on papers of these kinds that are older, and their prints; how many. Chunk by chunk.

    Number, day and proof stay, so that a paper in somebody's hand still verifies; the paper is theirs and not ours.
    """
    n, due = 0, Document.objects.filter(kind__in=kinds, issued_at__lt=issued_before).exclude(content="")
    while rows := list(due.order_by("pk")[:BATCH]):
        with transaction.atomic():
            files = [row.pdf for row in rows if row.pdf]
            Document.objects.filter(pk__in=[row.pk for row in rows]).update(content="", pdf="", withdrawn_because="")
            details = {"kinds": sorted({row.kind for row in rows}), "n": len(rows)}
            record("documents.contents_forgotten", by=by, details=details)
        for name in files:
            the_realm().files.erase(name)
        n += len(rows)
    return n


def keep_pdf(*, document: Document, pdf: bytes) -> None:
    """Keep a document's print, so that every later copy is the same file. No line: it changes nothing said."""
    document.pdf = the_realm().files.put(pdf)
    Document.objects.filter(pk=document.pk).update(pdf=document.pdf)


def _series(key: str) -> NumberSeries:
    row = NumberSeries.objects.filter(key=key).first()
    if row is None:
        raise Refusal(
            "documents.series_unknown",
            zh="没有文号序列 {series}，文书没有出具。文书须有发文机关和文号；请先开设这个序列。",
            en="There is no series {series}, so nothing was issued. A document needs an issuer and a number: have the "
            "series opened first.",
            series=key,
        )
    return row


def _take_numbers(series: NumberSeries, at: datetime, count: int) -> int:
    """The first of `count` numbers; the row stays locked until they are used or given back by a rollback."""
    year = localtime(at).year
    SeriesYear.objects.bulk_create([SeriesYear(series=series, year=year)], ignore_conflicts=True)
    counter = SeriesYear.objects.select_for_update().get(series=series, year=year)
    first = counter.last_number + 1
    counter.last_number += count
    counter.save(update_fields=["last_number"])
    return first


def _row(series: NumberSeries, n: int, new: NewDocument, at: datetime, by: str) -> Document:
    year = localtime(at).year
    document = Document(
        series=series,
        year=year,
        n=n,
        number=series.pattern.format(year=year, n=n),
        kind=new.kind,
        template=new.template,
        title_zh=new.title.zh,
        title_en=new.title.en,
        basis=new.basis,
        about=new.about,
        area_path=new.area_path,
        content=canonical(new.content),
        approval=new.approval,
        issued_at=at,
        issued_by=by,
    )
    document.digest = digest_of(document)
    document.proof = _proof(document)
    return document


def _proof(document: Document) -> str:
    realm = the_realm()
    claim = Claim(
        realm_kind=realm.kind,
        division_code=realm.division_code,
        number=document.number,
        digest=bytes.fromhex(document.digest),
        key_id=realm.keys.current(Purpose.SIGNING).id,
    )
    return sign(claim, realm.keys.signing_key)


def _refuse_no_basis(document: NewDocument) -> None:
    if not document.basis.strip():
        raise Refusal(
            "documents.no_basis",
            zh="“{title}”没有写明依据，没有出具。文书须写明所依据的法律、预案或命令；请补上依据。",
            en="“{title}” gives no basis and was not issued. A document names the law, plan or order it rests on: add "
            "it.",
            title=document.title.zh,
        )


def _refuse_wrong_pattern(pattern: str) -> None:
    try:
        fields = sorted(name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None)
        pattern.format(year=2022, n=1)
    except (ValueError, LookupError):
        fields = []
    if fields != ["n", "year"]:
        raise Refusal(
            "documents.pattern_wrong",
            zh="文号写法“{pattern}”不能用：应含 {{year}} 和 {{n}} 各一次，例如“某防指〔{{year}}〕{{n}}号”。请改正。",
            en="The pattern “{pattern}” cannot be used: it should hold {{year}} and {{n}} once each, such as "
            "“某防指〔{{year}}〕{{n}}号”. Mend it.",
            pattern=pattern,
        )
