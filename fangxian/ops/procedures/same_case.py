"""Two cases are one illness of one person (同一人两个病例), often under two kinds of document.

1. they may be one: the same birth and sex, no two numbers of one kind of document, the one further on goes on
2. everything of the one goes to the other, to which it then points   cases
3. so do its contacts; who is a contact of both is one row            contacts
4. what rested on the one, or on a row that is gone, rests on what stays, of the later exposure    movement
5. its tasks are tasks about the other, where that has no such task    tasks
6. the merged one need be investigated and reported on no more         case_clocks
7. two records of the person on the register become one                merge_persons
8. whoever is on the list of contacts as this very person is none      confirm_contacts
9. contacts are looked for anew, as more is known                      propose_contacts

What does not agree is refused before anything moves; what moved is written down, and `unmerge_persons` undoes it.
"""

from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.cases.actions import merge_cases
from fangxian.ops.cases.queries import case_with
from fangxian.ops.cases.refusals import refusal
from fangxian.ops.cases.vocabulary import STATES
from fangxian.ops.contacts.actions import gather_contacts
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.merges.wire import Two
from fangxian.ops.movement.actions.evidence import rest_on_others
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import cancel, turn_to
from fangxian.ops.tasks.queries import about, unfinished

from .contact_tasks import cancel_contact_tasks
from .merge_persons import bring_together, drop_itself, follow_later_exposure
from .merge_record import written_down
from .propose_contacts import ask_for_contacts
from .settle_case import contacts_became_cases
from .start_investigation import stop_investigation

MERGED = "并入另一病例 · merged into another case"
FURTHER = ("excluded", "reported", "held", "confirmed", "in_treatment", "closed")


@transaction.atomic
def same_case(*, kept: UUID, merged: UUID, reason: str, by: Account) -> None:
    """Let one case go on for two. The register is put right too where whoever does it may correct it.

    Refuses
    -------
    cases.merge_of_two_diseases, cases.merged_already, cases.infection_circle, cases.no_reason,
    cases.merge_the_other_way, cases.merge_of_two_people, cases.merge_of_two_outcomes
    """
    one, other = case_with(kept), case_with(merged)
    _refuse_conflicts(one, other)
    records = _two_records(one, other, by)
    two = Two(kept_case=kept, merged_case=merged, **{f"{name}_person": it.pk for name, it in records.items()})
    with written_down(two=two, reason=reason, by=f"account:{by.pk}") as united:
        united |= _merge(kept, merged, reason, f"account:{by.pk}")
        if records:
            united |= bring_together(**records, reason=reason, by=f"account:{by.pk}")
        drop_itself(case_with(kept), f"account:{by.pk}")
        contacts_became_cases(case_with(kept), f"account:{by.pk}")
    ask_for_contacts(case=kept, by=f"account:{by.pk}")


def _merge(kept: UUID, merged: UUID, reason: str, by: str) -> dict[UUID, UUID]:
    row = merge_cases(kept=kept, merged=merged, reason=reason, by=by)
    rulebook = rulebooks_by_disease(county_now()).get(row.disease)
    gathered = gather_contacts(kept=kept, merged=merged, rulebook=rulebook, by=by)
    rest_on_others(things={merged: kept, **gathered.joined}, by=by)
    follow_later_exposure(gathered.joined.values(), by)
    cancel_contact_tasks(contacts=gathered.joined, reason=MERGED, by=by)
    _turn_tasks(kept, merged, by)
    stop_investigation(cases=[merged], by=by)
    return dict(gathered.joined)


def _turn_tasks(kept: UUID, merged: UUID, by: str) -> None:
    """What is to be done about the merged case is to be done about the other, unless that is on the list already."""
    known = set(about(f"case:{kept}").values_list("kind", flat=True))
    waiting = list(unfinished().filter(about=f"case:{merged}").values_list("pk", "kind"))
    turn_to(tasks=[pk for pk, kind in waiting if kind not in known], about=f"case:{kept}", by=by)
    cancel(tasks=[pk for pk, kind in waiting if kind in known], reason=MERGED, by=by)


def _two_records(one, other, by: Account) -> dict[str, Person]:
    """The two records of the register that are to become one as well, as `kept` and `merged`; {} where they are not."""
    persons = [it.person for it in (one, other) if it is not None and it.person is not None]
    if len(persons) < 2 or any(it.merged_into_id for it in persons) or persons[0].pk == persons[1].pk:
        return {}
    if not all(may(by, "people.register", it.area_path) for it in persons):
        return {}
    return {"kept": persons[0], "merged": persons[1]}


def _refuse_conflicts(one, other) -> None:
    """Refuse what speaks against these being one illness of one person; what is missing the room itself refuses."""
    if one is None or other is None or one.pk == other.pk or one.disease != other.disease:
        return
    numbers = {"one": one.number, "other": other.number}
    for what, what_en, mine, theirs in _to_agree(one, other):
        if mine and theirs and mine != theirs:
            told = {"what": what, "what_en": what_en, "mine": mine, "theirs": theirs}
            raise refusal("cases.merge_of_two_people", **numbers, **told)
    if one.state == other.state == "closed" and one.outcome != other.outcome:
        raise refusal("cases.merge_of_two_outcomes", **numbers)
    if FURTHER.index(other.state) > FURTHER.index(one.state):
        state, mine = STATES[other.state], STATES[one.state]
        words = {"state": state.zh, "state_en": state.en, "state_one": mine.zh, "state_one_en": mine.en}
        raise refusal("cases.merge_the_other_way", **numbers, **words)


def _to_agree(one, other) -> list[tuple[str, str, object, object]]:
    """What has to be the same of one person. Of document numbers only the ends are said."""
    found = [
        ("出生日期", "the date of birth", one.born_on, other.born_on),
        ("性别", "the sex", one.sex, other.sex),
    ]
    if one.document_kind == other.document_kind and one.document_number != other.document_number:
        found.append(("证件号码", "the document number", _end(one.document_number), _end(other.document_number)))
    return found


def _end(number: str) -> str:
    return f"…{number[-4:]}" if number else ""
