"""What crosses the contacts room's boundary: a contact proposed, why, who it is, what an investigator notes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from fangxian.core.parameters import Parameter
from fangxian.core.policy.vocabulary import Presence
from fangxian.ops.realm.sealed import index_of

from .models import DECIDED, OBSERVED, Belongs, Contact, ContactFile, FollowUp, Mode, Origin, State

# The words of the tables, for those who may not import the tables.
__all__ = ["DECIDED", "OBSERVED", "Belongs", "Mode", "Origin", "State"]
SEEN, NOT_FOUND = FollowUp.Found.SEEN, FollowUp.Found.NOT_FOUND

WHO = "contact"  # what kind of value a contact's key is the index of

FOLLOW_UP_BY = Parameter(
    value=18,
    unit="o'clock",
    low=8,
    high=23,
    meaning="By which hour of the county's day a contact's daily follow-up must be done",
    source="a guess: two temperatures a day are usual, the second in the afternoon; a county must decide",
)
FEVER_FROM = Parameter(
    value=37.3,
    unit="°C",
    low=37.0,
    high=38.0,
    meaning="From which armpit temperature a contact under observation counts as feverish",
    source="新冠肺炎防控方案 (各版): 体温≥37.3℃ 须报告并送诊",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One piece of what made somebody a contact: where, when, for how long, and what proved that they were there.

    Attributes
    ----------
    kind : how it is known, a key of words.FOUND_BY
    place : id of the venue, household or vehicle, where there is one; `place_name` is shown
    presence : what proved a scan; None where it comes from no scan
    words : what the interview says of it
    """

    kind: str
    place_name: str = ""
    place: UUID | None = None
    begins_at: datetime | None = None
    minutes: int = 0
    presence: Presence | None = None
    words: str = ""


# Of these three and of `ListedContact` a long list makes a hundred thousand each; to freeze them took a tenth of it.
@dataclass(slots=True, kw_only=True)
class Who:
    """Who a contact is, as far as anybody wrote it down; empty means: as the register has it, or not known."""

    name: str = ""
    document_kind: str = ""
    document_number: str = ""
    phone: str = ""
    address: str = ""
    workplace: str = ""
    nationality: str = ""
    sex: str = ""
    born_on: date | None = None
    occupation: str = ""


@dataclass(slots=True, kw_only=True)
class NewContact:
    """One contact to be proposed. Of somebody on the register `person` says who it is, and `who` only what is new.

    `area_path` is where they are to be followed: their grid cell, or the county where the township is not known.
    """

    ring: str
    area_path: str
    first_exposure_at: datetime
    last_exposure_at: datetime
    found_by: str
    person: UUID | None = None
    who: Who = field(default_factory=Who)
    via: UUID | None = None
    minutes: int = 0
    n_meetings: int = 0
    weight: float = 0.0
    why: Sequence[Why] = ()
    relation: str = ""
    is_core: bool = False
    belongs: str = Belongs.HERE
    destination: str = ""
    origin: str = Origin.OWN
    pushed_by: str = ""
    key_place: str = ""
    is_case_imported: bool | None = None
    note: str = ""


@dataclass(slots=True, kw_only=True)
class Noted:
    """What an investigator or a line list says further of one contact. None: nothing about that; "" clears it."""

    area_path: str | None = None
    belongs: str | None = None
    destination: str | None = None
    is_traced: bool | None = None
    mode: str | None = None
    home_reason: str | None = None
    site: str | None = None
    checked_in_on: date | None = None
    release_on: date | None = None
    via: UUID | None = None
    occupation: str | None = None
    relation: str | None = None
    is_core: bool | None = None
    phone: str | None = None
    address: str | None = None
    workplace: str | None = None
    whereabouts: str | None = None
    key_place: str | None = None
    note: str | None = None

    def given(self) -> dict[str, object]:
        """The fields that say something."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class OneDay:
    """How a contact was on one day: found or not, temperature in °C, symptoms by words.SYMPTOMS."""

    found: str
    temperature_c: Decimal | None = None
    symptoms: Sequence[str] = ()
    note: str = ""

    @property
    def is_symptomatic(self) -> bool:
        return bool(self.symptoms) or (
            self.temperature_c is not None and self.temperature_c >= Decimal(str(FEVER_FROM.value))
        )


def who_key(new: NewContact) -> bytes | None:
    """The blind index by which one case has each person once; None where nothing tells who it is."""
    return index_of(WHO, who_text(new))


def who_text(new: NewContact) -> str:
    """What that is the index of, as `WHO`; empty where nothing tells who it is."""
    who = new.who
    if new.person:
        return f"person:{new.person}"
    if who.document_number:
        return f"document:{who.document_number}"
    if who.name and (who.phone or who.address):
        return f"name:{who.name}|{who.phone or who.address}"
    return ""


def why_text(why: Sequence[Why]) -> str:
    """What `ContactFile.why` holds; empty for none."""
    return json.dumps([_plain(it) for it in why], ensure_ascii=False, separators=(",", ":")) if why else ""


def _plain(why: Why) -> dict[str, object]:
    row = {it.name: value for it in fields(why) if (value := getattr(why, it.name)) not in (None, "", 0)}
    if why.place:
        row["place"] = str(why.place)
    if why.begins_at:
        row["begins_at"] = why.begins_at.isoformat()
    if why.presence is not None:
        row["presence"] = int(why.presence)
    return row


def read_why(text: str) -> tuple[Why, ...]:
    """What was stored, the longest first."""
    found = [_read(row) for row in json.loads(text)] if text else []
    return tuple(sorted(found, key=lambda why: -why.minutes))


def _read(row: Mapping) -> Why:
    begins_at, presence, place = row.get("begins_at"), row.get("presence"), row.get("place")
    return Why(
        kind=row["kind"],
        place_name=row.get("place_name", ""),
        place=UUID(place) if place else None,
        begins_at=datetime.fromisoformat(begins_at) if begins_at else None,
        minutes=row.get("minutes", 0),
        presence=None if presence is None else Presence(presence),
        words=row.get("words", ""),
    )


def who_of(contact: Contact, file: ContactFile) -> Who:
    """Who a contact is: what its own file says, and where that is silent what the register says."""
    person = contact.person
    home = person.household if person and person.household_id else None
    return Who(
        name=file.name or (person.name if person else ""),
        document_kind=file.document_kind or (person.document_kind if person else ""),
        document_number=file.document_number or (person.document_number if person else ""),
        phone=file.phone or (person.phone if person else ""),
        address=file.address or (home.address if home else ""),
        workplace=file.workplace,
        nationality=file.nationality,
        sex=contact.sex or (person.sex if person else ""),
        born_on=contact.born_on or (person.born_on if person else None),
        occupation=contact.occupation,
    )


@dataclass(slots=True, kw_only=True)
class ListedContact:
    """A contact as a list or another county has it: of which case, in which state, with what is noted of it there.

    Attributes
    ----------
    outer : what the list calls it, and so who it is where nothing else tells
    known : the contact it is known to be, when the list came before
    """

    case: UUID
    new: NewContact
    state: str = "proposed"
    noted: Noted = field(default_factory=Noted)
    outer: str = ""
    known: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDay:
    """How a contact was on a day, as a list has it: done, missed or still due."""

    contact: UUID
    on: date
    state: str
    how: OneDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMeeting:
    """That a contact on record met a case too, or `via` another contact, as a list has it; the last time they met, when
    it says so. Of whoever met a contact the case is that contact's: `take_meetings_through`.
    """

    contact: UUID
    case: UUID | None
    last_exposure_at: datetime | None = None
    words: str = ""
    via: UUID | None = None
