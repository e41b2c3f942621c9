"""Priority places where something is late (重点场所逾期): a chore of the worker, every ten minutes of county time.

1. what is late, by the rulebooks in force                      measures, risk_areas, hygiene
2. each is one task of whoever looks after the place            tasks
3. what is not late any more need not be done as a task         tasks
"""

from datetime import datetime

from fangxian.ops.hygiene.due import due_lines, rules_of
from fangxian.ops.hygiene.queries import PriorityPlace
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.current import the_realm
from fangxian.ops.risk_areas.queries import at_risk_since
from fangxian.ops.tasks.actions import cancel, open_tasks
from fangxian.ops.tasks.queries import unfinished

from .hygiene_tasks import OVERDUE, about, overdue_task

NOT_LATE = "不再逾期 · it is not late any more"
BATCH = 500


def watch_hygiene(*, at: datetime, by: str) -> None:
    """Open a task for each kind of work that is late at a place; an unfinished one of the sort stands for it."""
    rules = rules_of(rulebooks_by_disease(at).values(), at, at_risk_since=at_risk_since(the_realm().division_code))
    lines = due_lines(PriorityPlace.objects.filter(struck_at__isnull=True), rules, at)
    late = {(about(it.place), OVERDUE[it.kind]): it for it in lines if it.standing.state == "late"}
    rows = unfinished().filter(kind__in=OVERDUE.values()).values_list("about", "kind", "pk")
    waiting = {(subject, kind): pk for subject, kind, pk in rows}
    if over := [pk for key, pk in waiting.items() if key not in late]:
        cancel(tasks=over, reason=NOT_LATE, by=by)
    new = [overdue_task(it, at) for key, it in late.items() if key not in waiting]
    for start in range(0, len(new), BATCH):
        open_tasks(tasks=new[start : start + BATCH], by=by)
