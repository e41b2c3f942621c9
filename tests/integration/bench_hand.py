"""By hand: a laboratory with the machines of Fushan, and boxes of sealed tubes at its door."""

from fangxian.ops.lab.queries import Tube
from fangxian.ops.laboratory.actions import add_laboratory, enter_results
from fangxian.ops.laboratory.queries import Result
from fangxian.ops.laboratory.wire import NewInstrument, NewResult
from fangxian.ops.realm.current import county_now

from .lab_hand import BY, Device

ANNA, BERT, CARL = "program:anna", "program:bert", "program:carl"
OWN = "县人民医院"


def a_laboratory(name=OWN, *, is_own=True, tubes_a_day=None):
    """Fushan's: an extractor of 96 wells, two amplifiers of 32 and two of 96."""
    machines = [NewInstrument(kind="extractor", name="提取仪 1", n_wells=96, run_min=90)]
    for nth, wells in enumerate((32, 32, 96, 96), start=1):
        machines.append(NewInstrument(kind="amplifier", name=f"扩增仪 {nth}", n_wells=wells, run_min=110))
    instruments = machines if is_own else ()
    return add_laboratory(name=name, is_own=is_own, tubes_a_day=tubes_a_day, instruments=instruments, by=BY)


def received(there, *tubes, box="X1001", whom="李静", laboratory=OWN, device=None, size=10):
    """These tubes sealed into a box that the laboratory received; by label."""
    phone = device or Device(there)
    events = []
    for tube in tubes:
        events += [
            phone.told("open_tube", tube=tube, size=size),
            phone.swab(tube, whom),
            phone.told("seal_tube", tube=tube, box=box),
        ]
    events += [phone.told("seal_box", box=box), phone.told("hand_box", box=box)]
    phone.sends(*events, phone.told("receive_box", box=box, said=laboratory))
    return {it.label: it for it in Tube.objects.filter(label__in=tubes)}


def entered(laboratory, tubes, outcome="negative", *, by=ANNA, measured_at=None, **more):
    """Results of these tubes by file, of one outcome."""
    results = [NewResult(tube=it.pk, outcome=outcome) for it in tubes]
    at = measured_at or county_now()
    return enter_results(laboratory=laboratory.pk, results=results, measured_at=at, by=by, **more)


def results_in(batch):
    return list(Result.objects.filter(batch=batch).order_by("tube__label").values_list("pk", flat=True))
