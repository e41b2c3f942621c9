"""What tracing teams hold is settled with what has become of it elsewhere (every few minutes; harmless to repeat).

A contact found from the line list, a case closed or excluded on its own page: nobody need remember the team.

1. contacts who need not be found any more     contacts → tracing, tasks
2. cases that are over                         cases → tracing, tasks
"""

from datetime import datetime

from fangxian.ops.cases.queries import cases_with
from fangxian.ops.tracing.queries import clocks_running, work_held
from fangxian.ops.tracing.wire import CASE

from .assign_contacts import settle_contacts
from .start_investigation import stop_investigation

OVER = ("excluded", "closed")


def settle_work(*, at: datetime, by: str) -> int:
    """Free teams of what is over; how many pieces of work and cases with running clocks."""
    held = set(work_held().filter(work=CASE).values_list("about", flat=True))
    cases = held | set(clocks_running().values_list("case_id", flat=True))
    over = [pk for pk, row in cases_with(cases).items() if row.state in OVER or row.same_as_id]
    if over:
        stop_investigation(cases=over, by=by)
    return len(over) + settle_contacts(by=by)
