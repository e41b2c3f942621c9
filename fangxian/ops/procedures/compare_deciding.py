"""Whether two rows of a comparison are one person, as somebody decides it (疑似同一人判断). Part of compare_sources.

1. it is remembered for every list to come                                comparisons
2. the two are one at once, with the outcome of one; or two again         core.matching.outcomes, comparisons
3. the tasks follow                                                       tasks

What else follows from it (a third row that now fits) is for the next run to find.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from fangxian.core.identity import IdentityKind, check_identity_number
from fangxian.core.matching.outcomes import Outcome, Role, conflicts_of, outcome_of
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.comparisons import refusals
from fangxian.ops.comparisons.actions import decide_pair, join_pair, part_pair, reopen_pair
from fangxian.ops.comparisons.queries import comparison_for, comparison_with, doubts_for, rows_of, sources_of
from fangxian.ops.comparisons.wire import read_written
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import person_with_document
from fangxian.ops.realm.current import the_realm

from .compare_tasks import open_and_close_tasks

SAME = "same"
TELLS_AREA = {Role.GRID, Role.DECLARED}


@transaction.atomic
def decide(*, comparison: UUID, pair: UUID, verdict: str, by: Account) -> None:
    """Whoever reviews declarations where the two are says whether they are one; "" takes that back.

    Refuses
    -------
    comparisons.not_found, comparisons.pair.not_found, approvals.own_matter
    """
    row = comparison_for(by, comparison)
    doubt = doubts_for(by, row).filter(pk=pair).first()
    if doubt is None:
        raise refusals.unknown_pair()
    _refuse_own(doubt, by)
    actor = f"account:{by.pk}"
    has_changed = verdict != SAME and part_pair(pair=pair, by=actor)
    if verdict:
        decide_pair(comparison=row.pk, pair=pair, verdict=verdict, by=actor)
    else:
        reopen_pair(comparison=row.pk, pair=pair, by=actor)
    if verdict == SAME:
        has_changed = _joined(row, doubt, actor)
    if has_changed:
        open_and_close_tasks(comparison_with(row.pk), actor)


def first_to_decide(waiting: Iterable, by: Account):
    """The first of these pairs that is not about whoever decides, or whom they live with; None where all are."""
    for doubt in waiting:
        try:
            _refuse_own(doubt, by)
        except Refusal:
            continue
        return doubt
    return None


def _refuse_own(doubt, by: Account) -> None:
    found = (it.finding for it in (doubt.one, doubt.other) if it.finding)
    refuse_own_matters(by, [it.person_id for it in found if it.person_id])


def _joined(row, doubt, by: str) -> bool:
    """Make one finding of the two, of whom the register knows one if it knows either."""
    findings = [it.finding for it in (doubt.one, doubt.other) if it.finding]
    kept = next((it for it in findings if Role.REGISTER in it.roles.split(",")), findings[0])
    alone = next((it for it in (doubt.one, doubt.other) if it.finding is None), None)
    roles = {Role(one) for it in findings for one in it.roles.split(",")}
    roles |= {Role(alone.source.role)} if alone else set()
    conflicts = _conflicts(findings)
    asked = {Role(it.role) for it in sources_of(row.pk) if it.as_of == row.compared_at}
    outcome = outcome_of(roles, asked, conflicts=bool(conflicts)) or Outcome(kept.outcome)
    now = {
        "outcome": str(outcome),
        "roles": ",".join(role for role in Role if role in roles),
        "conflicts": ",".join(conflicts) if outcome is not Outcome.NOT_FOUND else "",
        "n_rows": sum(it.n_rows for it in findings),
        "likelihood_per_mille": min(it.likelihood_per_mille for it in findings),
    }
    if alone and (person := _registered(alone)):
        now |= {"person_id": person.pk, "area_path": person.area_path, "name": person.name}
    return join_pair(pair=doubt.pk, kept=kept.pk, now=now, by=by)


def _conflicts(findings: Sequence) -> tuple[str, ...]:
    """What the rows of both say differently, and what those of each said differently already."""
    rows = [row for some in rows_of([it.pk for it in findings]).values() for row in some]
    written = [read_written(row.written) for row in rows if row.source.role != Role.REGISTER]
    areas = [it.area_path for it in findings if TELLS_AREA & {Role(one) for one in it.roles.split(",")}]
    facts: dict[str, list[object]] = {
        "arrived_on": [date.fromisoformat(str(it["arrived_on"])) for it in written if it.get("arrived_on")],
        "origin": [it["origin"] for it in written if it.get("origin")],
        "area_path": list(areas),
        "number": list(_sound_numbers(written)),
    }
    before = {one for it in findings for one in it.conflicts.split(",") if one}
    return tuple(name for name in facts if name in before or name in conflicts_of(facts))


def _sound_numbers(written: Sequence[dict]) -> Iterator[str]:
    for it in written:
        try:
            number = str(it.get("number", ""))
            yield check_identity_number(number, demo=the_realm().is_synthetic, kind=IdentityKind.RESIDENT).text
        except Refusal:
            continue


def _registered(row) -> Person | None:
    """Whom the register has in a row of its own; it is found again by the number, and by nothing less."""
    number = str(read_written(row.written).get("number", ""))
    return person_with_document(number) if number and row.source.role == Role.REGISTER else None
