"""What crosses the rides room's boundary: a ride told, a vehicle's name as it is compared, a seat as a place in it."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fangxian.core.exposure.columns import UNKNOWN

_TRAIN = re.compile(r"^[GDCZTKYLS]?\d{1,4}$")
_FLIGHT = re.compile(r"^(?=.*[A-Z])[A-Z\d]{2}\d{3,4}$")
_SEAT = re.compile(r"^(?:(?P<carriage>\d{1,2})(?:号?车厢?|[-/]))?(?P<row>\d{1,3})排?(?P<column>[A-Z])?座?号?$")
_CARRIAGE = re.compile(r"^(?P<vehicle>.+?)(?:次列车|次|[ /-])\s*(?P<carriage>\d{1,2})号?车厢?$")
CARRIAGE_ROWS = 1000  # rows of different carriages are never near
# What became of a row of a carrier's list: a ride that is new; one on record; one on record under another seat;
# somebody who is on no register here, new or listed before.
NEW, KNOWN, SEAT_DIFFERS, UNMATCHED, LISTED_BEFORE = "new", "known", "seat_differs", "unmatched", "listed_before"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRide:
    """One ride, as somebody tells it. Times are county time, aware; `is_timed` False: only the day of them is known."""

    vehicle: str
    begins_at: datetime
    ends_at: datetime
    seat: str = ""
    is_timed: bool = True


@dataclass(slots=True, kw_only=True)
class ListedPassenger:
    """One row of a carrier's list. `person` is who it is on the register, None for somebody on none."""

    row_number: int
    ride: NewRide
    name: str = ""
    document_number: str = ""
    phone: str = ""
    from_station: str = ""
    to_station: str = ""
    person: UUID | None = None

    @property
    def who(self) -> str:
        """By what a passenger who is on no register is told from others; "" of nobody."""
        is_whole = self.document_number and "*" not in self.document_number
        return self.document_number if is_whole else f"{self.name}|{self.phone}" if self.name or self.phone else ""


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat as numbers that are compared; UNKNOWN where nobody knows. Columns count from one side, A is 1."""

    row: int = UNKNOWN
    column: int = UNKNOWN


def vehicle_key(vehicle: str) -> str:
    """A flight, train or plate as it is compared: 晋A·1234 5 and 晋a12345 are one; the carriage is left out."""
    return _parts(vehicle)[0]


def runs_on_rows(vehicle: str) -> bool:
    """Whether it is a train or a flight, whose seats three rows before and behind count as near."""
    key = vehicle_key(vehicle)
    return bool(_TRAIN.match(key) or _FLIGHT.match(key))


def seat_of(seat: str, vehicle: str = "") -> Seat:
    """A seat as it is written: 12A, 05车12F, 3排, 12号; nothing known of one that is written in no such way.

    The carriage counts as part of the row; it may be written with the vehicle: D1234次05车.
    """
    found = _SEAT.match(re.sub(r"\s", "", _folded(seat)))
    if found is None:
        return Seat()
    carriage = found["carriage"] or _parts(vehicle)[1] or "0"
    column = ord(found["column"]) - ord("A") + 1 if found["column"] else UNKNOWN
    return Seat(int(carriage) * CARRIAGE_ROWS + int(found["row"]), column)


def seat_in(carriage: str, seat: str) -> str:
    """A seat as `seat_of` reads it, of a list that has the carriage in a column of its own: 5, 05号车厢 and 12F."""
    digits = re.sub(r"\D", "", _folded(carriage))
    if not digits or len(digits) > 2 or "车" in seat or re.match(r"\s*\d+\s*[-/]", seat):
        return seat
    return f"{int(digits):02}车{seat}" if seat else ""


def _parts(vehicle: str) -> tuple[str, str]:
    """What a vehicle is called without its carriage, and the carriage; "" where none is written."""
    folded = _folded(vehicle)
    found = _CARRIAGE.match(folded)
    name, carriage = (found["vehicle"], found["carriage"]) if found else (folded, "")
    return re.sub(r"[^0-9A-Z\u4e00-\u9fff]", "", name).removesuffix("列车").removesuffix("次"), carriage


def _folded(text: str) -> str:
    """Full-width and small letters are only ways of writing."""
    return unicodedata.normalize("NFKC", text).upper().strip()
