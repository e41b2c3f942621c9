"""Two cases are one illness of one person (同一人两个病例), often under two kinds of document.

1. everything of the one goes to the other, to which it then points   cases
2. the merged one need be investigated and reported on no more         case_clocks
3. two records of the person on the register become one                merge_persons
"""

from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.cases.actions import merge_cases
from fangxian.ops.cases.queries import case_with
from fangxian.ops.tasks.actions import cancel
from fangxian.ops.tasks.queries import unfinished

from .merge_persons import merge_persons
from .start_investigation import stop_investigation

MERGED = "并入另一病例 · merged into another case"


@transaction.atomic
def same_case(*, kept: UUID, merged: UUID, reason: str, by: Account) -> None:
    """Let one case go on for two. The register is put right too where whoever does it may correct it.

    Refuses
    -------
    cases.merge_of_two_diseases, cases.merged_already, cases.infection_circle, cases.no_reason
    """
    actor = f"account:{by.pk}"
    merge_cases(kept=kept, merged=merged, reason=reason, by=actor)
    stop_investigation(cases=[merged], by=actor)
    waiting = unfinished().filter(about=f"case:{merged}")
    cancel(tasks=list(waiting.values_list("pk", flat=True)), reason=MERGED, by=actor)
    one, other = case_with(kept), case_with(merged)
    persons = [it.person for it in (one, other) if it is not None and it.person is not None]
    if len(persons) < 2 or any(it.merged_into_id for it in persons) or persons[0].pk == persons[1].pk:
        return
    if all(may(by, "people.register", it.area_path) for it in persons):
        merge_persons(kept=persons[0], merged=persons[1], reason=reason, by=actor)
