"""A report card on paper (印制传染病报告卡): numbered, with a code that verifies, page x of y.

1. what stands on the card, as it was filed     cases
2. it becomes a document, once                  documents
"""

from collections.abc import Sequence

from django.db import transaction

from fangxian.core.refusal import Said
from fangxian.ops.documents.actions import NewDocument, issue, open_series
from fangxian.ops.documents.queries import about, series_opened

from .print_posters import county_office

KIND, TEMPLATE, SERIES = "cases.report_card", "list", "cases.report_card"
PATTERN = "传报〔{year}〕{n}号"
BASIS = "《中华人民共和国传染病防治法》第三十条；《传染病信息报告管理规范》"


@transaction.atomic
def print_report_card(*, report, rows: Sequence[Sequence[str]], by: str):
    """The document of a card; printed before, it is that one.

    Parameters
    ----------
    report : a card as filed
    rows : label and value of each of its fields, as they are to be printed
    """
    subject = f"case_report:{report.pk}"
    if known := about(subject).filter(kind=KIND, state="issued").first():
        return known
    if not any(series.key == SERIES for series in series_opened()):
        open_series(key=SERIES, issuer=county_office(), pattern=PATTERN, by=by)
    columns = [{"zh": "项目", "en": "Item", "width": 2}, {"zh": "内容", "en": "As filled in", "width": 5}]
    content = {
        "columns": columns,
        "rows": [list(row) for row in rows],
        "summary": [["卡片编号 Card", report.card_number], ["报告单位 Unit", report.unit_name]],
        "notes": [f"SHA-256 {report.digest}"],
    }
    new = NewDocument(
        kind=KIND,
        template=TEMPLATE,
        title=Said("传染病报告卡", "Report card of an infectious disease"),
        basis=BASIS,
        area_path=report.area_path,
        content=content,
        about=subject,
    )
    return issue(series=SERIES, documents=[new], by=by)[0]
