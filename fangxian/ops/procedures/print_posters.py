"""Printing a venue's posters (印制场所码).

1. take each door's signed code   places
2. issue them as one paper        documents   (a page a door; the same codes are not issued twice)

And withdrawing them, when a door's code is issued anew or the venue is handed over or closed: who verifies an old
poster is told that it counts no more.
"""

import json

from django.db import transaction

from fangxian.core.policy.venue_code import parse_venue_poster
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Unit
from fangxian.ops.documents.actions import NewDocument, issue, open_series, withdraw
from fangxian.ops.documents.queries import about, series_opened
from fangxian.ops.measures.queries import orders_in_force, rulebooks_in_force
from fangxian.ops.places.actions import renew_door_code
from fangxian.ops.places.models import Division, Door, Venue
from fangxian.ops.places.refusals import door_unknown, venue_status
from fangxian.ops.places.wire import poster_code, typed_code, venue_door
from fangxian.ops.realm.current import county_now, the_realm

KIND, TEMPLATE, SERIES = "venue.poster", "poster", "venue.poster"
PATTERN = "场所码〔{year}〕{n}号"
MEASURE = "door-checks"


@transaction.atomic
def print_posters(*, venue: Venue, door: int | None = None, by: str):
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
    content = {"venue": venue.name, "posters": [_poster(venue, it) for it in doors]}
    for document in about(_subject(venue)).filter(kind=KIND, state="issued"):
        if _says_the_same(json.loads(document.content), content):
            return document
    _open_series(by)
    title = Said(f"场所码（{venue.name}）", f"Venue code ({venue.name})")
    new = NewDocument(
        kind=KIND,
        template=TEMPLATE,
        title=title,
        basis=_basis(venue),
        area_path=venue.area_path,
        content=content,
        about=_subject(venue),
    )
    return issue(series=SERIES, documents=[new], by=by)[0]


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
        counts = {_shown(_poster(venue, it)) for it in venue.doors.all()}
    old = [
        document
        for document in about(_subject(venue)).filter(kind=KIND, state="issued")
        if any(_shown(poster) not in counts for poster in json.loads(document.content)["posters"])
    ]
    for document in old:
        withdraw(document=document, because=because, by=by)
    return len(old)


def _says_the_same(issued: dict, content: dict) -> bool:
    """Whether a paper issued before does for this one: another key in use since makes no other poster, a leak does."""
    posters, others = issued["posters"], content["posters"]
    is_same = [it | {"venue_code": ""} for it in posters] == [it | {"venue_code": ""} for it in others]
    counting = the_realm().keys.public_keys()
    is_signed = all(parse_venue_poster(it["venue_code"]).signer_id in counting for it in posters)
    return issued["venue"] == content["venue"] and is_same and is_signed


def _shown(poster: dict) -> tuple:
    """Which door and generation a poster shows, whoever signed it."""
    return poster["typed"], poster["generation"]


def _poster(venue: Venue, door: Door) -> dict[str, object]:
    place = venue_door(venue.venue_number, door.number)
    return {
        "door": f"{door.number} 号门 {door.name}",
        "venue_code": poster_code(place, door.generation),
        "typed": typed_code(place),
        "generation": door.generation,
    }


def _basis(venue: Venue) -> str:
    """The order under which codes are asked here; while there is none, the rules that say how a code is read."""
    order = orders_in_force(county_now(), area_path=venue.area_path).filter(measure=MEASURE).first()
    if order:
        return order.number
    books = [f"{book.title_zh}（第 {book.version} 版）" for book in rulebooks_in_force(county_now())]
    return "、".join(books)


def _open_series(by: str) -> None:
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


def _subject(venue: Venue) -> str:
    return f"venue:{venue.pk}"
