"""What a priority place owes when its venue moves (重点场所迁址), and when the move is taken back. Part of move_venue.

1. at the new address it is on the register as what it was at the old one, by whom it was looked after    hygiene
2. there nothing was ever done: all of it is due at once                                                   hygiene
3. what was done at the old address, and its samples, stay with the old entry                              hygiene
4. what waited there need not be done any more; but what follows from a positive sample does, and so long
   the old address stays on the register                                                                   tasks
"""

from dataclasses import replace
from uuid import UUID

from fangxian.ops.hygiene.actions import carry_places, carry_places_back
from fangxian.ops.hygiene.queries import PriorityPlace, last_positive, open_faults
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask

from .hygiene_tasks import FAULTS, OF_POSITIVE, OVERDUE, about, fault_tasks, let_go, positive_tasks

MOVED, TAKEN_BACK = "场所已迁址 · the venue has moved", "迁址有误，已撤回 · the move was a mistake and is taken back"


def positive_at(venue: UUID) -> set[UUID]:
    """The entries of a venue whose newest samples with a result are positive."""
    rows = PriorityPlace.objects.filter(venue=venue, struck_at__isnull=True)
    return set(last_positive(rows).values_list("place_id", flat=True))


def carry_hygiene(*, old: Venue, new: Venue, by: str) -> int:
    """Carry its entries over; how many there are at the new address."""
    staying = positive_at(old.pk)
    carried = carry_places(
        from_venue=old.pk, to_venue=new.pk, area_path=new.area_path, staying=staying, because=MOVED, by=by
    )
    for before, _ in carried:
        let_go(before, MOVED, by, (*OVERDUE.values(), FAULTS) if before.pk in staying else ())
    return len(carried)


def carry_hygiene_back(*, there: Venue, here: Venue, by: str) -> None:
    """It never moved: its entries are here again, with what was done meanwhile and what is to be done about it."""
    carried = carry_places_back(
        from_venue=there.pk, to_venue=here.pk, area_path=here.area_path, because=TAKEN_BACK, by=by
    )
    for gone, place in carried:
        let_go(gone, TAKEN_BACK, by)
        if tasks := _waiting_again(place):
            open_tasks(tasks=tasks, by=by)


def _waiting_again(place: PriorityPlace) -> list[NewTask]:
    """What still follows from samples and inspections, where no task waits for it. Those called off with the move keep
    their keys, so that these have others.
    """
    at, waiting = county_now(), set(unfinished().filter(about=about(place)).values_list("kind", flat=True))
    tasks: list[NewTask] = []
    if not waiting & set(OF_POSITIVE):
        for row in last_positive(PriorityPlace.objects.filter(pk=place.pk)):
            tasks += positive_tasks(place, row, row.n_positive, at)
    if FAULTS not in waiting:
        rounds = {it.round.pk: it.round for it in open_faults([place.pk])}
        tasks += fault_tasks(place, list(rounds.values()), at)
    return [replace(it, unique_key=f"{it.unique_key} {at:%m%d%H%M}") for it in tasks]
