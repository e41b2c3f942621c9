"""What phones at tables, carriers and the reception send: enrolled once, then records until each is answered."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from zlib import crc32

from fangxian.core.drill.rounds.scene import Somebody
from fangxian.core.drill.rounds.script import Sending, id_of, record
from fangxian.core.drill.rounds.tables import CARRIER, RECEPTION, stranger_number

from .web import Asker, Desk, refused

ROLES: Mapping[str, str] = {CARRIER: "transporter", RECEPTION: "laboratory"}
AT_TABLES = "sampler"
SHOWN = 20
BRING_SLIPS = 85  # of a hundred; the others show their identity card


def digest_of(site: str, document_number: str) -> str:
    """By what a phone finds somebody's document, as the roster it took along has it."""
    return sha256(f"{site}:{document_number[-6:]}".encode()).hexdigest()[:3]


@dataclass(slots=True)
class Told:
    """What came of everything that was sent; `refused`: what a record was refused for, with the first that were."""

    answers: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Phones:
    """The phones of a round.

    Attributes
    ----------
    number : of the round, by which a record told again is known
    ids : device → the id it was enrolled under, kept between runs: another phone at the same tube would be noticed
    midnight : the round's, from which its minutes count
    """

    number: int
    round_id: str
    sites: Sequence[str]
    midnight: datetime
    new_asker: Callable[[], Asker]
    desk_of: Callable[[str], Desk]
    ids: dict[str, str] = field(default_factory=dict)
    told: Told = field(default_factory=Told)
    _secrets: dict[str, str] = field(default_factory=dict)
    _slips: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)
    _line: Asker | None = None

    def send(self, sending: Sending) -> None:
        """One phone's records, until they are answered."""
        rows = [self._record(sending, it) for it in range(len(sending.deeds))]
        body = json.dumps({"round": self.round_id, "events": rows}, ensure_ascii=False).encode()
        self._line = self._line or self.new_asker()
        headers = {
            "Authorization": f"Bearer {self._secret(sending.device)}", "Content-Type": "application/json"
        }  # fmt: skip
        answer = self._line.ask("POST", "/field/table-events", body=body, headers=headers)
        if answer.status != 200:
            raise refused("/field/table-events", answer)
        for it in answer.told["answers"]:
            self.told.answers[it["what"]] += 1
            self.told.doubts.update(doubt["kind"] for doubt in it.get("doubts", ()))
            if it["what"] == "refused":
                self.told.refused[it.get("refusal", "")] += 1
                if len(self.told.examples) < SHOWN:
                    self.told.examples.append(f"{sending.device}: {it['said']['en']}")

    def _record(self, sending: Sending, it: int) -> dict:
        deed, nth = sending.deeds[it], sending.first_nth + it
        at = (self.midnight + timedelta(minutes=deed.at_min)).isoformat(timespec="milliseconds")
        site = self.sites[deed.stand] if deed.stand >= 0 else ""
        slip = self._slip(deed.whom, site, sending.device) if deed.whom else ""
        return record(deed, nth=nth, id=id_of(self.number, sending.device, nth), site=site, at=at, slip=slip)

    def _slip(self, who: Somebody, site: str, device: str) -> str:
        """What is scanned of somebody who brought their slip; "": their identity card is read."""
        is_stranger = who.document_number.startswith(stranger_number(self.number))
        if is_stranger or crc32(who.document_number.encode()) % 100 >= BRING_SLIPS:
            return ""
        if site not in self._slips:
            self._slips[site] = self._roster(site, device)
        return self._slips[site].get((who.name, digest_of(site, who.document_number)), "")

    def _roster(self, site: str, device: str) -> dict[tuple[str, str], str]:
        """Who is to come to a site, as the phone takes it along: (name, digest of the document) → slip."""
        headers = {"Authorization": f"Bearer {self._secret(device)}"}
        self._line = self._line or self.new_asker()
        answer = self._line.ask("GET", f"/field/roster?site={site}", headers=headers)
        if answer.status == 409:
            return {}  # its round is over: nobody is to come
        if answer.status != 200:
            raise refused("/field/roster", answer)
        found: dict[tuple[str, str], str] = {}
        for token, name, digest, *_ in (row for row in answer.told["people"] if len(row) > 2):
            # Two whom nothing here tells apart show their cards.
            found[name, digest] = "" if (name, digest) in found else token
        return found

    def _secret(self, device: str) -> str:
        if device not in self._secrets:
            desk = self.desk_of(ROLES.get(device, AT_TABLES))
            known = self.ids.get(device)
            what = {"device": known} if known else {"name": f"{self.number} {device}"}
            told = desk.post("/field/enrol", what).told
            self.ids[device], self._secrets[device] = told["device"], told["secret"]
        return self._secrets[device]
