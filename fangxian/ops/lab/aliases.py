"""Codes of other systems, such as a provincial test QR, that stand for a place on a roster. Reads."""

import re
import unicodedata
from uuid import UUID

from fangxian.ops.realm.sealed import indexes_of

from .models import PlaceAlias, RosterPlace, ScreeningRound

ALIAS = "lab.place_alias"
SHORTEST_ALIAS = 12
IDENTITY_NUMBER = re.compile("[0-9]{15}|[0-9]{17}[0-9X]")


def alias_text(text: str) -> str:
    """A code of another system as it is known again; "": too short to be anybody's, or the number of a document."""
    found = unicodedata.normalize("NFKC", text).strip()
    is_number = IDENTITY_NUMBER.fullmatch(found.upper()) is not None
    return "" if is_number or len(found) < SHORTEST_ALIAS else found


def aliases_of(row: ScreeningRound, texts: set[str]) -> dict[str, UUID]:
    """The place of this round that each text stands for, by what was taken in here, else in another round."""
    if not texts:
        return {}
    asked = sorted(texts)
    by_index = {bytes(index): text for text, index in zip(asked, indexes_of(ALIAS, asked), strict=True) if index}
    columns = ("scanned", "round", "place", "place__person")
    rows = list(PlaceAlias.objects.filter(scanned__in=list(by_index)).order_by("taken_in_at").values_list(*columns))
    found = {by_index[bytes(index)]: place for index, of_round, place, _ in rows if of_round == row.pk}
    persons = {by_index[bytes(index)]: person for index, _, _, person in rows if person}
    missing = {text: person for text, person in persons.items() if text not in found}
    if missing:
        here = RosterPlace.objects.filter(round=row, person__in=set(missing.values())).order_by()
        places = dict(here.values_list("person", "id"))
        found |= {text: places[person] for text, person in missing.items() if person in places}
    return found


def place_by_alias(row: ScreeningRound, text: str) -> RosterPlace | None:
    """Whom a code of another system stands for in this round."""
    known = alias_text(text)
    place = aliases_of(row, {known}).get(known) if known else None
    return RosterPlace.objects.filter(pk=place).select_related("person").first() if place else None
