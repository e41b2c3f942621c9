"""What has to be done about confirmed contacts (管控任务): call on each, and take to quarantine who is to go; and home
again who is let go early. Part of confirm_contacts.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from fangxian.core.parameters import Parameter
from fangxian.core.policy.rulebook import ContactRule
from fangxian.core.policy.vocabulary import Place
from fangxian.core.refusal import Said
from fangxian.ops.cases.queries import cases_with
from fangxian.ops.contacts.wire import who_of
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import cancel, open_tasks
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask, Rung

TRANSFER, CALL, RETURN = "contacts.transfer", "contacts.call", "contacts.return"
GRID_DIGITS = 15
HERE = "here"
AWAY = ("central", "awaiting_transfer", "hospital")
LEAD = "tracing_lead"
LADDER = (Rung(after_min=0, role=LEAD), Rung(after_min=60, role="commander"))
TRANSFERRED_WITHIN = Parameter(
    value=8,
    unit="h",
    low=2,
    high=24,
    meaning="From a contact's confirmation until they are where they are to be quarantined",
    source="national protocol of 2022: close contacts are placed within 8 h of being found; recalled",
)
HOME_WITHIN = Parameter(
    value=12,
    unit="h",
    low=2,
    high=24,
    meaning="From the decision that somebody need not be in quarantine until they have been taken home",
    source="a guess: within the day; nobody may be kept a night longer than the decision says",
)
CALLED_ON_WITHIN = Parameter(
    value=2,
    unit="h",
    low=0.5,
    high=12,
    meaning="From a contact's confirmation until the grid worker has told them what it means and asked what they need",
    source="a guess, after the first of the clocks 2+4+24",
)


def open_contact_tasks(*, rows: Sequence, rule: ContactRule, by: str) -> None:
    """Open the tasks about contacts who have just been confirmed to a ring; those who live elsewhere get none here."""
    ours = [row for row in rows if row.belongs == HERE]
    numbers = {case: found.number for case, found in cases_with({row.case_id for row in ours}).items()}
    goes_away = any(stage.place in (Place.CENTRAL, Place.HOSPITAL) for stage in rule.measure.stages[:1])
    tasks = [_call(row, rule, numbers.get(row.case_id, "—")) for row in ours]
    if goes_away:
        tasks += [_transfer(row, rule, numbers.get(row.case_id, "—")) for row in ours]
    open_tasks(tasks=tasks, by=by)


def cancel_contact_tasks(*, contacts: Iterable[UUID], reason: str, by: str) -> None:
    """What has not been done yet about these contacts need not be done any more."""
    about = [f"contact:{contact}" for contact in contacts]
    waiting = unfinished().filter(about__in=about, kind__in=(TRANSFER, CALL))
    cancel(tasks=list(waiting.values_list("pk", flat=True)), reason=reason, by=by)


def who_is_away(rows: Iterable) -> list:
    """Those of these contacts who are at a site of ours, or on the way to one."""
    moved = ("transferred", "in_quarantine")
    return [row for row in rows if row.state in moved and row.mode in AWAY and row.belongs == HERE]


def open_return_tasks(*, rows: Sequence, reason: str, by: str) -> None:
    """Have these taken home, who have just been let go."""
    open_tasks(tasks=[_return(row, reason) for row in rows], by=by)


def _return(row, reason: str) -> NewTask:
    who, at = who_of(row, row.file), county_now()
    name, site, address = who.name or "—", row.site or "—", who.address or "—"
    return NewTask(
        kind=RETURN,
        unique_key=f"{row.pk} {at:%Y%m%d%H%M%S%f}",
        title=Said(
            f"送 {name} 从 {site} 回家（{address}）：不再需要隔离，{reason}",
            f"Take {name} home from {site} ({address}): need not be in quarantine any more; {reason}",
        ),
        area_path=row.area_path,
        due_at=at + timedelta(hours=HOME_WITHIN.value),
        role="transporter",
        about=f"contact:{row.pk}",
        ladder=LADDER,
    )


def _call(row, rule: ContactRule, number: str) -> NewTask:
    name = who_of(row, row.file).name or "—"
    is_in_a_cell = len(row.area_path) >= GRID_DIGITS
    return NewTask(
        kind=CALL,
        unique_key=_key(row),
        title=Said(
            f"告知 {name}：判为{rule.name.zh}（病例 {number}），讲清要求，问清需要",
            f"Tell {name}: found to be a {rule.name.en} (case {number}); say what is asked, ask what they need",
        ),
        area_path=row.area_path,
        due_at=county_now() + timedelta(hours=CALLED_ON_WITHIN.value),
        role="grid_worker" if is_in_a_cell else LEAD,
        about=f"contact:{row.pk}",
        ladder=LADDER,
    )


def _transfer(row, rule: ContactRule, number: str) -> NewTask:
    who = who_of(row, row.file)
    name, address = who.name or "—", who.address or "—"
    return NewTask(
        kind=TRANSFER,
        unique_key=_key(row),
        title=Said(
            f"转运{rule.name.zh} {name} 到隔离点（{address}；病例 {number}）",
            f"Take {name}, {rule.name.en}, to a quarantine site ({address}; case {number})",
        ),
        area_path=row.area_path,
        due_at=county_now() + timedelta(hours=TRANSFERRED_WITHIN.value),
        role="transporter",
        about=f"contact:{row.pk}",
        ladder=LADDER,
    )


def _key(row) -> str:
    """One decision on a contact is one task of each kind; decided anew, it is another."""
    return f"{row.pk} {row.decided_at:%Y%m%d%H%M%S%f}"
