"""From a paper on record to a PDF, by typst. A missing glyph is a failure: a paper with boxes is no paper."""

import json
import os
import sys
from functools import cache
from pathlib import Path

import segno
import typst

from fangxian.core.refusal import Refusal
from fangxian.ops.realm.current import the_realm

FOLDER = Path(__file__).with_name("templates")
SYSTEM_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")


@cache
def templates() -> tuple[str, ...]:
    """Names of the templates there are; files that begin with an underscore are parts of others."""
    return tuple(sorted(path.stem for path in FOLDER.glob("[!_]*.typ")))


def typeset(document) -> bytes:
    """The PDF of a document, A4.

    Refuses
    -------
    documents.not_typeset
        typst said something was wrong, or a character has no shape in the fonts at hand.
    """
    told = {
        "number": document.number_text,
        "title": document.title,
        "issuer": document.issuer,
        "basis": document.basis,
        "issued_on": document.issued_at.astimezone(the_realm().clock.now().tzinfo).date().isoformat(),
        "synthetic": the_realm().is_synthetic,
        "qr": _qr(document.seal),
        "content": json.loads(document.content),
    }
    try:
        pdf, warnings = typst.compile_with_warnings(
            FOLDER / f"{document.template}.typ",
            root=FOLDER,
            font_paths=_font_paths(),
            ignore_system_fonts=False,
            sys_inputs={"paper": json.dumps(told, ensure_ascii=False)},
        )
    except typst.TypstError as error:
        raise _not_typeset(document, str(error)) from error
    wrong = [warning.message for warning in warnings if "unknown font family" not in warning.message]
    if wrong:
        raise _not_typeset(document, wrong[0])
    return pdf


def _not_typeset(document, reason: str) -> Refusal:
    return Refusal(
        "documents.not_typeset",
        zh="{number} 没能排版（{reason}）。文书已编号在册；请装好中文字体（make fonts）或改正样式，系统会再试。",
        en="{number} could not be typeset ({reason}). It is numbered and on record: install Chinese type "
        "(make fonts) or mend its template, and it is tried again.",
        number=document.number_text,
        reason=reason,
    )


def _font_paths() -> list[str]:
    """The fonts of FANGXIAN_FONTS, those fetched beside the program, and the system's."""
    beside = Path(sys.prefix) / "share" / "fonts"
    return [path for path in (os.environ.get("FANGXIAN_FONTS", ""), str(beside), *SYSTEM_FONTS) if Path(path).is_dir()]


def _qr(text: str) -> list[str]:
    """The QR of a text as rows of 0 and 1, without the quiet zone."""
    return ["".join(map(str, row)) for row in segno.make(text, error="m", micro=False).matrix]


def render_documents(job) -> dict:
    """Typeset the documents of a job; harmless to repeat."""
    from .actions import keep_pdf
    from .queries import documents_by_id

    waiting = list(documents_by_id(job.arguments["documents"]))
    for done, document in enumerate(waiting, start=1):
        if not document.pdf:
            keep_pdf(document=document, pdf=typeset(document), by="program:worker")
        job.step(done, len(waiting))
    return {"n_documents": len(waiting)}
