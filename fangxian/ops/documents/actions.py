"""The only writers of the documents room. Each is one transaction and one line in the audit trail."""

from collections.abc import Sequence

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.keys import Purpose

from .models import Document, SeriesYear
from .rendering import templates
from .wire import Draft, canonical, digest_of, seal_text, to_sign


@transaction.atomic
def issue(*, drafts: Sequence[Draft], by: str) -> list[Document]:
    """Number, sign and put papers on record, in their order; a job typesets them.

    Numbers of a series run without gaps within a county year: a number is taken in the same transaction
    that puts its paper on record.

    Refuses
    -------
    documents.unknown_template, documents.without_basis
    """
    for draft in drafts:
        _check(draft)
    at, keys = county_now(), the_realm().keys
    signer = keys.newest(Purpose.SIGNING)
    numbers = {series: _take(series, at.year, drafts) for series in sorted({draft.series for draft in drafts})}
    issued = []
    for draft in drafts:
        number = next(numbers[draft.series])
        text = draft.number_form.format(series=draft.series, year=at.year, number=number)
        digest = digest_of(draft, text)
        document = Document(
            series=draft.series, year=at.year, number=number, number_text=text, template=draft.template,
            title=draft.title, issuer=draft.issuer, basis=draft.basis, area_path=draft.area_path, about=draft.about,
            content=canonical(draft.content), digest=digest, issued_at=at, issued_by=by,
        )  # fmt: skip
        division = int(the_realm().division_code)
        signed = to_sign(
            signer_id=signer.id, division=division, issued_on=at.date(), document=document.pk, digest=digest
        )
        document.seal = seal_text(signed, keys.signing_key.sign(signed))
        issued.append(document)
    Document.objects.bulk_create(issued)
    record(
        "documents.issued",
        by=by,
        about=sorted({document.about for document in issued if document.about}),
        facts={"digests": {document.number_text: document.digest for document in issued}},
    )
    ids = [str(document.pk) for document in issued]
    enqueue(kind="documents.render", arguments={"documents": ids}, by=by, unique_key=f"documents.render:{ids[0]}")
    return issued


def _check(draft: Draft) -> None:
    if draft.template not in templates():
        raise Refusal(
            "documents.unknown_template",
            zh="没有名为“{template}”的文书样式。现有：{known}。请选用其中一种。",
            en="There is no template “{template}”. There are: {known}. Choose one of them.",
            template=draft.template,
            known=", ".join(templates()),
        )
    if not draft.basis.strip() or not draft.issuer.strip():
        raise Refusal(
            "documents.without_basis",
            zh="文书《{title}》没有写明签发单位或依据，未编号。文书须有单位和依据；请补上后再签发。",
            en="The paper “{title}” names no issuer or no basis, so it got no number. A paper has both: add them and "
            "issue it again.",
            title=draft.title,
        )


def _take(series: str, year: int, drafts: Sequence[Draft]):
    """As many numbers of a series as the drafts need."""
    wanted = sum(draft.series == series for draft in drafts)
    counter, _ = SeriesYear.objects.select_for_update().get_or_create(series=series, year=year)
    first = counter.next_number
    counter.next_number = first + wanted
    counter.save(update_fields=["next_number"])
    return iter(range(first, first + wanted))


@transaction.atomic
def keep_pdf(*, document: Document, pdf: bytes, by: str) -> None:
    """Keep a paper as typeset; typeset again it is the same paper, and the newest is kept."""
    name = the_realm().files.put(pdf)
    Document.objects.filter(pk=document.pk).update(pdf=name)
    record("documents.typeset", by=by, facts={"number": document.number_text})


@transaction.atomic
def withdraw(*, document: Document, because: str, by: str) -> Document:
    """Withdraw a paper: its QR says so from now on. It keeps its number and what it said.

    Refuses
    -------
    documents.withdrawn_already, documents.withdrawn_without_reason
    """
    row = Document.objects.select_for_update().get(pk=document.pk)
    if row.state == Document.State.WITHDRAWN:
        raise Refusal(
            "documents.withdrawn_already",
            zh="{number} 已于 {at} 撤回，不必再撤。需要新的文书请另行签发。",
            en="{number} was withdrawn at {at} already. If another paper is needed, issue one.",
            number=row.number_text,
            at=f"{row.withdrawn_at:%Y-%m-%d %H:%M}",
        )
    if not because.strip():
        raise Refusal(
            "documents.withdrawn_without_reason",
            zh="没有写明撤回 {number} 的理由，未撤回。拿着它的人有权知道为什么；请写明理由再撤回。",
            en="No reason is given for withdrawing {number}, so it was not withdrawn. Whoever holds it may know why: "
            "give the reason and try again.",
            number=row.number_text,
        )
    row.state, row.withdrawn_at, row.withdrawn_because = Document.State.WITHDRAWN, county_now(), because
    row.save(update_fields=["state", "withdrawn_at", "withdrawn_because"])
    about = [row.about] if row.about else []
    record("documents.withdrawn", by=by, about=about, facts={"number": row.number_text}, details={"because": because})
    return row
