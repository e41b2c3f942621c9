"""The questionnaire and the itinerary of a case, saved as one types. Whoever saved later with an older version is
refused, never overwritten; the same saved again is harmless."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from ..models import Answer, Case, ItineraryEntry
from ..questionnaire import Question, questionnaire_of, told, value_of
from ..refusals import refusal
from ..rules import check_entry
from ..vocabulary import CROWDS, MASKS, VENTILATIONS
from ..wire import INVESTIGATION, NewAnswer, NewEntry
from .opening import locked, subjects_of
from .reports import meet_clock

ENTRY = (
    "kind", "begins_at", "ends_at", "place", "venue", "vehicle", "seat", "crowd", "ventilation", "masked", "remark",
)  # fmt: skip
ENTRY_LISTS = {
    "crowd": (CROWDS, "人数", "crowd"),
    "ventilation": (VENTILATIONS, "通风", "ventilation"),
    "masked": (MASKS, "口罩", "masks"),
}


@transaction.atomic
def save_answers(*, case: UUID, answers: Sequence[NewAnswer], by: str) -> list[Answer]:
    """Keep answers of a case's questionnaire, all of them or none; each with the version it has now.

    An answer that says what is there already changes nothing, whatever version it was written on.

    Refuses
    -------
    cases.answer_conflict
        Somebody else has saved another answer since; both are named.
    cases.question_unknown, cases.answer_wrong
    """
    row, at = locked([case])[0], county_now()
    questions = questionnaire_of(row.disease).questions
    texts = [_text(questions, new) for new in answers]
    known = {it.question: it for it in row.answers.filter(question__in=[new.question for new in answers])}
    saved, fresh, changed = [], [], []
    for new, text in zip(answers, texts, strict=True):
        it = known.get(new.question)
        if it is None:
            it = known[new.question] = Answer(of_case=row, question=new.question, version=0)
        if it.version and it.value == text:
            saved.append(it)
            continue
        if it.version != new.version:
            raise _conflict(questions[new.question], it, text)
        (changed if it.version else fresh).append(it)
        it.value, it.version, it.saved_at, it.saved_by = text, it.version + 1, at, by
        saved.append(it)
    Answer.objects.bulk_create(fresh)
    Answer.objects.bulk_update(changed, ["value", "version", "saved_at", "saved_by"])
    if fresh or changed:
        questions_saved = sorted(it.question for it in fresh + changed)
        record("cases.answers_saved", by=by, about=subjects_of(row), details={"questions": questions_saved})
    return saved


@transaction.atomic
def save_entry(*, case: UUID, entry: NewEntry, by: str) -> ItineraryEntry:
    """Keep one stay or ride of a case's itinerary: a new one, or a known one (by its id) as it is now told.

    Refuses
    -------
    cases.entry_conflict
        Somebody changed it, or took it off, after it was read.
    cases.entry_elsewhere
        It is of another case, such as one that this was merged into.
    cases.ends_before_it_begins, cases.stay_in_future, cases.stay_long_ago, cases.stay_too_long, cases.no_place,
    cases.not_a_choice
    """
    row, at = locked([case])[0], county_now()
    _check_entry(entry, at, row.onset_on or localtime(row.reported_at).date())
    it = ItineraryEntry.objects.filter(pk=entry.id).first()
    if it is not None and it.of_case_id != row.pk:
        raise refusal("cases.entry_elsewhere")
    columns = {name: getattr(entry, name) for name in ENTRY}
    if it is None:
        it = ItineraryEntry.objects.create(id=entry.id, of_case=row, saved_at=at, saved_by=by, **columns)
        _record_entry("cases.entry_added", row, it, by)
        return it
    if it.removed_at is None and all(getattr(it, name) == value for name, value in columns.items()):
        return it
    _refuse_older(it, entry.version)
    for name, value in columns.items():
        setattr(it, name, value)
    it.version, it.saved_at, it.saved_by = it.version + 1, at, by
    it.save(update_fields=[*ENTRY, "version", "saved_at", "saved_by"])
    _record_entry("cases.entry_changed", row, it, by)
    return it


@transaction.atomic
def remove_entry(*, case: UUID, entry: UUID, version: int, by: str) -> None:
    """Take a stay off a case's itinerary; off already, nothing changes. It stays on record as taken off.

    Refuses
    -------
    cases.entry_conflict
    """
    row = locked([case])[0]
    it = row.itinerary.filter(pk=entry).first()
    if it is None or it.removed_at is not None:
        return
    _refuse_older(it, version)
    it.removed_at, it.version, it.saved_by = county_now(), it.version + 1, by
    it.save(update_fields=["removed_at", "version", "saved_by"])
    _record_entry("cases.entry_removed", row, it, by)


@transaction.atomic
def finish_interview(*, case: UUID, by: str) -> Case:
    """Say that a case's questionnaire is done, and stop the clock of its investigation; done already: nothing.

    Refuses
    -------
    cases.interview_unfinished
        Names the needed questions without an answer.
    """
    row = locked([case])[0]
    if row.investigated_at is not None:
        return row
    questionnaire = questionnaire_of(row.disease)
    answers = {it.question: json.loads(it.value or '""') for it in row.answers.all()}
    if missing := questionnaire.missing(answers):
        labels = [question.label for question in missing]
        raise Refusal(
            "cases.interview_unfinished",
            zh="还有 {n} 项必填没有填：{missing}。调查完成须填齐必填项，问不到的选“不详”或写明原因；请补上。",
            en="{n} needed questions have no answer: {missing_en}. A finished interview answers all of them; what "
            "cannot be learnt is “not known”, or says why: fill them in.",
            n=len(missing),
            missing="、".join(label.zh for label in labels),
            missing_en="; ".join(label.en for label in labels),
        )
    row.investigated_at = county_now()
    row.version += 1
    row.save(update_fields=["investigated_at", "version"])
    if (clock := row.clocks.filter(clock=INVESTIGATION, met_at__isnull=True).first()) is not None:
        meet_clock(clock=clock.pk, by=by)
    record("cases.interview_finished", by=by, about=subjects_of(row))
    return row


def _text(questions: dict[str, Question], new: NewAnswer) -> str:
    """The answer as it is kept, checked against its question."""
    question = questions.get(new.question)
    if question is None:
        raise refusal("cases.question_unknown", question=new.question)
    try:
        value = value_of(question, new.value)
    except ValueError as wrong:
        said = wrong.args[0]
        raise Refusal(
            "cases.answer_wrong",
            zh="“{label}”没有存：{why}请改好，其余的会照常保存。",
            en="“{label_en}” was not saved: {why_en} Mend it; the others are saved as usual.",
            label=question.label.zh,
            label_en=question.label.en,
            why=said.zh,
            why_en=said.en,
        ) from None
    return "" if value == "" else json.dumps(value, ensure_ascii=False)


def _conflict(question: Question, it: Answer, mine: str) -> Refusal:
    return Refusal(
        "cases.answer_conflict",
        zh="“{label}”在您打开之后已由别人于 {saved_at} 存为“{theirs}”，您填的是“{mine}”，没有存。请商定用哪一个，"
        "再保存一次。",
        en="“{label_en}”: somebody else saved “{theirs_en}” at {saved_at}, after you opened it; yours, “{mine_en}”, "
        "was not saved. Agree on one of them and save it again.",
        label=question.label.zh,
        label_en=question.label.en,
        saved_at=f"{localtime(it.saved_at):%Y-%m-%d %H:%M}",
        theirs=told(question, it.value).zh,
        theirs_en=told(question, it.value).en,
        mine=told(question, mine).zh,
        mine_en=told(question, mine).en,
    )


def _check_entry(entry: NewEntry, at: datetime, ill_on: date) -> None:
    check_entry(entry, at, ill_on=ill_on)
    if entry.kind not in ItineraryEntry.Kind.values:
        raise refusal("cases.not_a_choice", value=entry.kind, what_zh="停留或乘车", what_en="stay or ride")
    for name, (words, what_zh, what_en) in ENTRY_LISTS.items():
        if (value := getattr(entry, name)) and value not in words:
            raise refusal("cases.not_a_choice", value=value, what_zh=what_zh, what_en=what_en)


def _refuse_older(it: ItineraryEntry, version: int) -> None:
    if it.removed_at is not None or it.version != version:
        raise Refusal(
            "cases.entry_conflict",
            zh="这一段（{begins_at}，{place}）在您打开之后已由别人改过或删去，您的改动没有存。应以最新的为准；"
            "请刷新后再改。",
            en="This stay ({begins_at}, {place}) was changed or taken off by somebody else after you opened it, and "
            "yours was not saved. The newest counts: reload and change that.",
            begins_at=f"{localtime(it.begins_at):%Y-%m-%d %H:%M}",
            place=it.place or it.vehicle or "—",
        )


def _record_entry(action: str, row: Case, it: ItineraryEntry, by: str) -> None:
    record(action, by=by, about=subjects_of(row), details={"entry": str(it.pk), "version": it.version})
