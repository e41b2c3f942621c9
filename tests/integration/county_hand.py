"""What people do in a county's pages, done by its own actions in a realm of its own: one JSON line asks, one answers.

A test that lets worker, gate and ingest run as programs cannot act from within itself: its database is another.
"""

import json
import os
import sys
from uuid import UUID

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "fangxian.ops.config.settings"
    django.setup()
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(DO[asked["do"]](**asked["told"])), flush=True)


def people(n: int) -> list[dict]:
    """So many people, green and newly tested, in the order of their gate numbers."""
    from datetime import timedelta

    from fangxian.core.policy.vocabulary import Colour, Travel
    from fangxian.ops.movement.models import HealthCode, TestKnown
    from fangxian.ops.realm.current import county_now

    tested = TestKnown.objects.filter(
        sampled_at__gte=county_now() - timedelta(hours=20), result=TestKnown.Result.NEGATIVE
    )
    found = HealthCode.objects.filter(
        colour=Colour.GREEN, travel=Travel.CLEAR, person__in=tested.values("person"), qr_generation=0
    )
    return [{"id": str(row.person_id), "number": row.gate_number} for row in found.order_by("gate_number")[:n]]


def qr(person: str, days_ago: float = 0) -> str:
    from datetime import timedelta

    from fangxian.ops.procedures.issue_codes import person_qr
    from fangxian.ops.realm.current import county_now

    return person_qr(UUID(person), at=county_now() - timedelta(days=days_ago))


def card(person: str) -> str:
    from fangxian.ops.procedures.issue_codes import paper_card

    return paper_card(UUID(person))


def venue(venue_class: str, place: int = 0) -> dict:
    """A venue of a class with a keeper's phone at any of its doors and a screen at the first."""
    from fangxian.ops.places.actions import place_devices
    from fangxian.ops.places.models import Door, DoorDevice, Venue
    from fangxian.ops.places.wire import device_token, poster_code, venue_door

    found = Venue.objects.filter(venue_class=venue_class, status="verified").order_by("venue_number")[place]
    door = Door.objects.filter(venue=found).order_by("number")[0]
    keeper = DoorDevice(venue=found, kind="keeper", name="test")
    screen = DoorDevice(venue=found, door=door.number, kind="screen", name="test")
    place_devices(devices=[keeper, screen], by=BY)
    return {
        "id": str(found.pk),
        "number": found.venue_number,
        "poster": poster_code(venue_door(found.venue_number, door.number), door.generation),
        "keeper": device_token(keeper),
        "screen": [screen.pk, device_token(screen)],
    }


def on_screen(screen: list) -> str:
    from fangxian.ops.places.queries import screen_code
    from fangxian.ops.realm.current import county_now

    return screen_code(screen[0], screen[1], at=county_now()).code_text


def rule(person: str, colour: str) -> bool:
    """Turn a person's code as headquarters would: a dispatcher asks, two people of two units approve."""
    from fangxian.ops.accounts.models import Account
    from fangxian.ops.approvals.queries import of_subject
    from fangxian.ops.procedures.rule_on_code import approve_ruling, propose_ruling

    by = {account.username: account for account in Account.objects.filter(username__in=RULING)}
    draft = propose_ruling(
        person=UUID(person),
        colour=colour,
        basis="传染病防治法第三十九条",
        reason="核酸复核阳性。",
        by=by["dispatcher-1"],
    )
    request = of_subject("codes.rule", f"person:{person}").first().pk
    first = approve_ruling(approval=request, by=by["commander-1"], digest=draft.digest)
    return not first and approve_ruling(approval=request, by=by["commander-3"], digest=draft.digest)


def close(venue_id: str) -> None:
    from fangxian.ops.places.models import Venue
    from fangxian.ops.procedures.close_venue import close_venue

    close_venue(venue=Venue.objects.get(pk=venue_id), by=BY)


def renew_qr(person: str) -> None:
    from fangxian.ops.movement.actions import codes

    codes.renew_qr(person=UUID(person), by=BY)


def renew_card(person: str) -> None:
    from fangxian.ops.movement.actions import codes

    codes.renew_card(person=UUID(person), by=BY)


def merge(kept: str, merged: str) -> None:
    from fangxian.ops.people.models import Person
    from fangxian.ops.procedures.merge_persons import merge_persons

    merge_persons(kept=Person.objects.get(pk=kept), merged=Person.objects.get(pk=merged), reason="同一人", by=BY)


def pace(rate: float) -> None:
    from fangxian.ops.procedures.set_clock import set_clock
    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.current import county_now, the_realm

    set_clock(clock=CountyClock.starting(county_now(), rate=rate, zone=the_realm().clock.zone), by=BY)


def hot() -> dict[str, list]:
    """The scans taken in: id → [device, outcome, gate number]."""
    from fangxian.ops.visits.models import Scan

    rows = Scan.objects.values_list("scan_id", "device", "outcome", "gate_number")
    return {UUID(str(id_)).hex: [device, outcome, number] for id_, device, outcome, number in rows}


def households(n: int) -> list[list[dict]]:
    """So many households of three or more, all green; each person with id, number and document number."""
    from django.db.models import Count

    from fangxian.core.policy.vocabulary import Colour
    from fangxian.ops.movement.models import HealthCode
    from fangxian.ops.people.models import Household

    found = []
    for home in (
        Household.objects.annotate(n=Count("members")).filter(n__gte=3, n__lte=5).order_by("area_path", "number")
    ):
        members = list(home.members.filter(account=None).order_by("place_in_household"))
        green = HealthCode.objects.filter(person__in=members, colour=Colour.GREEN, qr_generation=0).count()
        if green == len(members) >= 3:
            found.append(
                [{"id": str(it.pk), "number": it.gate_number, "document": it.document_number} for it in members]
            )
        if len(found) == n:
            break
    return found


def case_of(person: str) -> dict:
    """The unfinished case of a person with the contacts of it, their states and codes, and the tasks about them."""
    from fangxian.ops.cases.queries import unfinished_of_person
    from fangxian.ops.contacts.queries import of_case
    from fangxian.ops.movement.queries import health_of_many
    from fangxian.ops.procedures.propose_contacts import last_search
    from fangxian.ops.tasks.queries import unfinished

    row = unfinished_of_person(UUID(person), "covid-19")
    if row is None:
        return {"state": "", "contacts": [], "searched": False}
    contacts = list(of_case(row.pk))
    codes = health_of_many([it.person_id for it in contacts])
    return {
        "id": str(row.pk),
        "state": row.state,
        "searched": last_search(row.pk) is not None,
        "contacts": [
            {
                "id": str(it.pk), "person": str(it.person_id), "ring": it.ring, "state": it.state,
                "colour": codes[it.person_id].colour.word,
                "tasks": sorted(unfinished().filter(about=f"contact:{it.pk}").values_list("kind", flat=True)),
            }
            for it in contacts
        ],
    }  # fmt: skip


def confirm(contacts: list, ring: str) -> int:
    from fangxian.ops.accounts.models import Account
    from fangxian.ops.procedures.confirm_contacts import confirm_contacts

    by = Account.objects.get(username="investigator-1")
    return confirm_contacts(
        contacts=[UUID(it) for it in contacts], ring=ring, reason="同住，共同进餐", by=by
    ).n_contacts


BY = "program:test"
RULING = ("dispatcher-1", "commander-1", "commander-3")
ALL = (people, qr, card, venue, on_screen, rule, close, renew_qr, renew_card, merge, pace, hot)
ALL += (households, case_of, confirm)
DO = {made.__name__: made for made in ALL}

if __name__ == "__main__":
    main()
