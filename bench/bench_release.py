"""What it costs to let a result file out: 1,500 tubes of ten, 15,000 people told, gates included.

    negative   every tube is
    mixed      ten pools are not, and their hundred people are held and called back

Of each, by the ways that pages go:

    seen       the instrument's file is taken in and read, and shown before it is entered
    entered    its results go on record, to be looked at by another
    released   that other lets all out at once; everybody is told, and the last code is written for gates
    again      the same results once more: nothing is another

Printed: processor and wall seconds of the process; the snapshot that gates fetch is the worker's next pulse (0.1 s). A
PostgreSQL server's own seconds are not in them.
"""

import argparse
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from private_postgres import PrivatePostgres  # noqa: E402

BY = "program:bench"
IN_A_TUBE = 10
N_POSITIVE = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tubes", type=int, default=1500)
    parser.add_argument("--postgres", action="store_true", help="on a private server whose commits wait for the disk")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fangxian-bench-"))
        if chosen.postgres:
            os.environ["DATABASE_URL"] = stack.enter_context(PrivatePostgres(durable=True)).url
        n = chosen.tubes * IN_A_TUBE
        _lay(Path(folder) / "realm", 0.01 + 1.05 * n / 98_833)
        for nth, (name, n_positive) in enumerate((("negative", 0), ("mixed", N_POSITIVE))):
            print(name, flush=True)
            told, outs = _whole_way(filled_tubes(nth, chosen.tubes), n_positive)
            _timed("again", lambda outs=outs: _followed(outs))
            print(f"          {told.n_told} told, {told.n_called_back} called back, {len(told.held)} held")


def _lay(realm: Path, scale: float) -> None:
    """A realm in April 2022, the county built in it, and everybody's first code."""
    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.folder import create_realm

    clock = CountyClock.starting(datetime.fromisoformat("2022-04-19T07:30+08:00"), zone="Asia/Shanghai")
    create_realm(realm, kind="demo", county="fushan", division_code="141027", clock=clock)
    os.environ |= {"FANGXIAN_DATA": str(realm), "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
    import django

    django.setup()
    from django.core.management import call_command

    from fangxian.ops.procedures.build_county import build_county
    from fangxian.ops.procedures.recolour import colour_everybody
    from fangxian.ops.realm.current import county_now

    call_command("migrate", verbosity=0)
    print(f"building {scale:.0%} of the county", flush=True)
    build_county(folder=ROOT / "counties" / "fushan", seed=1, scale=scale, by=BY, step=lambda *_: None)
    colour_everybody(county_now(), by=BY, step=lambda *_: None)


def filled_tubes(nth: int, n_tubes: int) -> tuple[UUID, list[UUID]]:
    """A round whose tubes hold ten people each, in a box that was received; its id and theirs."""
    from fangxian.ops.lab.actions import prepare_round
    from fangxian.ops.lab.barcodes import new_tokens
    from fangxian.ops.lab.models import Box, RosterPlace, Swab, Tube
    from fangxian.ops.people.models import Person
    from fangxian.ops.realm.bulk import insert_rows
    from fangxian.ops.realm.current import county_now
    from fangxian.ops.realm.ids import new_ids

    at, n = county_now(), n_tubes * IN_A_TUBE
    row = prepare_round(
        name=f"bench {nth}", disease="covid-19", pool_size=10, areas=["141027"], begins_at=at,
        ends_at=at + timedelta(days=1), by=BY,
    )  # fmt: skip
    people = list(Person.objects.filter(merged_into=None).order_by("pk").values_list("pk", "area_path")[:n])
    places, tubes, tokens = new_ids(len(people)), new_ids(n_tubes), new_tokens(len(people))
    insert_rows(RosterPlace, (
        {"id": pk, "round_id": row.pk, "number": i, "person_id": person, "area_path": area, "source": "register",
         "token": token, "stage": "received"}
        for i, (pk, (person, area), token) in enumerate(zip(places, people, tokens, strict=True))
    ))  # fmt: skip
    box = Box.objects.create(round=row, barcode=f"X{nth}", label=f"X{nth}", state="received", received_at=at)
    insert_rows(Tube, (
        {"id": pk, "round_id": row.pk, "barcode": f"{nth}{i:07}", "label": f"{nth}{i:07}", "size": 10, "n_people": 10,
         "state": "sealed", "sealed_at": at - timedelta(hours=1), "box_id": box.pk}
        for i, pk in enumerate(tubes)
    ))  # fmt: skip
    insert_rows(Swab, (
        {"tube_id": tubes[i // IN_A_TUBE], "place_id": place, "taken_by": BY,
         "taken_at": at - timedelta(hours=6, minutes=i % 300)}
        for i, place in enumerate(places)
    ))  # fmt: skip
    return row.pk, tubes


def _whole_way(filled: tuple[UUID, list[UUID]], n_positive: int) -> tuple:
    """A file of these tubes is looked at, entered, and let out by another; what came of it, and what was let out."""
    from fangxian.ops.accounts.models import Account
    from fangxian.ops.lab.queries import Tube
    from fangxian.ops.laboratory.queries import Result, own_laboratory
    from fangxian.ops.procedures.release_results import release_results
    from fangxian.ops.procedures.seed_laboratory import seed_laboratory
    from fangxian.ops.procedures.take_results import enter_file, read_file, upload_results
    from fangxian.ops.realm.current import county_now

    seed_laboratory(by=BY)
    round, tubes = filled
    own, at = own_laboratory(), county_now() - timedelta(minutes=20)
    labels = dict(Tube.objects.filter(round=round).values_list("pk", "label"))
    rows = [f"{labels[it]},{',,24.5' if n >= n_positive else '31.2,30.8,25'}" for n, it in enumerate(tubes)]
    content = "\r\n".join(["样本号,ORF1ab,N,IC", *rows, "NC,,,26", "PC,28,27.5,27", ""]).encode()
    mapping = {"样本号": "sample", "ORF1ab": "ct_orf1ab", "N": "ct_n", "IC": "ct_ic"}
    anna, bert = (Account.objects.get(username=it) for it in ("laboratory-1", "laboratory-2"))

    def seen():
        intake = upload_results(laboratory=own.pk, content=content, file_name="run.csv", by=anna).intake
        assert len(read_file(intake=intake, mapping=mapping, measured_at=at).results) == len(tubes)
        return intake

    intake = _timed("seen", seen)
    batch = _timed("entered", lambda: enter_file(intake=intake, mapping=mapping, measured_at=at, by=anna)).batch
    results = list(Result.objects.filter(batch=batch).values_list("pk", flat=True))
    told = _timed("released", lambda: release_results(results=results, account=bert))
    return told, _outs(round, tubes, n_positive, at, own.name)


def _outs(round: UUID, tubes: list[UUID], n_positive: int, at: datetime, laboratory: str) -> list:
    from fangxian.core.laboratory.judging import Outcome, standing
    from fangxian.ops.results.wire import PlainOut

    found = [Outcome.POSITIVE] * n_positive + [Outcome.NEGATIVE] * (len(tubes) - n_positive)
    return [PlainOut(tube, round, standing([it]), 1, at, laboratory) for tube, it in zip(tubes, found, strict=True)]


def _followed(outs: list):
    from fangxian.ops.procedures.release_results import follow_outs

    return follow_outs(outs=outs, by=BY)


def _timed(name: str, do):
    wall, own = time.perf_counter(), time.process_time()
    told = do()
    print(f"{name:10}{time.process_time() - own:6.2f} s of processor {time.perf_counter() - wall:6.2f} s", flush=True)
    return told


if __name__ == "__main__":
    main()
