"""Printing a venue's posters (印制场所码).

1. take each door's signed code   places
2. issue them as one paper        documents   (a page a door; the same codes are not issued twice)

And withdrawing them, when a door's code is issued anew or the venue is handed over or closed: who verifies an old
poster is told that it counts no more.
"""

import json
from collections.abc import Iterable, Mapping

from django.db import transaction

from fangxian.core.policy.venue_code import parse_venue_poster
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Unit
from fangxian.ops.documents.actions import NewDocument, issue, open_series, withdraw
from fangxian.ops.documents.queries import Document, about, series_opened
from fangxian.ops.measures.queries import orders_in_force, rulebooks_in_force
from fangxian.ops.places.actions import renew_door_code
from fangxian.ops.places.models import Division, Door, GridCell, Venue
from fangxian.ops.places.queries import places_at
from fangxian.ops.places.refusals import door_unknown, venue_status
from fangxian.ops.places.standing import subject_of
from fangxian.ops.places.wire import poster_code, typed_code, venue_door
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now, the_realm

KIND, TEMPLATE, SERIES = "venue.poster", "poster", "venue.poster"
PATTERN = "场所码〔{year}〕{n}号"
MEASURE = "door-checks"


@transaction.atomic
def print_posters(*, venue: Venue, door: int | None = None, by: str) -> Document:
    """The document with the posters of one door, or of all; the one issued before where no code has changed.

    Refuses
    -------
    places.venue_status, places.door_unknown, and what `documents.issue` refuses
    """
    if venue.status != Venue.Status.VERIFIED:
        raise venue_status(venue.name, venue.status, [Venue.Status.VERIFIED])
    doors = [it for it in venue.doors.order_by("number") if door is None or it.number == door]
    if not doors:
        raise door_unknown(venue.name, door or 0, venue.doors.count())
    shown = shown_on(venue, doors, where_of(venue, places_of([venue])))
    if document := said_already(about(subject_of(venue)).filter(kind=KIND, state="issued"), shown):
        return document
    open_poster_series(by)
    return issue(series=SERIES, documents=[new_poster(venue, shown, basis_at(venue.area_path))], by=by)[0]


@transaction.atomic
def renew_posters(*, venue: Venue, number: int, by: str) -> Door:
    """Issue one door's code anew, and withdraw the papers that show the old one."""
    door = renew_door_code(venue=venue, number=number, by=by)
    withdraw_posters(venue=venue, because=f"第 {number} 号门的场所码已换发", by=by)
    return door


def withdraw_posters(*, venue: Venue, because: str, by: str) -> int:
    """Withdraw every paper that shows a code which counts no more; how many. Posters still good stay as they are."""
    counts = set()
    if venue.status != Venue.Status.CLOSED:
        counts = {_shown(_shown_of_door(venue, it)) for it in venue.doors.all()}
    old = [
        document
        for document in about(subject_of(venue)).filter(kind=KIND, state="issued")
        if any(_shown(poster) not in counts for poster in json.loads(document.content)["posters"])
    ]
    for document in old:
        withdraw(document=document, because=because, by=by)
    return len(old)


def places_of(venues: Iterable[Venue]) -> dict[str, Division | GridCell]:
    """The townships and units in which venues stand, by path: two queries however many."""
    paths = {it.area_path[:digits] for it in venues for digits in (TOWNSHIP_DIGITS, VILLAGE_DIGITS)}
    return places_at(paths)


def where_of(venue: Venue, places: Mapping[str, Division | GridCell]) -> str:
    """Where the poster hangs, as it says itself: of two villages of one name the township tells which.

    What the address says already is not said twice.
    """
    parts = [places[path].name_zh for digits in (TOWNSHIP_DIGITS, VILLAGE_DIGITS)
             if (path := venue.area_path[:digits]) in places]  # fmt: skip
    address = venue.address.strip()
    unsaid = [it for it in parts if it.removesuffix("委会").removesuffix("居") not in address]
    return " ".join([*unsaid, address]).strip() or venue.area_path


def shown_on(venue: Venue, doors: Iterable[Door], where: str) -> dict[str, object]:
    """What the posters of a venue show, without their signed codes; a poster document's content has the same keys."""
    return {"venue": venue.name, "where": where, "posters": [_shown_of_door(venue, it) for it in doors]}


def said_already(issued: Iterable[Document], shown: Mapping) -> Document | None:
    """The newest of some papers issued before that does for what is to be shown now; none: another is to be issued."""
    return next((it for it in issued if _says_the_same(json.loads(it.content), shown)), None)


def new_poster(venue: Venue, shown: Mapping, basis: str) -> NewDocument:
    """The paper to be issued: what is shown, with the codes signed."""
    signed = [
        dict(it) | {"venue_code": poster_code(venue_door(venue.venue_number, number), it["generation"])}
        for it, number in zip(shown["posters"], map(_number_of, shown["posters"]), strict=True)
    ]
    return NewDocument(
        kind=KIND,
        template=TEMPLATE,
        title=Said(f"场所码（{venue.name}）", f"Venue code ({venue.name})"),
        basis=basis,
        area_path=venue.area_path,
        content=dict(shown) | {"posters": signed},
        about=subject_of(venue),
    )


def _number_of(poster: Mapping) -> int:
    """The number of the door that a poster stands at."""
    return int(str(poster["door"]).partition(" ")[0])


def _says_the_same(issued: dict, shown: Mapping) -> bool:
    """Whether a paper issued before does for this one: another key in use since makes no other poster, a leak does.

    A paper from before posters said where they hang is good for the same venue: a venue that moves has another number.
    """
    posters = [{key: value for key, value in it.items() if key != "venue_code"} for it in issued["posters"]]
    counting = the_realm().keys.public_keys()
    is_signed = all(parse_venue_poster(it["venue_code"]).signer_id in counting for it in issued["posters"])
    is_there = issued.get("where", shown["where"]) == shown["where"]
    return issued["venue"] == shown["venue"] and is_there and posters == shown["posters"] and is_signed


def _shown(poster: Mapping) -> tuple:
    """Which door and generation a poster shows, whoever signed it."""
    return poster["typed"], poster["generation"]


def _shown_of_door(venue: Venue, door: Door) -> dict[str, object]:
    return {
        "door": f"{door.number} 号门 {door.name}",
        "typed": typed_code(venue_door(venue.venue_number, door.number)),
        "generation": door.generation,
    }


def basis_at(area_path: str) -> str:
    """The order under which codes are asked here; while there is none, the rules that say how a code is read."""
    order = orders_in_force(county_now(), area_path=area_path).filter(measure=MEASURE).first()
    if order:
        return order.number
    books = [f"{book.title_zh}（第 {book.version} 版）" for book in rulebooks_in_force(county_now())]
    return "、".join(books)


def open_poster_series(by: str) -> None:
    if not any(series.key == SERIES for series in series_opened()):
        open_series(key=SERIES, issuer=county_office(), pattern=PATTERN, by=by)


def county_office() -> Said:
    """The county's headquarters."""
    office = Unit.objects.filter(kind=Unit.Kind.HEADQUARTERS).first()
    county = Division.objects.filter(kind=Division.Kind.COUNTY, successor="").first()
    county = Said(county.name_zh, county.name_en) if county else Said("", "")
    if office is None:
        return Said(f"{county.zh}疫情防控指挥部", f"{county.en} epidemic headquarters".strip())
    own = office.name_zh.removeprefix("县")
    return Said(f"{county.zh}{own}", f"{county.en} {office.name_en.removeprefix('county ')}".strip())
