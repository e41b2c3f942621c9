"""What the county's sheets may be filled in from: each source by its key. A further one is a line here."""

from collections.abc import Mapping

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.sheets.refusals import no_such_source
from fangxian.ops.sheets.sources import Source

from .sheet_figures import AREA_DAY, AREA_WEEK, LATE_TASKS, SILENT
from .sheet_lists import CASES, CONTACTS
from .sheet_people import ARRIVALS, DEPARTURES, PRIORITY, TO_ASK
from .sheet_registers import PLACES, RETURNEES, VACCINATION

_OF_PEOPLE = (ARRIVALS, DEPARTURES, RETURNEES, PRIORITY, VACCINATION, TO_ASK, CONTACTS, CASES)
_ALL = (AREA_DAY, AREA_WEEK, *_OF_PEOPLE, PLACES, SILENT, LATE_TASKS)
SOURCES: Mapping[str, Source] = {it.key: it for it in _ALL}


def source_named(key: str) -> Source:
    """Refuses `sheets.no_such_source`."""
    if key not in SOURCES:
        raise no_such_source(key[:40])
    return SOURCES[key]


def sources_for(account: Account) -> list[Source]:
    """Those an account may fill a form in from, over some area."""
    return [it for it in SOURCES.values() if areas_of(account, it.permission)]
