"""The PDF of a document on the register: made once, then always the same file."""

from fangxian.core.refusal import Refusal
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.folder import RealmKind

from . import queries
from .actions import keep_pdf
from .models import Document
from .typesetting import typeset
from .wire import printed

WATERMARKS = {RealmKind.LIVE: "", RealmKind.DEMO: "演示 DEMO", RealmKind.DRILL: "演练 DRILL"}
WITHDRAWN = "已撤销 WITHDRAWN"


def pdf_of(document: Document, *, holds: bool = True) -> bytes:
    """The paper as issued; of a withdrawn document, one with 已撤销 across it, which is not kept.

    A few tenths of a second the first time.

    Parameters
    ----------
    holds : False where what it rests on ended without it, as only whoever knows of that can say

    Refuses
    -------
    documents.forgotten, and as `typesetting.typeset`
    """
    if not document.content:
        raise Refusal(
            "documents.forgotten",
            zh="{number} 的内容已按期清除，不能再打印；编号和签名还在，手里的纸件仍可核验。需要的请重新开一份。",
            en="What stood on {number} was erased at its term, so it cannot be printed again; its number and signature "
            "are kept, and a paper in hand still verifies. Have a new one issued if need be.",
            number=document.number,
        )
    if document.state == Document.State.WITHDRAWN or not holds:
        return _typeset(document, stamp=WITHDRAWN)
    if document.pdf:
        return the_realm().files.get(document.pdf)
    pdf = _typeset(document, stamp="")
    keep_pdf(document=document, pdf=pdf)
    return pdf


def render_documents(job) -> dict[str, int]:
    """The job `documents.render`: print the documents whose ids its arguments list. Harmless to repeat."""
    ids = job.arguments["documents"]
    n_printed = 0
    for place, document_id in enumerate(ids, start=1):
        document = queries.find(document_id)
        if document is not None and not document.pdf and document.state != Document.State.WITHDRAWN:
            pdf_of(document)
            n_printed += 1
        job.step(place, len(ids))
    return {"n_printed": n_printed, "n_documents": len(ids)}


def watermark() -> str:
    """What stands across every page of a realm that is not live; empty for one that is."""
    return WATERMARKS[the_realm().kind]


def _typeset(document: Document, *, stamp: str) -> bytes:
    marks = {"proof": document.proof, "watermark": watermark(), "stamp": stamp}
    return typeset(document.template, printed(document) | marks, issued_at=document.issued_at)
