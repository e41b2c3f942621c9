"""By hand: tubes of a round, whose swabs are in them, and what a laboratory lets out."""

from datetime import timedelta

from fangxian.core.laboratory.judging import Outcome, standing
from fangxian.ops.lab.queries import tube_with
from fangxian.ops.movement.queries import counting_evidence_of
from fangxian.ops.procedures.release_results import follow_outs, take_back
from fangxian.ops.realm.current import county_now
from fangxian.ops.results.queries import CallBack
from fangxian.ops.results.wire import PlainOut

BY, OWN, OTHER = "account:reviewer", "县人民医院", "市疾控中心"


def fill(phone, tube, *whom, size=10):
    """A sealed tube with these people's swabs, minutes apart."""
    opened = phone.told("open_tube", tube=tube, size=size)
    phone.sends(opened, *(phone.swab(tube, it) for it in whom), phone.told("seal_tube", tube=tube))


def out(there, tube, *outcomes, laboratory=OWN):
    """What a laboratory lets out of a tube after these runs."""
    row = tube_with(there.round, tube)
    runs = [Outcome(it) for it in outcomes]
    return PlainOut(row.pk, there.round.pk, standing(runs), len(runs), county_now() - timedelta(minutes=5), laboratory)


def let_out(there, tube, *outcomes, laboratory=OWN):
    return follow_outs(outs=[out(there, tube, *outcomes, laboratory=laboratory)], by=BY)


def withdraw(there, tube):
    return take_back(tube=tube_with(there.round, tube).pk, why="曲线异常", by=BY)


def call_backs(there, tube) -> dict[str, str]:
    """How far each of a tube's people is, by name."""
    rows = CallBack.objects.filter(tube=tube_with(there.round, tube).pk)
    names = {it.pk: it.person.name if it.person else it.name for it in there.round.roster.select_related("person")}
    return {names[row.place]: row.state for row in rows}


def kinds_of(person) -> list[str]:
    return sorted(it.kind for it in counting_evidence_of(person.pk))
