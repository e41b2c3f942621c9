"""A day's symptom follow-up of a contact (密接随访), by a grid worker or whoever follows contacts.

1. whoever may follow contacts where this one is   accounts
2. how the contact was that day                    contacts
3. symptoms, or nobody found: somebody must act    tasks  (investigators of the area; once a day)
4. corrected to neither: the task is called off    tasks
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.contacts.actions import note_follow_up
from fangxian.ops.contacts.actions.following import Followed
from fangxian.ops.contacts.queries import FOLLOW, contact_with
from fangxian.ops.contacts.wire import NOT_FOUND, OneDay
from fangxian.ops.contacts.words import SYMPTOMS, said_of
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import cancel, open_tasks
from fangxian.ops.tasks.queries import about as tasks_about
from fangxian.ops.tasks.wire import NewTask, Rung

SYMPTOMATIC, LOST = "contacts.symptomatic", "contacts.lost"
ROLE = "investigator"
LADDER = (Rung(after_min=0, role="tracing_lead"), Rung(after_min=60, role="commander"))
ACT_WITHIN = Parameter(
    value=2,
    unit="h",
    low=0.5,
    high=12,
    meaning="From a symptomatic or missing contact's follow-up until somebody has acted on it",
    source="the first of the clocks 2+4+24; 突发公共卫生事件应急条例 §19–20: two hours a level",
)


@transaction.atomic
def follow_contact(*, contact: UUID, on: date, how: OneDay, asked_at: datetime | None = None, by: Account) -> Followed:
    """Put a day's follow-up on record, and have somebody act on it where that is needed. Repeating it is harmless.

    Refuses
    -------
    accounts.not_yours, contacts.not_followed, contacts.day_to_come
    """
    row = contact_with(contact)
    if row is None:
        raise not_there()
    require(by, FOLLOW, row.area_path, team=row.team)
    actor = f"account:{by.pk}"
    followed = note_follow_up(contact=contact, on=on, how=how, asked_at=asked_at, by=actor)
    if followed.is_new:
        _act(row, on, how, actor)
    return followed


def not_there() -> Refusal:
    return Refusal(
        "contacts.not_found",
        zh="没有这名接触者的记录，或已按期清除。没有改动；请从名单里重新打开。",
        en="There is no record of this contact, or it was erased at its term. Nothing was changed: open it again from "
        "the list.",
    )


def _act(row, on: date, how: OneDay, actor: str) -> None:
    needed = {kind: title for kind, title in (_symptomatic(how), _lost(how)) if title}
    at, key = county_now(), f"{row.pk}:{on:%Y%m%d}"
    waiting = [task for task in tasks_about(f"contact:{row.pk}") if task.unique_key == key and task.closed_at is None]
    if over := [task.pk for task in waiting if task.kind in (SYMPTOMATIC, LOST) and task.kind not in needed]:
        cancel(tasks=over, reason="随访已更正 · the follow-up was corrected", by=actor)
    tasks = [_task(kind, title, row, key, at) for kind, title in needed.items()]
    if tasks:
        open_tasks(tasks=tasks, by=actor)


def _task(kind: str, title: Said, row, key: str, at: datetime) -> NewTask:
    return NewTask(
        kind=kind,
        title=title,
        area_path=row.area_path,
        due_at=at + timedelta(hours=ACT_WITHIN.value),
        role=ROLE,
        about=f"contact:{row.pk}",
        ladder=LADDER,
        unique_key=key,
    )


def _symptomatic(how: OneDay) -> tuple[str, Said | None]:
    if not how.is_symptomatic:
        return SYMPTOMATIC, None
    told = [said_of(SYMPTOMS, key) for key in how.symptoms]
    zh, en = "、".join(it.zh for it in told), ", ".join(it.en for it in told)
    if how.temperature_c is not None:
        zh, en = f"{how.temperature_c} ℃ {zh}".strip(), f"{how.temperature_c} °C {en}".strip()
    return SYMPTOMATIC, Said(f"接触者有症状（{zh}）：送诊、采样", f"A contact has symptoms ({en}): doctor and sample")


def _lost(how: OneDay) -> tuple[str, Said | None]:
    if how.found != NOT_FOUND:
        return LOST, None
    return LOST, Said("随访没找到接触者：找到本人", "A contact was not found at follow-up: find them")
