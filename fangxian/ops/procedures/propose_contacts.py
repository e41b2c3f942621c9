"""Contacts of a case are looked for and proposed (提出密接): as often as more is known.

1. who was exposed, as far as scans and the register tell                     exposure_of_case
2. of those who were only co-present, the likeliest of each place; the rest is counted   propose_first
   those, and all who were near in a closer ring, each with the evidence      contacts
   (who was decided on stays so; who was rejected is not proposed again)
3. of close contacts who are confirmed: whom they met since, before quarantine  exposure_of_case, contacts
4. what the search could not know, with the answer                            jobs

Proposals only. Nobody's code turns until an investigator has decided (confirm_contacts).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from fangxian.core.exposure.columns import Cases, Context, Exposed, Ring
from fangxian.core.exposure.disease import ring_keys, rules_of
from fangxian.core.exposure.hops import flat
from fangxian.core.exposure.meetings import find_meetings
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Said
from fangxian.ops.cases.queries import case_with, cases_of_disease
from fangxian.ops.contacts.actions import propose_contacts as put_forward
from fangxian.ops.contacts.queries import decided_of, gate_numbers_of, separated_since
from fangxian.ops.contacts.wire import NewContact
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.jobs.queries import done_of, failed, unfinished
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now

from .case_clocks import no_rulebook
from .evidence_of_contact import BY_CONTEXT, Evidence, Row, moment, rows_of
from .exposure_of_case import Search, search_cases, search_exposed, ties_of
from .propose_first import FIRST_OF_A_PLACE, likeliest

KIND = "procedures.propose_contacts"
AT_ONCE = 500
OVER = ("excluded", "closed")
NOBODY_ASKED: Mapping[str, int] = {}
LOOKING = Said("查找暴露的人", "Looking for who was exposed")
PROPOSING = Said("提出接触者", "Proposing contacts")


@dataclass(frozen=True, slots=True)
class Put:
    """What a search came to, as it is kept with its job and shown.

    Attributes
    ----------
    n_exposed : whom the case may have exposed, in a ring or not
    n_new, n_renewed, n_rejected, n_decided : of those in a ring: proposed now; before, with new evidence; rejected
        before and left so; decided on before
    n_secondary : contacts of confirmed contacts proposed now
    places : where more were co-present than are proposed at once, as `propose_first.CountedPlace`; empty: all are
    """

    n_exposed: int
    n_new: int
    n_renewed: int
    n_rejected: int
    n_decided: int
    n_secondary: int
    n_scans: int
    seconds: float
    gaps: tuple[dict[str, Any], ...]
    notes: tuple[dict[str, str], ...]
    places: tuple[dict[str, Any], ...] = ()

    @property
    def n_waiting(self) -> int:
        """Co-present as well, and not proposed until an investigator asks for them."""
        return sum(place["n_waiting"] for place in self.places)

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def ask_for_contacts(*, case: UUID, by: str, leave: Mapping[str, int] | None = None):
    """Have the worker look for the contacts of a case; being asked for twice at once, it looks once.

    Parameters
    ----------
    leave : how many may go on waiting at which places, see `leave_after`; while a search is under way it is not heard
    """
    arguments = {"case": str(case)} | ({"leave": dict(leave)} if leave else {})
    return search_under_way(case) or enqueue(kind=KIND, arguments=arguments, by=by)


def leave_after(found: Put, *, place: str = "", everybody: bool = False) -> dict[str, int]:
    """What to `leave` so that the next of those who wait are proposed, or everybody; of one place or of each."""
    step = None if everybody else round(FIRST_OF_A_PLACE.value)
    waiting = {it["key"]: it["n_waiting"] for it in found.places if it["n_waiting"] and place in ("", it["key"])}
    return {key: 0 if step is None else max(0, n - step) for key, n in waiting.items()}


def look_for_contacts(job: RunningJob) -> dict[str, Any]:
    """The job: safe to repeat, since who was proposed is not proposed twice."""
    case = UUID(job.arguments["case"])
    return propose_contacts(
        case=case, by=job.owner, leave=job.arguments.get("leave", {}),
        step=lambda done, total, said: job.step(done, total, said),
    ).as_json()  # fmt: skip


def propose_contacts(
    *, case: UUID, by: str, leave: Mapping[str, int] = NOBODY_ASKED, step=lambda done, total, said: None
) -> Put:
    """Look for the contacts of a case and propose them. A case that is excluded or closed has none to be looked for.

    `leave` as of `ask_for_contacts`: without it the likeliest of each place, and whoever is on the list.

    Refuses
    -------
    cases.no_rulebook
    """
    row = case_with(case)
    if row is None or row.state in OVER:
        return Put(0, 0, 0, 0, 0, 0, 0, 0.0, (), ())
    rulebook = rulebooks_by_disease(county_now()).get(row.disease)
    if rulebook is None:
        raise no_rulebook(row.disease)
    step(0, 3, LOOKING)
    search = search_exposed(case=row, rulebook=rulebook)
    step(1, 3, PROPOSING)
    now, places = likeliest(search, _worth_a_look(search), on_list=gate_numbers_of(case), leave=leave)
    new = _proposals(search, now, {})
    done = put_forward(case=case, disease=row.disease, contacts=new, by=by)
    step(2, 3, PROPOSING)
    secondary = _propose_secondary(row, rulebook, by)
    step(3, 3, PROPOSING)
    return Put(
        n_exposed=len(search.found),
        n_new=len(done.ids),
        n_renewed=done.n_renewed,
        n_rejected=len(done.rejected),
        n_decided=len(done.decided),
        n_secondary=secondary,
        n_scans=search.window.cost.n_scans,
        seconds=round(search.took.total, 3),
        gaps=tuple(_told_gap(gap) for gap in search.window.gaps),
        notes=tuple({"zh": note.zh, "en": note.en} for note in search.notes),
        places=tuple(place.as_json() for place in places),
    )


def _propose_secondary(row, rulebook: Rulebook, by: str) -> int:
    """Whom the confirmed close contacts met since their first meeting with the case, and before their quarantine."""
    keys, at = ring_keys(rulebook, county_now()), county_now()
    ring = keys.get(Ring.CONTACT_OF_CONTACT)
    confirmed = decided_of(row.pk).filter(ring=keys[Ring.CLOSE], person__isnull=False).select_related("person")
    through = {contact.person.gate_number: contact for contact in confirmed}
    if ring is None or not through:
        return 0
    begins = np.array([int(it.first_exposure_at.timestamp()) for it in through.values()])
    apart = separated_since(list(through.values()))
    ends = np.array([int(met_others_until(it, apart.get(it.pk, at), rulebook)) for it in through.values()])
    person = np.array(list(through), dtype=np.int64)
    cases = Cases(person=person, begins_s=begins, near_begins_s=begins, ends_s=ends, onset_s=begins)
    near, notes = ties_of([it.person for it in through.values()], rulebook)
    rules = flat(rules_of(rulebook), 60)
    search = search_cases(cases, rulebook=rulebook, rules=rules, near=near, notes=notes, at=at)
    known = [*through, row.person.gate_number if row.person else 0]
    met = search.found.pick(np.flatnonzero((search.found.ring == Ring.CLOSE) & ~np.isin(search.found.person, known)))
    done = put_forward(case=row.pk, disease=row.disease, contacts=_proposals(search, met, through, ring), by=by)
    return len(done.ids)


def met_others_until(contact, separated_at: datetime, rulebook: Rulebook) -> float:
    """The second from which a contact met nobody: as it was noted, or the end of an earlier day of checking in. For
    whoever names a contact of a contact too."""
    if contact.checked_in_on is None:
        return separated_at.timestamp()
    return min(separated_at, rulebook.midnight_ending(contact.checked_in_on)).timestamp()


def _worth_a_look(search: Search) -> Exposed:
    """Those in a ring, and those who had a parcel after the case, on whom an investigator decides as well.

    Unfinished cases of the same disease are none's contacts.
    """
    found = search.found
    ill = cases_of_disease(search.rulebook.disease.key).exclude(state="closed").exclude(person=None)
    numbers = np.fromiter(ill.values_list("person__gate_number", flat=True), np.int64)
    near = (found.ring != Ring.NONE) | (found.contexts & int(Context.PARCEL) > 0)
    return found.pick(np.flatnonzero(near & ~np.isin(found.person, numbers)))


def _proposals(search: Search, found: Exposed, through: Mapping[int, Any], ring: str = "") -> list[NewContact]:
    """What is proposed of these people, with its evidence. Unfinished cases of the same disease are none's contacts."""
    keys, disease = ring_keys(search.rulebook, county_now()), search.rulebook.disease.key
    ill = set(cases_of_disease(disease).exclude(state="closed").values_list("person_id", flat=True))
    made: list[NewContact] = []
    for start in range(0, len(found), AT_ONCE):
        some = found.pick(np.arange(start, min(start + AT_ONCE, len(found))))
        people = {row.gate_number: row for row in Person.objects.filter(gate_number__in=some.person.tolist())}
        meetings = find_meetings(
            search.index, search.cases, rules=search.rules, near=search.near, cells=search.cells, people=some.person
        )
        evidence = Evidence.of(search, meetings)
        for row in rows_of(some):
            if (person := people.get(row["person"])) and person.pk not in ill:
                nearest = ring or keys.get(Ring(row["ring"] or Ring.CO_PRESENT), keys[Ring.CLOSE])
                made.append(_proposal(row, person, evidence, nearest, _via(search, evidence, row["person"], through)))
    return made


def _via(search: Search, evidence: Evidence, person: int, through: Mapping[int, Any]) -> UUID | None:
    """The contact through whom somebody is one: of several the one with whom most was shared."""
    theirs = evidence.by_person.get(person)
    if not through or not theirs:
        return None
    return through[int(search.cases.person[theirs[0]["case"]])].pk


def _proposal(row: Row, person: Person, evidence: Evidence, ring: str, via: UUID | None) -> NewContact:
    nearest = next(context for context in BY_CONTEXT if row["contexts"] & context)
    found_by, relation = BY_CONTEXT[nearest]
    return NewContact(
        ring=ring,
        area_path=person.area_path,
        first_exposure_at=moment(row["first_s"]),
        last_exposure_at=moment(row["last_s"]),
        found_by=found_by,
        person=person.pk,
        via=via,
        minutes=(max(row["likely_s"], row["cell_s"]) + row["tie_s"]) // 60,
        n_meetings=row["n_meetings"] or len(evidence.by_person.get(row["person"], ())),
        weight=row["weight"],
        why=evidence.whys(row["person"]),
        relation=relation,
        is_core=nearest is Context.HOUSEHOLD,
    )


def _told_gap(gap) -> dict[str, Any]:
    return {"day": gap.day_on, "n_lost": gap.n_lost, "n_recovered": gap.n_recovered,
            "files": [*gap.missing, *gap.damaged]}  # fmt: skip


def last_search(case: UUID) -> tuple[Put, datetime] | None:
    """What the last finished search for a case's contacts came to, and when (county time); None before one."""
    job = done_of(KIND).filter(arguments__case=str(case)).first()
    return (Put(**job.result), job.ended_at) if job and job.result else None


def search_under_way(case: UUID):
    """The job that is looking for a case's contacts, or waits for its turn; None without one."""
    return unfinished().filter(kind=KIND, arguments__case=str(case)).first()


def search_given_up(case: UUID):
    """The search for a case's contacts that failed for good, when none has been asked for or has ended since."""
    newest = failed().filter(kind=KIND, arguments__case=str(case)).order_by("-ended_at", "-id").first()
    if newest is None or search_under_way(case) is not None:
        return None
    ended = done_of(KIND).filter(arguments__case=str(case)).first()
    return newest if ended is None or ended.ended_at < newest.ended_at else None
