"""A small county filled with contacts and cases by the hundred thousand, always the same ones."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from fangxian.core.policy.occupations import OCCUPATIONS
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.cases.models import Case, CaseClock
from fangxian.ops.contacts.models import OBSERVED, Contact, ContactFile
from fangxian.ops.contacts.quality import checked, faults_of
from fangxian.ops.people.models import Person
from fangxian.ops.realm.bulk import defaults_of, insert_rows
from fangxian.ops.realm.current import county_now
from fangxian.ops.tracing.queries import teams_standing

COUNTY = "141027"
DISEASES = ("covid-19", "covid-19", "covid-19", "measles", "norovirus")
STATES = {"proposed": 20, "rejected": 10, "confirmed": 8, "traced": 10, "transferred": 4, "in_quarantine": 28,
          "released": 16, "became_case": 1, "handed_over": 3}  # fmt: skip
MODES = {"central": 50, "home": 25, "awaiting_transfer": 8, "hospital": 2, "": 15}
BELONGS = {"here": 88, "district": 6, "city": 4, "province": 2}
RINGS = {"close-contact": 60, "secondary-contact": 25, "co-present": 15}
CASE_STATES = {"reported": 6, "held": 2, "confirmed": 30, "in_treatment": 12, "excluded": 30}


class Invented:
    """Whatever is drawn for rows: from one seed, over the areas of the county."""

    def __init__(self, seed: int) -> None:
        self.dice, self.at = random.Random(seed), county_now()
        areas = list(Person.objects.order_by("gate_number").values_list("area_path", flat=True))
        self.areas = [*areas, *[COUNTY] * (len(areas) // 50)]
        self.persons = list(Person.objects.order_by("gate_number").values_list("pk", flat=True))
        self.teams = [team.pk for team in teams_standing()]

    def one(self, weights: dict[str, int]) -> str:
        return self.dice.choices(list(weights), list(weights.values()))[0]

    def day(self, furthest: int) -> date:
        return self.at.date() - timedelta(days=self.dice.randrange(furthest))

    def moment(self, furthest: int) -> datetime:
        # By the minute, so that some stand at one time, as they do where a list gives the hour.
        return self.at - timedelta(minutes=self.dice.randrange(furthest * 1440))


def fill_cases(n: int, seed: int = 1) -> list[UUID]:
    """Cases and, on one in five, a clock that runs; their ids."""
    drawn, columns, ids = Invented(seed), defaults_of(Case), [uuid4() for _ in range(n)]
    clocks = {clock["of_case_id"]: clock for clock in _clocks(drawn, ids)}

    def rows() -> Iterator[dict]:
        for k in range(n):
            state, reported_at, clock = drawn.one(CASE_STATES), drawn.moment(60), clocks.get(ids[k])
            runs = clock is not None and clock["met_at"] is None and state != "excluded"
            yield columns | {
                "id": ids[k], "number": f"{COUNTY}-2022-{k:06}", "disease": drawn.dice.choice(DISEASES),
                "area_path": drawn.dice.choice(drawn.areas), "name": f"试{k % 997}", "found_by": "screening",
                "case_class": "confirmed", "state": state, "state_at": reported_at, "reported_at": reported_at,
                "reported_by": "program:bench", "onset_on": drawn.day(60) if drawn.dice.random() < 0.8 else None,
                "investigated_at": drawn.at if drawn.dice.random() < 0.7 else None, "sex": "female",
                "clock_due_at": clock["due_at"] if runs else None,
                "team": drawn.dice.choice(drawn.teams) if drawn.teams and drawn.dice.random() < 0.3 else None,
            }  # fmt: skip

    insert_rows(Case, rows())
    insert_rows(CaseClock, clocks.values())
    return ids


def _clocks(drawn: Invented, cases: list[UUID]) -> Iterator[dict]:
    columns = defaults_of(CaseClock)
    for nth, case in enumerate(cases):
        if nth % 5 == 0:
            begins_at = drawn.moment(3)
            yield columns | {
                "id": uuid4(), "of_case_id": case, "clock": "report-to-county", "chain": 1, "rulebook": "bench",
                "within_min": 120, "words": {}, "area_path": drawn.dice.choice(drawn.areas), "begins_at": begins_at,
                "due_at": begins_at + timedelta(days=2), "met_at": drawn.at if nth % 10 else None,
                "met_by": "program:bench" if nth % 10 else "",
            }  # fmt: skip


def fill_contacts(n: int, cases: list[UUID], seed: int = 2) -> None:
    drawn, columns = Invented(seed), defaults_of(Contact)
    of, ids = cases[: max(1, n // 300)], [uuid4() for _ in range(n)]
    insert_rows(Contact, (columns | _contact(drawn, k, pk, of) for k, pk in enumerate(ids)))
    plain = defaults_of(ContactFile)
    insert_rows(ContactFile, (
        plain | {"contact_row_id": pk, "name": f"测{k % 997}" if k % 2 else "", "phone": f"1540{k:07}", "why": "[]"}
        for k, pk in enumerate(ids)
    ))  # fmt: skip


def _contact(drawn: Invented, k: int, pk: UUID, cases: list[UUID]) -> dict:
    dice, state, mode, last = drawn.dice, drawn.one(STATES), drawn.one(MODES), drawn.moment(30)
    observed = state in OBSERVED
    row = {
        "id": pk, "case_id": dice.choice(cases), "disease": dice.choice(DISEASES), "ring": drawn.one(RINGS),
        "person_id": None if k % 2 else dice.choice(drawn.persons), "who_key": k.to_bytes(16, "big"),
        "area_path": dice.choice(drawn.areas), "belongs": drawn.one(BELONGS), "state": state, "found_by": "scan",
        "origin": "own" if dice.random() < 0.9 else "pushed_in", "minutes": dice.randrange(240),
        # Many weigh the same: what a list gave has none.
        "weight": 0.0 if dice.random() < 0.3 else round(dice.expovariate(0.2), 1), "n_meetings": 1,
        "first_exposure_at": last - timedelta(hours=2), "last_exposure_at": last, "last_exposure_on": last.date(),
        "release_on": last.date() + timedelta(days=14) if state not in ("proposed", "rejected") else None,
        "is_traced": observed or None, "mode": mode if observed else "", "site": "指定点" if mode == "central" else "",
        "home_reason": "", "occupation": dice.choice([*OCCUPATIONS, "", "其它"]), "proposed_at": last,
        "team": dice.choice(drawn.teams) if drawn.teams and dice.random() < 0.6 else None, "state_since": last,
        "follow_up_due_at": drawn.at + timedelta(hours=dice.randrange(-4, 12)) if state == "in_quarantine" else None,
    }  # fmt: skip
    return row | {"faults": int(faults_of(checked(Contact(**row), has_workplace=bool(k % 3))))}


def readers() -> dict[str, Account]:
    """Who reads the lists: one over the county, one over a township, and one of a team, who has its rows alone."""
    unit, since = Unit.objects.first(), county_now() - timedelta(days=30)
    areas = Person.objects.exclude(area_path=COUNTY).order_by("gate_number").values_list("area_path", flat=True)
    told = {"county": ("investigator", COUNTY, None), "township": ("township_approver", areas[0][:9], None)}
    team = next(iter(teams_standing()), None)
    if team is not None:
        told["team"] = ("tracing_member", areas[0][:9], team.pk)
    made = {}
    for name, (role, area_path, of_team) in told.items():
        account = Account.objects.create(
            username=f"bench-{name}", display_name=name, unit=unit, unit_since=since, verified_at=county_now()
        )
        Appointment.objects.create(account=account, role=role, area_path=area_path, team=of_team, begins_at=since)
        made[name] = account
    return made


def readers_again() -> dict[str, Account]:
    """The readers of a county that is filled already."""
    found = Account.objects.filter(username__startswith="bench-").order_by("pk")
    return {account.username.removeprefix("bench-"): account for account in found}
