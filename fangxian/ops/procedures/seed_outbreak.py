"""A measles outbreak among invented pupils (演示疫情), so that a demo's tracing has something to be looked at.

1. who fell ill, when, and from whom            core.drill, from households and school classes
2. their cases, as far as each has come         cases
3. who infected whom                            cases
4. whom each met, by its own class and home     contacts, confirmed by the rulebook's rings
5. what is over is over: released               contacts

In a demo or a drill only. Everybody in it is invented, and so is every date. Measles has no gate and no colour: doors
go on as they were.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.drill.outbreak import HOUSEHOLD, NOBODY, SCHOOL_CLASS, Group, Outbreak, simulate_outbreak
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Refusal
from fangxian.ops.cases import actions as cases
from fangxian.ops.cases.queries import cases_of_disease
from fangxian.ops.cases.wire import ListedCase, NewCase, NewLink
from fangxian.ops.contacts import actions as contacts
from fangxian.ops.contacts.wire import NewContact, Who, Why
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.people.models import Attachment, Person
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.current import county_now, the_realm

DISEASE = "measles"
LASTS_D = 40
N_FEWEST, N_MOST = 9, 30
N_TRIES = 40
RECOVERED_AFTER_D = 18
TOGETHER_MIN = 360  # a day, at home or in class
CASE_CLASS, SUSCEPTIBLE, IMMUNE = "confirmed", "susceptible-contact", "immune-contact"
WHY = "演示数据（虚构） Demo data (invented)"
INFECTIOUS_D = (4, 4)  # before and after onset, days: measles.toml P-02 and P-03
SETTINGS = {HOUSEHOLD: ("household", "family"), SCHOOL_CLASS: ("class", "classmate")}
OF_LINK = {HOUSEHOLD: "household", SCHOOL_CLASS: "school"}


@dataclass(frozen=True, slots=True)
class _Told:
    """What stands in the county: its people by position, and the groups they meet in."""

    people: list[Person]
    groups: list[Group]
    first: int
    school: str


@transaction.atomic
def seed_outbreak(*, at: datetime, seed: int, by: str) -> dict[str, int]:
    """Put the outbreak on record as of `at`; how many of what. Where the county has such cases, or no school, nothing.

    Refuses
    -------
    cases.live_people
    """
    _refuse_live_realm()
    rulebook, told = rulebooks_by_disease(at).get(DISEASE), _told()
    if rulebook is None or told is None or cases_of_disease(DISEASE).exists():
        return {"n_cases": 0, "n_contacts": 0}
    found = _outbreak(told, seed)
    begins = at - timedelta(days=LASTS_D)
    onsets = [begins + timedelta(days=int(days)) for days in found.onset_d]
    listed = [
        _listed(told.people[person], onset, at) for person, onset in zip(found.person.tolist(), onsets, strict=True)
    ]
    cases.take_list(cases=listed, by=by, reason=WHY)
    ids = [it.id for it in listed]
    cases.link_cases(links=list(_links(found, told.groups, ids)), by=by)
    n_contacts = sum(
        _meet(row, found, told, ids[row], onset, rulebook, by)
        for row, onset in enumerate(onsets)
        if onset >= at - timedelta(days=25)
    )
    return {"n_cases": len(ids), "n_contacts": n_contacts}


def _outbreak(told: _Told, seed: int) -> Outbreak:
    """Of some tries the first that did not die out at once, which would show nothing; else the largest of them."""
    tries = (
        simulate_outbreak(
            told.groups,
            n_people=len(told.people),
            first=told.first,
            lasts_d=LASTS_D,
            n_most=N_MOST,
            rng=np.random.default_rng((seed, nth)),
        )
        for nth in range(N_TRIES)
    )
    made: list[Outbreak] = []
    for found in tries:
        made.append(found)
        if len(found) >= N_FEWEST:
            break
    return max(made, key=len)


def _told() -> _Told | None:
    """The largest class's school and the homes of its pupils; None in a county without one."""
    pupils = list(
        Attachment.objects.filter(role="pupil", school_class__isnull=False)
        .order_by(
            "venue__name",
            "school_class__name",
            "person__household__area_path",
            "person__household__number",
            "person__place_in_household",
        )
        .values_list("venue_id", "school_class_id", "person_id")
    )
    if not pupils:
        return None
    sizes: dict[UUID, int] = {}
    for venue, _, _ in pupils:
        sizes[venue] = sizes.get(venue, 0) + 1
    school = max(sizes, key=sizes.__getitem__)
    classes: dict[UUID, list[UUID]] = {}
    for venue, school_class, person in pupils:
        if venue == school:
            classes.setdefault(school_class, []).append(person)
    return _with_homes(classes, Venue.objects.get(pk=school).name)


def _with_homes(classes: dict[UUID, list[UUID]], school: str) -> _Told:
    pupils = [person for members in classes.values() for person in members]
    homes = set(Person.objects.filter(pk__in=pupils, household__isnull=False).values_list("household", flat=True))
    found = Person.objects.filter(merged_into__isnull=True, household__in=homes)
    people = list(
        found.select_related("household").order_by("household__area_path", "household__number", "place_in_household")
    )
    place = {person.pk: at for at, person in enumerate(people)}
    households: dict[UUID, list[int]] = {}
    for at, person in enumerate(people):
        households.setdefault(person.household_id, []).append(at)
    groups = [Group(kind=HOUSEHOLD, members=tuple(members)) for members in households.values()]
    for members in classes.values():
        groups.append(Group(kind=SCHOOL_CLASS, members=tuple(place[it] for it in members if it in place)))
    largest = max(groups, key=lambda group: (group.kind == SCHOOL_CLASS, len(group.members)))
    return _Told(people, groups, largest.members[0], school)


def _listed(person: Person, onset: datetime, at: datetime) -> ListedCase:
    confirmed = min(at, onset + timedelta(days=4))
    is_over = at - onset >= timedelta(days=RECOVERED_AFTER_D)
    return ListedCase(
        new=NewCase(
            disease=DISEASE,
            area_path=person.area_path,
            name=person.name,
            found_by="clinic",
            case_class=CASE_CLASS if at - onset >= timedelta(days=4) else "suspected",
            person=person.pk,
            document_kind="resident" if person.document_number else "",
            document_number=person.document_number,
            phone=person.phone,
            address=person.household.address if person.household else "",
            sex=person.sex,
            born_on=person.born_on,
            onset_on=localtime(onset).date(),
            reported_at=min(at, onset + timedelta(days=2)),
        ),
        state="closed" if is_over else "in_treatment" if at - onset >= timedelta(days=4) else "reported",
        confirmed_at=confirmed if at - onset >= timedelta(days=4) else None,
        outcome="recovered" if is_over else "",
        hospital="县人民医院（演示）" if at - onset >= timedelta(days=4) else "",
    )


def _links(found: Outbreak, groups: Sequence[Group], ids: Sequence[UUID]) -> Iterator[NewLink]:
    for row, (infector, group) in enumerate(zip(found.infector.tolist(), found.group.tolist(), strict=True)):
        if infector != NOBODY:
            yield NewLink(
                infector=ids[infector],
                infected=ids[row],
                setting=OF_LINK[groups[group].kind],
                certainty="likely",
                basis=WHY,
            )


def _meet(row: int, found: Outbreak, told: _Told, case: UUID, onset: datetime, rulebook: Rulebook, by: str) -> int:
    """Propose and confirm those whom a case met while infectious; how many."""
    ill, person, at = set(found.person.tolist()), int(found.person[row]), county_now()
    first, last = onset - timedelta(days=INFECTIOUS_D[0]), min(at, onset + timedelta(days=1))
    new: dict[int, NewContact] = {}
    for group in told.groups:
        if person in group.members:
            for other in group.members:
                if other not in ill and other not in new:
                    new[other] = _contact(told, other, group.kind, first, last, found.is_susceptible[other])
    done = contacts.propose_contacts(case=case, disease=DISEASE, contacts=list(new.values()), by=by)
    by_ring: dict[str, list[UUID]] = {}
    for id_, it in zip(done.ids, new.values(), strict=True):
        by_ring.setdefault(it.ring, []).append(id_)
    for ring, ids in by_ring.items():
        contacts.confirm_contacts(contacts=ids, ring=ring, reason=WHY, rulebook=rulebook, by=by)
        contacts.note_traced(contacts=ids, by=by, reason=WHY)
    return len(done.ids)


def _contact(told: _Told, place: int, kind: str, first: datetime, last: datetime, is_susceptible: bool) -> NewContact:
    person, workplace = told.people[place], told.school if kind == SCHOOL_CLASS else ""
    found_by, relation = SETTINGS[kind]
    n_days = (last - first).days + 1
    return NewContact(
        ring=SUSCEPTIBLE if is_susceptible else IMMUNE,
        area_path=person.area_path,
        first_exposure_at=first,
        last_exposure_at=last,
        found_by=found_by,
        person=person.pk,
        relation=relation,
        who=Who(occupation=_occupation(person, last), workplace=workplace),
        minutes=n_days * TOGETHER_MIN,
        weight=float(n_days),
        n_meetings=n_days,
        why=(Why(kind=found_by, begins_at=first, minutes=n_days * TOGETHER_MIN, words=WHY),),
    )


def _occupation(person: Person, at: datetime) -> str:
    """By age, as a word of the legal card's list: of grown-ups the demo's register says nothing more here."""
    years = at.year - person.born_on.year
    return next(word for most, word in ((2, "child"), (6, "nursery"), (18, "pupil"), (59, "farmer"), (999, "retired"))
                if years <= most)  # fmt: skip


def _refuse_live_realm() -> None:
    if not the_realm().is_synthetic:
        raise Refusal(
            "cases.live_people",
            zh="这是真实运行的数据域，不能给居民编造病例，没有录入。演示疫情只能放进演示或演练数据域。",
            en="This realm is live, and no case may be invented about its people; nothing was recorded. Demo outbreaks "
            "are for demo and drill realms.",
        )
