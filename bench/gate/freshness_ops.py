"""The office's side of the freshness bench, in a process of its own: people turn red, and each is asked for at a gate.

    python freshness_ops.py FOLDER GATE_PORT

Makes a file of requests for the load and says so; then, for each number read, turns so many people red one after
another and answers, for each, how many ms passed from just before the code was computed and committed until the gate
refused that person.
"""

import json
import socket
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from fangxian.cli import site  # noqa: E402

site.start()

from django.utils.timezone import localtime  # noqa: E402

from bench.gate.lockstep import read_answer, said  # noqa: E402
from bench.gate.pinned import wait_for  # noqa: E402
from bench.gate.scans import ID_BYTES, Prepared, request_of  # noqa: E402
from fangxian.ops.movement.actions.evidence import record_evidence  # noqa: E402
from fangxian.ops.movement.wire import NewEvidence  # noqa: E402
from fangxian.ops.people.queries import persons_in_order  # noqa: E402
from fangxian.ops.places.actions import place_devices  # noqa: E402
from fangxian.ops.places.models import DoorDevice  # noqa: E402
from fangxian.ops.places.queries import doors_in_order  # noqa: E402
from fangxian.ops.places.wire import device_token, poster_code, venue_door  # noqa: E402
from fangxian.ops.procedures.issue_codes import person_qrs  # noqa: E402
from fangxian.ops.procedures.recolour import recolour  # noqa: E402
from fangxian.ops.realm.current import county_now  # noqa: E402

BY: Final = "program:bench"
N_DEVICES: Final = 100
SHOPS: Final = frozenset({"convenience_shop", "clothing_shop", "restaurant", "supermarket", "farmers_market"})
EVERY_S: Final = 0.1
ASKED_EVERY_S: Final = 0.01
PATIENCE_S: Final = 20.0


class Office:
    """Keepers' devices at doors of the county, the people who walk in there, and those who will turn red."""

    def __init__(self, port: int) -> None:
        self._line = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._doors = list(_keepers())
        self._qrs = person_qrs(list(persons_in_order().values_list("pk", flat=True)))
        self.prepared = Prepared.of([self._request(qr, place) for place, qr in enumerate(self._qrs.values())])
        self._to_come = iter(self._qrs.items())
        wait_for(lambda: self._ask(next(iter(self._qrs.values()))) in {"admit", "verify", "refuse"})

    def turn_red(self, n: int) -> list[float]:
        """Seconds for each of `n` people; some wait to be seen while the next are turned."""
        since: dict[str, float] = {}
        took: list[float] = []
        turned, begins = 0, time.perf_counter()
        while len(took) < n:
            if turned < n and time.perf_counter() >= begins + turned * EVERY_S:
                qr, at = self._turn_one()
                since[qr] = at
                turned += 1
            for qr, at in list(since.items()):
                if self._ask(qr) == "refuse":
                    took.append(time.perf_counter() - at)
                    del since[qr]
                elif time.perf_counter() - at > PATIENCE_S:
                    raise RuntimeError("a red code was not refused")
            time.sleep(ASKED_EVERY_S)
        return took

    def _turn_one(self) -> tuple[str, float]:
        """The next person whom the gate lets in; what they show, and the moment before their code was written."""
        person, qr = next(who for who in self._to_come if self._ask(who[1]) == "admit")
        at = county_now()
        case = NewEvidence(
            person=person, kind="case", disease="covid-19", from_at=at, source="cdc", issuer="bench",
            attributes={"status": "confirmed"},
        )  # fmt: skip
        record_evidence(pieces=[case], by=BY)
        began = time.perf_counter()
        recolour([person], at, by=BY)
        return qr, began

    def _ask(self, qr: str) -> str:
        self._line.sendall(self._request(qr, 0).replace(b"0" * ID_BYTES, str(uuid4()).encode()))
        return said(read_answer(self._line))

    def _request(self, qr: str, place: int) -> bytes:
        token, poster = self._doors[place % len(self._doors)]
        at = localtime(county_now()).isoformat(timespec="milliseconds")
        return request_of(token=token, code=qr, venue=poster, at=at, place=place)


def _keepers() -> Iterator[tuple[str, str]]:
    """A token and a poster for each of so many devices; all at doors of shops, which refuse a red code."""
    found = [door for door in doors_in_order().select_related("venue") if door.venue.trade in SHOPS]
    doors = list(islice(cycle(found), N_DEVICES))
    devices = [DoorDevice(venue=door.venue, door=door.number, kind="keeper", name="bench") for door in doors]
    place_devices(devices=devices, by=BY)
    for door, device in zip(doors, devices, strict=True):
        yield device_token(device), poster_code(venue_door(door.venue.venue_number, door.number), door.generation)


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    office = Office(port)
    path = folder / "freshness.bin"
    path.write_bytes(b"".join(office.prepared.requests))
    told: dict[str, Any] = {"size": len(office.prepared.requests[0]), "head": office.prepared.head_bytes}
    print(json.dumps(told | {"path": str(path)}), flush=True)
    for line in sys.stdin:
        print(json.dumps(office.turn_red(int(line))), flush=True)


if __name__ == "__main__":
    main()
