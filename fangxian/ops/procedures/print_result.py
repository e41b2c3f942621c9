"""A slip of one's result (检测结果单): numbered, signed, with a code that anybody verifies without a network.

1. what somebody was told, and holds            results, lab
2. it becomes a document, once                  documents
3. of a result that is taken back the paper is withdrawn: whoever verifies it is told
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.laboratory.judging import SUSPECT
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.documents.actions import NewDocument, issue, open_series, withdraw
from fangxian.ops.documents.queries import about, issued_about, series_opened
from fangxian.ops.lab.members import places_named, tubes_with
from fangxian.ops.lab.queries import RosterPlace
from fangxian.ops.results.queries import Told
from fangxian.ops.results.wire import OUTCOMES

from .print_posters import county_office

KIND, SERIES, PATTERN = "results.slip", "results.slip", "检结〔{year}〕{n}号"
TITLE = Said("核酸检测结果单", "Result of a nucleic acid test")
BASIS = "《中华人民共和国传染病防治法》第十二条"
RIGHTS = "对结果有疑问的，可持本单到出具结果的实验室查询，或在“我的检测结果”里查看最新情况。"
NOT_INFECTED = Said(
    "这是混采管的结果，不代表本人已感染；本人须单独复采，以单管结果为准。",
    "This is the result of a shared tube and does not mean that this person is infected; a tube of their own decides.",
)
AT_ONCE = 500
TAKEN_BACK = "实验室撤回了结果 · the laboratory took the result back"


@transaction.atomic
def print_result(*, told: Told, by: str):
    """The document of one thing that somebody was told; printed before, it is that one.

    Refuses
    -------
    results.taken_back
    """
    if told.ended_at is not None:
        raise _taken_back()
    known = about(_subject(told.pk)).filter(kind=KIND, state="issued").first()
    if known and known.content:
        return known
    if not any(series.key == SERIES for series in series_opened()):
        open_series(key=SERIES, issuer=county_office(), pattern=PATTERN, by=by)
    place = places_named([told.place])[told.place]
    new = NewDocument(
        kind=KIND, template="decision", title=TITLE, basis=BASIS, area_path=place.area_path,
        content=_content(told, place), about=_subject(told.pk),
    )  # fmt: skip
    return issue(series=SERIES, documents=[new], by=by)[0]


def withdraw_slips(told: Iterable[UUID], *, by: str) -> None:
    """Papers of what is told no more hold no longer."""
    subjects = [_subject(it) for it in told]
    for start in range(0, len(subjects), AT_ONCE):
        for papers in issued_about(subjects[start : start + AT_ONCE], kind=KIND).values():
            for paper in papers:
                withdraw(document=paper, because=TAKEN_BACK, by=by)


def _subject(told: UUID) -> str:
    return f"told:{told}"


def _content(told: Told, place: RosterPlace) -> dict[str, object]:
    """What stands on the paper: of the document number the last four."""
    result, tube = told.result, tubes_with([told.tube]).get(told.tube)
    number = place.person.document_number if place.person else place.document_number
    name = place.person.name if place.person else place.name
    sampled, told_at = (f"{localtime(at):%Y-%m-%d %H:%M}" for at in (told.sampled_at, result.released_at))
    found, alone = OUTCOMES[result.outcome], result.n_members == 1
    is_open = not alone and result.outcome in SUSPECT
    how = "单人单管" if alone else f"{result.n_members} 人混采一管"
    how_en = "a tube of one's own" if alone else f"a tube shared by {result.n_members}"
    return {
        "addressee": f"{name}（证件尾号 {number[-4:]}）" if number else name,
        "paragraphs": [
            f"结果：{found.zh}（{how}）。",
            f"采样时间：{sampled}。报告时间：{told_at}。",
            f"检测机构：{result.laboratory}。采样管：{tube.label if tube else '—'}。筛查：{place.round.name}。",
            *([NOT_INFECTED.zh] if is_open else []),
        ],
        "paragraphs_en": [
            f"Result: {found.en} ({how_en}). Sampled {sampled}, reported {told_at}, by {result.laboratory}.",
            *([NOT_INFECTED.en] if is_open else []),
        ],
        "rights": RIGHTS,
    }


def _taken_back() -> Refusal:
    return Refusal(
        "results.taken_back",
        zh="这条结果已被实验室撤回，不能再打印。应以最新的结果为准；请返回“我的检测结果”查看。",
        en="The laboratory took this result back, so it cannot be printed. The newest result holds: go back to “My "
        "test results”.",
    )
