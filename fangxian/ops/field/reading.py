"""Reading the body of one record: each field, or a refusal that names it."""

from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from . import refusals
from .wire import Intent


def uuid_of(intent: Intent, name: str) -> UUID:
    """Refuses `field.body_wrong`."""
    try:
        return UUID(intent.body[name])
    except (KeyError, ValueError, TypeError, AttributeError):
        raise refusals.body_wrong(intent.kind, name) from None


def text_of(intent: Intent, name: str, longest: int, *, may_be_empty: bool = False) -> str:
    """Text without blanks at its ends. Refuses `field.body_wrong`."""
    found = intent.body.get(name, "")
    if not isinstance(found, str) or len(found) > longest or not (may_be_empty or found.strip()):
        raise refusals.body_wrong(intent.kind, name)
    return found.strip()


def one_of(intent: Intent, name: str, known: object) -> str:
    """One of the known words. Refuses `field.body_wrong`."""
    found = intent.body.get(name)
    if not isinstance(found, str) or found not in known:
        raise refusals.body_wrong(intent.kind, name)
    return found


def decimal_of(intent: Intent, name: str, low: int, high: int) -> Decimal | None:
    """A number to one decimal in [low, high]; None where nothing was measured. Refuses `field.body_wrong`."""
    found = intent.body.get(name)
    if found in (None, ""):
        return None
    try:
        number = Decimal(str(found)).quantize(Decimal("0.1"))
    except InvalidOperation:
        raise refusals.body_wrong(intent.kind, name) from None
    if number.is_nan() or not low <= number <= high:
        raise refusals.body_wrong(intent.kind, name)
    return number


def day_of(intent: Intent, name: str) -> date | None:
    """A day; None where nothing is said. Refuses `field.body_wrong`."""
    found = intent.body.get(name)
    if found in (None, ""):
        return None
    try:
        return date.fromisoformat(str(found))
    except ValueError:
        raise refusals.body_wrong(intent.kind, name) from None


def count_of(intent: Intent, name: str, most: int = 2**15) -> int | None:
    """A count; None where nothing is said. Refuses `field.body_wrong`."""
    found = intent.body.get(name)
    if found is None:
        return None
    if type(found) is not int or not 0 <= found <= most:
        raise refusals.body_wrong(intent.kind, name)
    return found
