"""What crosses the parcels room's boundary: rows of a waybill list coming in, matches and reasons to be kept."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.intake.cells import read_cell
from fangxian.ops.intake.fields import Field, Form
from fangxian.ops.realm.sealed import index_of

from . import refusals
from .matching.judging import Candidate, Judgement, Sign, Verdict
from .matching.register import Register

WHO, PARCEL, ONCE = "parcel_who", "parcel_digest", "parcel_declaration"
NOON = time(12)
SIGNED_AT = Field("signed_at", Said("签收时间", "signed for at"), Form.MOMENT)
DAY_WITHOUT_YEAR = re.compile(r"(\d{1,2})[月/.-](\d{1,2})日?( *\d{1,2}:\d{2})?")
# What a state says of a parcel that nobody has in hand yet, or that went back.
NOT_RECEIVED = re.compile("退回|退件|拒收|未签收|在途|运输中|派送中|待派|待取|未妥投|问题件|转运中")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Whom somebody as written is taken for. Fields as `models.Handling`; of candidates (person, per mille, signs)."""

    state: str
    person: UUID | None = None
    area_path: str = ""
    likelihood_per_mille: int = 0
    because: tuple[Sign, ...] = ()
    candidates: tuple[tuple[UUID, int, tuple[Sign, ...]], ...] = ()
    is_settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHandling:
    """Somebody's touch of a parcel, as a list writes them."""

    name: str
    phone: str
    address: str
    match: Match

    @property
    def who(self) -> bytes | None:
        return who_of(self.name, self.phone, self.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWaybill:
    """One row of a list, with whom it is for and, where somebody else signed, who that was."""

    row_number: int
    number: str
    touched_at: datetime
    is_time_known: bool
    courier_name: str
    courier: UUID | None
    station: str
    recipient: NewHandling
    signer: NewHandling | None = None

    @property
    def digest(self) -> bytes:
        return digest_of(self.number, self.recipient.name, self.recipient.phone, self.recipient.address)


def plain(text: str) -> str:
    """Text without case, width and spaces: what is written alike is alike."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def who_of(name: str, phone: str, address: str) -> bytes | None:
    """What stands for one way of being written; None where nothing at all is."""
    parts = [plain(name), plain(phone), plain(address)]
    return index_of(WHO, "|".join(parts)) if any(parts) else None


def digest_of(number: str, name: str, phone: str, address: str) -> bytes:
    return index_of(PARCEL, "|".join(map(plain, (number, name, phone, address)))) or b""


def once_of(person: UUID, depot: UUID | None, touched_on: date, how: str, number: str) -> bytes:
    """What makes two declarations one: who, where, when, how, and which parcel if it is told."""
    return index_of(ONCE, f"{person}|{depot or ''}|{touched_on}|{how}|{plain(number)}") or b""


def match_of(register: Register, judgement: Judgement) -> Match:
    """A judgement as it is kept."""
    if judgement.verdict is Verdict.MATCHED:
        best = judgement.candidates[0]
        resident = register.residents[best.row]
        return Match(
            state="matched",
            person=resident.person,
            area_path=resident.area_path,
            likelihood_per_mille=_per_mille(best),
            because=best.signs,
        )
    if judgement.verdict is Verdict.AMBIGUOUS:
        shown = tuple((register.residents[one.row].person, _per_mille(one), one.signs) for one in judgement.candidates)
        return Match(state="ambiguous", likelihood_per_mille=shown[0][1], candidates=shown)
    return Match(state="unmatched", because=(Sign("nobody", judgement.why),))


def _per_mille(candidate: Candidate) -> int:
    return min(999, round(candidate.likelihood * 1000))  # a list proves nobody's identity: never all of it


def signs_json(signs: Iterable[Sign]) -> str:
    return json.dumps(_plain_signs(signs), separators=(",", ":"))


def _plain_signs(signs: Iterable[Sign]) -> list[list[str | int]]:
    return [[sign.of, sign.found, sign.n_fitting] for sign in signs]


def read_signs(text: str) -> tuple[Sign, ...]:
    return tuple(Sign(*row) for row in json.loads(text or "[]"))


def candidates_json(candidates: Iterable[tuple[UUID, int, tuple[Sign, ...]]]) -> str:
    rows = [
        [str(person), likely, [[s.of, s.found, s.n_fitting] for s in signs]] for person, likely, signs in candidates
    ]
    return json.dumps(rows, separators=(",", ":")) if rows else ""


def read_candidates(text: str) -> list[tuple[UUID, int, tuple[Sign, ...]]]:
    rows = json.loads(text or "[]")
    return [(UUID(person), likely, tuple(Sign(*sign) for sign in signs)) for person, likely, signs in rows]


def when_touched(
    cells: Mapping[str, str], *, since_on: date, taken_in_at: datetime, zone: tzinfo
) -> tuple[datetime, bool]:
    """When a row's parcel was signed for, and whether the row says so; if not, the latest that it can have been.

    A day without its year is in the latest year that is not to come. What cannot be read says nothing.

    Refuses
    -------
    parcels.not_received, parcels.before_the_date, parcels.in_the_future
    """
    state, said = cells.get("state", ""), cells.get("signed_at", "")
    if NOT_RECEIVED.search(state):
        raise refusals.not_received(state)
    read = _moment_read(said, taken_in_at.astimezone(zone).date())
    if not read:
        return taken_in_at, False
    day, _, hour = read.partition(" ")
    on = date.fromisoformat(day)
    at = datetime.combine(on, time.fromisoformat(hour) if hour else NOON, zone)
    if on < since_on:
        raise refusals.before_the_date(on, since_on)
    if at > taken_in_at + timedelta(days=1):
        raise refusals.in_the_future(on, taken_in_at.astimezone(zone).date())
    return at, True


def _moment_read(said: str, today: date) -> str:
    """As YYYY-MM-DD, with HH:MM if that is said; "" for what is no day."""
    without_year = DAY_WITHOUT_YEAR.fullmatch(said)
    years = (today.year, today.year - 1) if without_year else ()
    for text in [f"{year}-{without_year[1]}-{without_year[2]}{without_year[3] or ''}" for year in years] or [said]:
        try:
            read = read_cell(text, SIGNED_AT)
        except Refusal:
            continue
        if not years or date.fromisoformat(read[:10]) <= today + timedelta(days=1):
            return read
    return ""
