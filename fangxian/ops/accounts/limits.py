"""How often one address may fail to sign in, over all usernames; how many visitors it may register; how many posters'
places it may ask for.

django-axes counts each username's failures beside it. All counts stand in this process's memory and nowhere else:
what people type as a username, often an ID number, never reaches a table. So they begin anew when the program
starts, and each process counts for itself.
"""

from contextlib import suppress
from math import ceil
from uuid import UUID

from django.conf import settings
from django.core.cache import BaseCache, cache, caches
from django.http import HttpRequest

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Refusal

from . import refusals

FAILURES_OF_ADDRESS = Parameter(
    value=50,
    unit="sign-ins",
    low=10,
    high=500,
    meaning="Failed sign-ins from one address, over all usernames, after which it waits (AXES_COOLOFF_TIME)",
    source="a guess: an office behind one address mistypes less in a quarter of an hour; trying all of a county's "
    "posts with one password takes more",
)
VISITORS_OF_ADDRESS = Parameter(
    value=60,
    unit="visitors",
    low=10,
    high=1000,
    meaning="Temporary identities given to one address within an hour, after which it waits",
    source="a guess: a coach full of people behind one address of a mobile network; a night's loop makes thousands",
)
PLACES_OF_ADDRESS = Parameter(
    value=600,
    unit="posters",
    low=60,
    high=10_000,
    meaning="How many posters' places one address may ask for within a minute; past that it is told nothing",
    source="a guess: many phones of one mobile network stand behind one address; each asks once an hour for a door",
)
LOOK_UPS_OF_ACCOUNT = Parameter(
    value=600,
    unit="look-ups",
    low=60,
    high=5000,
    meaning="How often within an hour one account may look somebody up at a post by the last six signs of a document",
    source="a guess: one person every six seconds, more than a post registers; trying all endings takes a year",
)
HOUR_S = 3600
MINUTE_S = 60


def address_of(request: HttpRequest) -> str:
    """The address a request comes from.

    Behind the TLS proxy (FANGXIAN_HTTPS) it is what the proxy itself appended last to X-Forwarded-For; whatever
    stands before that the visitor may have written.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.HTTPS else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def refuse_busy_address(request: HttpRequest) -> None:
    """Refuses `accounts.too_many` while the address has failed too often."""
    if cache.get(_key(request), 0) >= FAILURES_OF_ADDRESS.value:
        raise refusals.too_many_attempts(ceil(settings.AXES_COOLOFF_TIME * 60))


def count_failure(request: HttpRequest) -> None:
    """One more failure. Signing in resets nothing here: with one password of their own others could be tried on."""
    _count(_key(request), settings.AXES_COOLOFF_TIME * HOUR_S)


def refuse_crowded_address(request: HttpRequest) -> None:
    """Refuses `people.visitors_too_many` while the address has registered too many visitors within the hour."""
    if cache.get(_visitors_key(request), 0) >= VISITORS_OF_ADDRESS.value:
        raise refusals.too_many_visitors(VISITORS_OF_ADDRESS.value)


def count_visitor(request: HttpRequest) -> None:
    _count(_visitors_key(request), HOUR_S)


def may_ask_for_place(request: HttpRequest) -> bool:
    """Whether this address may ask for one more poster's place; it is counted by asking."""
    places, address = caches["places"], address_of(request)
    _count(address, MINUTE_S, places)
    return places.get(address, 0) <= PLACES_OF_ADDRESS.value


def refuse_busy_looker(account: UUID) -> None:
    """Counts one more look-up by the end of a number; refuses `people.look_ups_too_many` past what a post needs."""
    _count(f"look-ups-{account}", HOUR_S)
    refuse_looker_past_limit(account)


def refuse_looker_past_limit(account: UUID) -> None:
    """Refuses `people.look_ups_too_many` past what a post needs; what was looked up already is not counted again."""
    if cache.get(f"look-ups-{account}", 0) > LOOK_UPS_OF_ACCOUNT.value:
        raise _too_many_look_ups(LOOK_UPS_OF_ACCOUNT.value)


def _too_many_look_ups(most: float) -> Refusal:
    return Refusal(
        "people.look_ups_too_many",
        zh="一小时里按后六位查了 {most} 次以上，先不再查。请扫码或写完整的证件号码，登记照常办；"
        "一小时后可以再用后六位。",
        en="People were looked up by their last six signs more than {most} times within an hour, so no more are for "
        "now. Scan the code or type the whole document: registering goes on. The six signs work again in an hour.",
        most=most,
    )


def _count(key: str, within_s: float, counts: BaseCache = cache) -> None:
    counts.add(key, 0, timeout=within_s)
    with suppress(ValueError):  # its time was over this very moment, and it begins anew with the next
        counts.incr(key)


def _key(request: HttpRequest) -> str:
    return f"sign-in-failures-{address_of(request)}"


def _visitors_key(request: HttpRequest) -> str:
    return f"visitors-{address_of(request)}"
