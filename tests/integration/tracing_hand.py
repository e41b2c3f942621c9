"""Two tracing teams in the county of two townships, cases, and contacts to find."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from fangxian.core.refusal import Said
from fangxian.ops.cases.actions.opening import open_case
from fangxian.ops.cases.wire import NewCase
from fangxian.ops.contacts.actions.deciding import confirm_contacts
from fangxian.ops.contacts.actions.proposing import propose_contacts
from fangxian.ops.contacts.queries import of_case
from fangxian.ops.contacts.wire import NewContact, Who
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.current import county_now
from fangxian.ops.tracing.actions import found_teams, set_shifts
from fangxian.ops.tracing.wire import NewMember, NewShift, NewTeam

from .two_townships import CELL, OTHER_TOWN, TOWN, account_of, build

BY = "program:test"
RULEBOOKS = Path(__file__).parents[2] / "counties/fushan/rulebooks"


def build_with_teams():
    """The small county with its rulebooks, a tracing lead, and a team in each township on duty for twelve hours."""
    county = build()
    found_rulebooks(texts=[path.read_bytes() for path in sorted(RULEBOOKS.glob("*.toml"))], by=BY)
    leads = [account_of(county, "investigator", name=f"lead-{n}") for n in (1, 2)]
    mates = [account_of(county, "tracing_member", name=f"mate-{n}") for n in (1, 2)]
    teams = found_teams(
        teams=[
            NewTeam(
                number=number,
                name=Said(f"流调第 {number} 组", f"Tracing team {number}"),
                area_path=base,
                load_max=40,
                members=[
                    NewMember(kind="cdc", name="组长", account=lead, unit=lead.unit, is_lead=True, phone="15400000001"),
                    NewMember(kind="police", name="组员", account=mate, unit=mate.unit),
                ],
            )
            for number, base, lead, mate in ((1, TOWN, leads[0], mates[0]), (2, OTHER_TOWN, leads[1], mates[1]))
        ],
        by=BY,
    )
    now = county_now()
    for team, mate in zip(teams, mates, strict=True):
        mate.appointments.update(area_path=team.area_path, team=team.pk)
    begins_at, ends_at = now - timedelta(hours=1), now + timedelta(hours=11)
    set_shifts(shifts=[NewShift(team=it.pk, begins_at=begins_at, ends_at=ends_at) for it in teams], by=BY)
    chief = account_of(county, "tracing_lead", name="chief")
    return SimpleNamespace(**vars(county), teams=teams, leads=leads, mates=mates, chief=chief)


def a_case(name="孟病例", *, area_path=CELL, disease="covid-19", **told):
    new = NewCase(disease=disease, area_path=area_path, name=name, found_by="clinic", case_class="confirmed", **told)
    return open_case(new=new, by=BY)


def contacts_of(case, n=3, *, area_path=CELL, is_confirmed=True, ring="close-contact"):
    """So many contacts of a case that an investigator has confirmed (or not yet); their ids."""
    at = county_now()
    new = [
        NewContact(
            ring=ring,
            area_path=area_path,
            first_exposure_at=at - timedelta(days=2),
            last_exposure_at=at - timedelta(days=1),
            found_by="interview",
            who=Who(name=f"接触者{nth}", phone=f"154{nth:08d}"),
        )
        for nth in range(n)
    ]
    propose_contacts(case=case.pk, disease=case.disease, contacts=new, by=BY)
    ids = list(of_case(case.pk).order_by("id").values_list("pk", flat=True))
    if is_confirmed:
        rulebook = rulebooks_by_disease(at)[case.disease]
        confirm_contacts(contacts=ids, ring=ring, reason="同桌吃饭", rulebook=rulebook, by=BY)
    return ids
