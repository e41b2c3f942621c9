"""An outbreak put on record: cases of one disease and who infected whom, as large as a test wants it."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID

from fangxian.ops.cases.actions.links import link_cases
from fangxian.ops.cases.actions.opening import open_cases
from fangxian.ops.cases.wire import NewCase, NewLink
from fangxian.ops.people.models import Attachment

BY = "program:test"
FIRST_ON = date(2022, 3, 1)


def cases(
    days: Sequence[int | None],
    *,
    disease: str = "covid-19",
    area_path: str = "141027",
    first_on: date = FIRST_ON,
    **more,
) -> list[UUID]:
    """One case for each day of onset after `first_on`; None: not known."""
    new = [
        NewCase(
            disease=disease,
            area_path=area_path,
            name=f"测试{nth}",
            found_by="contact",
            case_class="confirmed",
            onset_on=None if day is None else first_on + timedelta(days=day),
            **more,
        )
        for nth, day in enumerate(days)
    ]
    return [row.pk for row, _ in open_cases(cases=new, by=BY)]


def link(pairs: Sequence[tuple[UUID, UUID]], *, certainty: str = "likely", setting: str = "meal") -> None:
    new = [NewLink(infector=a, infected=b, setting=setting, certainty=certainty, basis="同桌吃饭") for a, b in pairs]
    link_cases(links=new, by=BY)


def spread(n: int, *, first_on: date, seed: int = 1, n_days: int = 45) -> None:
    """A large outbreak: each case infected by one who fell ill 1 to 9 days before, some by either of two; some without
    a day of onset, and one in two hundred of whom nobody knows where it was infected.
    """
    dice = Random(seed)
    days = sorted(int(n_days * dice.random() ** 0.7) for _ in range(n))
    found = cases([None if dice.random() < 0.04 else day for day in days], first_on=first_on)
    believed: dict[str, list[tuple[UUID, UUID]]] = {"proved": [], "likely": [], "possible": []}
    for nth, day in enumerate(days):
        before = [k for k in range(nth) if 1 <= day - days[k] <= 9]
        if before and dice.random() < 0.995:
            for k in {dice.choice(before[-60:]) for _ in range(1 if dice.random() < 0.95 else 2)}:
                believed[dice.choice(list(believed))].append((found[k], found[nth]))
    for certainty, pairs in believed.items():
        link(pairs, certainty=certainty)


def class_ill(n: int, *, onset_on: date, disease: str = "norovirus") -> list[UUID]:
    """Some children of the largest class fall ill on one day."""
    rows = Attachment.objects.filter(school_class__isnull=False).select_related("person").order_by("pk")
    by_class: dict[UUID, list[Attachment]] = {}
    for row in rows:
        by_class.setdefault(row.school_class_id, []).append(row)
    largest = max(by_class.values(), key=len)[:n]
    return [
        cases([0], disease=disease, first_on=onset_on, area_path=row.person.area_path, person=row.person_id)[0]
        for row in largest
    ]
