"""An outbreak put on record: cases of one disease and who infected whom, as large as a test wants it."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from fangxian.ops.cases.actions.links import link_cases
from fangxian.ops.cases.actions.opening import open_cases
from fangxian.ops.cases.wire import NewCase, NewLink

BY = "program:test"
FIRST_ON = date(2022, 3, 1)


def cases(days: Sequence[int | None], *, disease: str = "covid-19", area_path: str = "141027", **more) -> list[UUID]:
    """One case for each day of onset after FIRST_ON; None: not known."""
    new = [
        NewCase(
            disease=disease,
            area_path=area_path,
            name=f"测试{nth}",
            found_by="contact",
            case_class="confirmed",
            onset_on=None if day is None else FIRST_ON + timedelta(days=day),
            **more,
        )
        for nth, day in enumerate(days)
    ]
    return [row.pk for row, _ in open_cases(cases=new, by=BY)]


def link(pairs: Sequence[tuple[UUID, UUID]], *, certainty: str = "likely", setting: str = "meal") -> None:
    new = [NewLink(infector=a, infected=b, setting=setting, certainty=certainty, basis="同桌吃饭") for a, b in pairs]
    link_cases(links=new, by=BY)
