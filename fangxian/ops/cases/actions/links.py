"""Who infected whom, and two cases that turn out to be one."""

from collections import deque
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from ..models import Answer, Case, CaseLink, CaseReport, CaseResult, ItineraryEntry
from ..refusals import refusal
from ..rules import OVER
from ..vocabulary import CERTAINTIES, SETTINGS
from ..wire import NewLink
from .opening import locked, subjects_of

BATCH = 500


@transaction.atomic
def link_cases(*, links: Sequence[NewLink], by: str) -> list[CaseLink]:
    """Put on record who infected whom; a pair on record already takes the new words.

    Refuses
    -------
    cases.infects_itself, cases.infection_circle, cases.link_between_diseases, cases.unknown, cases.not_a_choice
    """
    cases = {row.pk: row for row in locked(sorted({end for new in links for end in (new.infector, new.infected)}))}
    _check_links(links, cases)
    at, rows = county_now(), []
    for new in links:
        words = {"setting": new.setting, "certainty": new.certainty, "basis": new.basis}
        ends = {"infector_id": new.infector, "infected_id": new.infected}
        rows.append(CaseLink(**ends, **words, linked_at=at, linked_by=by))
    CaseLink.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["infector", "infected"],
        update_fields=["setting", "certainty", "basis", "linked_at", "linked_by"],
    )
    if rows:
        about = [f"case:{pk}" for pk in list(cases)[:BATCH]]
        record("cases.linked", by=by, about=about, facts={"n_links": len(rows)})
    return list(CaseLink.objects.filter(linked_at=at, linked_by=by, infected__in=cases))


@transaction.atomic
def unlink_cases(*, links: Sequence[UUID], reason: str, by: str) -> None:
    """Take links away that proved wrong; away already, nothing changes.

    Refuses
    -------
    cases.no_reason
    """
    if not reason.strip():
        raise refusal("cases.no_reason")
    rows = list(CaseLink.objects.select_for_update().filter(pk__in=links))
    if rows:
        about = sorted({f"case:{end}" for row in rows for end in (row.infector_id, row.infected_id)})
        CaseLink.objects.filter(pk__in=[row.pk for row in rows]).delete()
        record("cases.unlinked", by=by, about=about, facts={"n_links": len(rows)}, details={"reason": reason})


@transaction.atomic
def merge_cases(*, kept: UUID, merged: UUID, reason: str, by: str) -> Case:
    """Two cases are one illness of one person: everything of the one goes to the other, to which it then points.

    What both have (an answer, a result of the same specimen) stays as the kept one has it.

    Refuses
    -------
    cases.merge_of_two_diseases, cases.merged_already, cases.infects_itself, cases.no_reason, cases.infection_circle
    """
    if kept == merged:
        raise refusal("cases.infects_itself", number="—")
    rows = {row.pk: row for row in locked([kept, merged])}
    one, other = rows[kept], rows[merged]
    if one.disease != other.disease:
        raise refusal("cases.merge_of_two_diseases", one=one.number, other=other.number)
    for row in (one, other):
        if row.same_as_id:
            raise refusal("cases.merged_already", number=row.number)
    if not reason.strip():
        raise refusal("cases.no_reason")
    _move_links(one, other)
    _fill_in(one, other)
    answered = list(one.answers.values_list("question", flat=True))
    Answer.objects.filter(of_case=other).exclude(question__in=answered).update(of_case=one)
    known = set(one.results.values_list("laboratory", "specimen", "sampled_at"))
    moving = [it.pk for it in other.results.all() if (it.laboratory, it.specimen, it.sampled_at) not in known]
    CaseResult.objects.filter(pk__in=moving).update(of_case=one)
    CaseReport.objects.filter(of_case=other).update(of_case=one)
    ItineraryEntry.objects.filter(of_case=other).update(of_case=one)
    other.same_as, other.state_why, other.version, other.clock_due_at = one, reason, other.version + 1, None
    if other.state not in OVER:
        other.state, other.state_at = Case.State.EXCLUDED, county_now()
    other.save(update_fields=["same_as", "state", "state_at", "state_why", "version", "clock_due_at"])
    Case.objects.filter(same_as=other).update(same_as=one)
    about = sorted({*subjects_of(one), *subjects_of(other)})
    record("cases.merged", by=by, about=about, details={"kept": one.number, "merged": other.number, "reason": reason})
    return one


FILLED_IN = (
    "person_id", "phone", "phone_index", "address", "workplace", "sex", "born_on", "occupation", "onset_on", "died_on",
    "investigated_at",
)  # fmt: skip


def _fill_in(one: Case, other: Case) -> None:
    """What is not known of the one that goes on, as the other has it; of two first positives the earlier."""
    filled = [name for name in FILLED_IN if not getattr(one, name) and getattr(other, name)]
    for name in filled:
        setattr(one, name, getattr(other, name))
    positives = [row.first_positive_sampled_at for row in (one, other) if row.first_positive_sampled_at]
    one.first_positive_sampled_at = min(positives, default=None)
    one.version += 1
    one.save(update_fields=[*filled, "first_positive_sampled_at", "version"])


def _check_links(links: Sequence[NewLink], cases: dict[UUID, Case]) -> None:
    for new in links:
        one, other = cases[new.infector], cases[new.infected]
        if one.pk == other.pk:
            raise refusal("cases.infects_itself", number=one.number)
        if one.disease != other.disease:
            raise refusal("cases.link_between_diseases", infector=one.number, infected=other.number)
        for row in (one, other):
            if row.same_as_id:
                raise refusal("cases.merged_already", number=row.number)
        for value, words, what_zh, what_en in (
            (new.setting, SETTINGS, "感染场所", "setting"),
            (new.certainty, CERTAINTIES, "把握程度", "certainty"),
        ):
            if value not in words:
                raise refusal("cases.not_a_choice", value=value, what_zh=what_zh, what_en=what_en)
    _refuse_circles([(new.infector, new.infected) for new in links], {row.disease for row in cases.values()})


def _refuse_circles(pairs: Sequence[tuple[UUID, UUID]], diseases: set[str]) -> None:
    """No new pair closes a circle, with what is on record and with those of the same batch."""
    known = CaseLink.objects.filter(infector__disease__in=diseases).values_list("infector_id", "infected_id")
    infected: dict[UUID, set[UUID]] = {}
    for one, other in known:
        infected.setdefault(one, set()).add(other)
    for one, other in pairs:
        if path := _way(infected, other, one):
            numbers = dict(Case.objects.filter(pk__in=path).values_list("pk", "number"))
            raise refusal("cases.infection_circle", circle=" → ".join(numbers[pk] for pk in [one, *path]))
        infected.setdefault(one, set()).add(other)


def _way(infected: dict[UUID, set[UUID]], start: UUID, end: UUID) -> list[UUID]:
    """The cases from start to end along who infected whom, both included; [] when there is no way."""
    came_from: dict[UUID, UUID | None] = {start: None}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if here == end:
            path = [here]
            while (before := came_from[path[-1]]) is not None:
                path.append(before)
            return path[::-1]
        for there in infected.get(here, ()):
            if there not in came_from:
                came_from[there] = here
                waiting.append(there)
    return []


def _move_links(one: Case, other: Case) -> None:
    """The links of a merged case become those of the one that goes on; what would be twice, or of itself, goes."""
    rows = CaseLink.objects.filter(infector=other) | CaseLink.objects.filter(infected=other)
    for row in rows:
        infector = one.pk if row.infector_id == other.pk else row.infector_id
        infected = one.pk if row.infected_id == other.pk else row.infected_id
        CaseLink.objects.filter(pk=row.pk).delete()
        if infector != infected and not CaseLink.objects.filter(infector=infector, infected=infected).exists():
            _refuse_circles([(infector, infected)], {one.disease})
            row.infector_id, row.infected_id = infector, infected
            row.save(force_insert=True)
