"""A county to judge anew: everybody on record, each with a journey declared in 28 days, and lists of risk areas."""

import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[2]
BY = "program:bench"
RULEBOOK = ROOT / "counties" / "fushan" / "rulebooks" / "covid19-2022-04.toml"
N_CELLS = 184
# Of a hundred journeys so many led through a county of the list: a county's people come from everywhere.
FROM_LISTED = 2
LISTED = (("山西省", "太原市", "清徐县", "140121"), ("上海市", "上海市", "浦东新区", "310115"),
          ("吉林省", "长春市", "宽城区", "220103"))  # fmt: skip
AT_ONCE = 500


def lay(realm: Path) -> None:
    """A realm in April 2022 with the county's rules in force and nobody in it."""
    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.folder import create_realm

    clock = CountyClock.starting(datetime.fromisoformat("2022-04-19T20:00+08:00"), zone="Asia/Shanghai")
    create_realm(realm, kind="demo", county="fushan", division_code="141027", clock=clock)
    os.environ |= {"FANGXIAN_DATA": str(realm), "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
    import django

    django.setup()
    from django.core.management import call_command

    from fangxian.ops.measures.actions import found_rulebooks

    call_command("migrate", verbosity=0)
    found_rulebooks(texts=[RULEBOOK.read_bytes()], by=BY)


def people(n: int) -> None:
    """So many people on record in the households of 184 grid cells, as the reference county has."""
    from fangxian.ops.people.models import Household, Person
    from fangxian.ops.places.models import GridCell
    from fangxian.ops.realm.bulk import defaults_of, insert_rows

    since = datetime(2022, 1, 1, tzinfo=UTC)
    paths = [f"141027100{k // 100:03}{k % 100:03}" for k in range(N_CELLS)]
    cells = [GridCell.objects.create(area_path=it, kind="rural", name_zh=it, name_en=it) for it in paths]
    homes = [(uuid4(), cells[k % N_CELLS], k // N_CELLS + 1) for k in range(max(n * 10 // 27, N_CELLS))]
    insert_rows(
        Household,
        (
            defaults_of(Household)
            | {"id": pk, "area_path": cell.area_path, "number": number, "grid_cell_id": cell.pk,
               "address": f"{number}号", "on_record_since": since}
            for pk, cell, number in homes
        ),
    )  # fmt: skip
    plain = defaults_of(Person) | {"relation": "other", "document_kind": "other", "sex": "female"}
    insert_rows(
        Person,
        (
            plain | {
                "id": uuid4(), "gate_number": k + 1, "household_id": homes[k % len(homes)][0],
                "area_path": homes[k % len(homes)][1].area_path, "name": f"试{k}", "born_on": date(1980, 1, 1),
                "on_record_since": since,
            }
            for k in range(n)
        ),
    )  # fmt: skip


def declare(dice: random.Random) -> int:
    """One arrival of everybody, decided as having to do nothing, with one or two stays of some days."""
    from fangxian.ops.arrivals.models import Arrival, Stay, Version
    from fangxian.ops.people.models import Person
    from fangxian.ops.realm.bulk import defaults_of, insert_rows
    from fangxian.ops.realm.current import county_now
    from fangxian.ops.risk_areas.wire import the_nation

    at, people = county_now(), list(Person.objects.order_by("pk").values_list("pk", "area_path"))
    counties = [code for code in the_nation().name_of if len(code) == 6]
    arrivals = [(uuid4(), person, area, at - timedelta(minutes=dice.randrange(28 * 1440))) for person, area in people]

    def rows() -> Iterator[dict]:
        for pk, person, area, came_at in arrivals:
            yield defaults_of(Arrival) | {
                "id": pk, "person_id": person, "area_path": area, "state": "landed", "declared_as": "person",
                "arrives_at": came_at, "digest": pk.bytes, "declared_at": came_at, "declared_by": BY,
                "decided_at": came_at, "landed_at": came_at, "disease": "covid-19",
            }  # fmt: skip

    def stays() -> Iterator[dict]:
        for pk, _, _, came_at in arrivals:
            ends_on = came_at.date() + timedelta(days=1)
            for _ in range(dice.choice((1, 1, 2))):
                begins_on = ends_on - timedelta(days=dice.randrange(1, 8))
                code = dice.choice(LISTED)[3] if dice.randrange(100) < FROM_LISTED else dice.choice(counties)
                yield {
                    "arrival_id": pk, "division_code": code, "begins_on": begins_on, "ends_on": ends_on,
                    "risk_areas": [], "areas_known": dice.randrange(10) < 3,
                }  # fmt: skip
                ends_on = begins_on

    insert_rows(Arrival, rows())
    insert_rows(Stay, stays())
    said = {
        "number": 1, "why": "declared", "content": "{}", "reason": "", "measure": "", "rules": [], "is_own": True,
        "written_by": BY,
    }  # fmt: skip
    insert_rows(Version, (said | {"arrival_id": it[0], "written_at": it[3]} for it in arrivals))
    return len(arrivals)


def otherwise(n: int) -> int:
    """So many measures stand otherwise than the rules in force would have them, as after a change of rulebook."""
    from fangxian.ops.arrivals.models import Arrival
    from fangxian.ops.realm.current import county_now

    since, until = county_now() - timedelta(days=12), county_now().date() + timedelta(days=9)
    ids = list(Arrival.objects.filter(arrives_at__gte=since).order_by("pk").values_list("pk", flat=True)[:n])
    for start in range(0, len(ids), AT_ONCE):
        rows = Arrival.objects.filter(pk__in=ids[start : start + AT_ONCE])
        rows.update(rules=["A-99"], measure="home", measure_ends_on=until)
    return len(ids)


def feed_of(hours: int, n_places: int) -> bytes:
    """A list of the hour with so many places in each of the counties, as the national service gives it out."""
    local = datetime(2022, 4, 19, 16, tzinfo=UTC) + timedelta(hours=hours)
    return _feed(local, n_places)


def take(hours: int, n_places: int) -> None:
    """Such a list takes effect; nine days earlier one was the same."""
    from fangxian.core.risk_areas.listing import read_feed
    from fangxian.ops.risk_areas.actions import apply_list, keep_list

    for content in (_feed(datetime(2022, 4, 10, 20, tzinfo=UTC), n_places), feed_of(hours, n_places)):
        kept = keep_list(listing=read_feed(content), file=content, form="feed", by=BY)
        apply_list(risk_list=kept.row.pk, within=lambda place: "", by=BY)


def _feed(local: datetime, n_places: int) -> bytes:
    rows = [
        {"province": it[0], "city": it[1], "county": it[2], "communitys": [f"第{k}小区" for k in range(n_places)]}
        for it in LISTED
    ]
    told = {"end_update_time": f"{local:%Y-%m-%d} {local.hour}时", "hcount": len(rows) * n_places, "highlist": rows}
    return json.dumps({"data": told}).encode()
