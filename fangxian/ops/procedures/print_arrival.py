"""A receipt of a declaration, and an undertaking, on paper (申报回执、承诺书): numbered, with a code that verifies.

1. what was declared and what is asked, as it stands          arrivals, arrival_decision
2. it becomes a document, once for each version               documents
3. of a version that was corrected the paper is withdrawn     documents (whoever verifies it is told)
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.arrivals import refusals
from fangxian.ops.arrivals.queries import WHYS, decided_of, told_of, versions_of
from fangxian.ops.documents.actions import NewDocument, issue, open_series, withdraw
from fangxian.ops.documents.queries import about, issued_about, series_opened
from fangxian.ops.realm.current import county_now

from .arrival_decision import AskedBy, asked_by
from .arrival_journey import ONE_DAY, place_said
from .print_posters import county_office

SERIES, PATTERN = "arrivals.paper", "来返〔{year}〕{n}号"
RECEIPT, UNDERTAKING = "arrivals.receipt", "arrivals.undertaking"
NO_RULE = "《中华人民共和国传染病防治法》第十二条"
CHANGED = "申报已更正或撤销 · the declaration was corrected or cancelled"
STATES_SAID = {
    "announced": ("已报备，预计", "is announced for"),
    "landed": ("已申报落地，到达时间", "is declared on landing,"),
    "cancelled": ("申报已撤销，原定", "was declared for, and cancelled:"),
}
PLACES = {
    "hospital": Said("住院隔离", "isolation in hospital"),
    "central": Said("集中隔离", "central quarantine"),
    "home": Said("居家隔离", "quarantine at home"),
    "monitoring": Said("居家健康监测", "health monitoring at home"),
    "community": Said("社区管理", "the community's care"),
}


@transaction.atomic
def print_receipt(*, arrival, by: str):
    """The document of a declaration as it stands; printed before, it is that one."""
    return _document(arrival, RECEIPT, Said("落地申报回执", "Receipt of a declaration on arrival"), _receipt, by)


@transaction.atomic
def print_undertaking(*, arrival, by: str):
    """The undertaking that was signed.

    Refuses
    -------
    arrivals.no_undertaking
    """
    if arrival.undertaken_at is None:
        raise refusals.no_undertaking()
    return _document(arrival, UNDERTAKING, Said("来返人员承诺书", "Undertaking of a person who arrived"), _promise, by)


def receipt_of(arrival):
    """The receipt that holds of a declaration as it stands; None while nobody has asked for one."""
    return about(_subject(arrival)).filter(kind=RECEIPT, state="issued").first()


def withdraw_papers(*, rows: Sequence, by: str) -> None:
    """Papers of what was declared before hold no longer."""
    for papers in issued_about([_subject(row) for row in rows]).values():
        for paper in papers:
            withdraw(document=paper, because=CHANGED, by=by)


def _document(arrival, kind: str, title: Said, content_of, by: str):
    subject = _subject(arrival)
    known = about(subject).filter(kind=kind, state="issued").first()
    if known and known.content:  # else it was forgotten at its term, and whoever asks has a new one
        return known
    if not any(series.key == SERIES for series in series_opened()):
        open_series(key=SERIES, issuer=county_office(), pattern=PATTERN, by=by)
    asked = asked_by(decided_of(arrival), county_now())
    new = NewDocument(
        kind=kind,
        template="decision",
        title=title,
        basis=_basis(asked),
        area_path=arrival.area_path,
        content=content_of(arrival, asked),
        about=subject,
    )
    return issue(series=SERIES, documents=[new], by=by)[0]


def _subject(arrival) -> str:
    return f"arrival:{arrival.pk}"


def _basis(asked: Sequence[AskedBy]) -> str:
    numbers: dict[str, list[str]] = {}
    for it in asked:
        numbers.setdefault(f"{it.document.title.zh}（{it.document.number}）", []).append(it.number)
    return "；".join(f"{paper}，规则 {'、'.join(some)}" for paper, some in numbers.items()) or NO_RULE


def _receipt(arrival, asked: Sequence[AskedBy]) -> dict[str, object]:
    came = f"{localtime(arrival.arrives_at):%Y-%m-%d %H:%M}"
    zh, en = STATES_SAID[arrival.state]
    journey = "；".join(_journey(arrival))
    return {
        "addressee": arrival.person.name,
        "paragraphs": [
            f"您来我县的行程{zh} {came}，本回执证明已经申报（第 {arrival.version} 版）。",
            f"申报的行程：{journey}。",
            *_corrected_by(arrival),
            *_asked_zh(arrival, asked),
        ],
        "paragraphs_en": [f"Your arrival {en} {came}. This is the receipt (version {arrival.version})."],
        "rights": "行程有变或写错的，可在“来返申报”更正；对措施有异议的，可向网格员或县指挥部提出。",
    }


def _corrected_by(arrival) -> Iterator[str]:
    """Of a version that somebody else put right for the person: when, and why."""
    newest = versions_of(arrival.pk).first()
    if newest is not None and newest.why == WHYS.CORRECTED and not newest.is_own:
        yield f"本版由工作人员于 {localtime(newest.written_at):%Y-%m-%d %H:%M} 更正：{newest.reason}。"


def _promise(arrival, asked: Sequence[AskedBy]) -> dict[str, object]:
    signed = f"{localtime(arrival.undertaken_at):%Y-%m-%d %H:%M}"
    return {
        "addressee": "县疫情防控指挥部",
        "paragraphs": [
            f"本人 {arrival.person.name}，已如实申报来本县前的行程，没有隐瞒。",
            *_asked_zh(arrival, asked),
            "本人承诺按以上要求做，身体不适立即告诉网格员。",
            f"签名：{arrival.undertaken_name}　　时间：{signed}",
        ],
        "paragraphs_en": [
            "I have told my journey truthfully and undertake to do what is asked above, and to tell the grid worker at "
            f"once if I feel unwell. Signed {arrival.undertaken_name}, {signed}.",
        ],
    }


def _journey(arrival) -> Iterable[str]:
    told = told_of(arrival)
    for stay in told.stays:
        yield f"{_day(stay.begins_on)}至{_day(stay.ends_on - ONE_DAY)}在{place_said(stay.division)}"
    for leg in told.legs:
        seat = f" {leg.seat}" if leg.seat else ""
        begins = localtime(leg.begins_at)
        yield f"{_day(begins)} {begins:%H:%M} 乘 {leg.vehicle or '自驾车或其他车'}{seat}"


def _asked_zh(arrival, asked: Sequence[AskedBy]) -> list[str]:
    if not asked:
        return ["按现行规则，申报以后没有其他要求。身体不适请就医并告诉网格员。"]
    decided = decided_of(arrival)
    stages = "，之后".join(
        f"{PLACES[place].zh}（{_day(begins)}至{_day(ends - ONE_DAY)}）" for place, begins, ends in decided.stages
    )
    tests = "、".join(
        _day(begins) if begins == due else f"{_day(begins)}至{_day(due)}" for begins, due in decided.tests
    )
    lines = [f"{it.reason.zh}{it.advice.zh if it.advice else ''}（规则 {it.number}）" for it in asked if it.adds]
    lines += [f"管理措施：{stages}。"] if stages else []
    return lines + ([f"核酸检测：{tests}，各一次。"] if tests else [])


def _day(on: date) -> str:
    return f"{on.month}月{on.day}日"
