"""For whatever tables record, in whatever order it comes: tubes, boxes and people stand as a slow definition says.

The definition asks of each thing separately, going over all events each time; the fold goes over them once.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from fangxian.ops.lab.folding import InTube, Told, fold_boxes, fold_tubes, in_order, stage_of, twice

BEGAN = datetime(2022, 4, 20, 8, tzinfo=UTC)
TUBES, BOXES, PEOPLE = ("T1", "T2", "T3"), ("B1", "B2"), tuple(UUID(int=n) for n in (1, 2, 3))
SITES, DEVICES = (UUID(int=91), UUID(int=92)), ("p1", "p2")
AREAS = {SITES[0]: "141027100", SITES[1]: "141027101"}
LARGEST = 2
KINDS = ("open_tube", "swab", "swab", "swab", "unswab", "seal_tube", "box_tube", "rename_tube", "void_tube")
BOX_KINDS = ("open_box", "seal_box", "hand_box", "receive_box", "rename_box")


@st.composite
def events(draw, kinds=KINDS + BOX_KINDS):
    """Some events, each with an id and a minute of its own or shared."""
    found = []
    for n in range(draw(st.integers(0, 14))):
        kind = draw(st.sampled_from(kinds))
        of_box = kind in BOX_KINDS
        found.append(
            Told(
                at=BEGAN + timedelta(minutes=draw(st.integers(0, 200))), device=draw(st.sampled_from(DEVICES)), nth=n,
                id=UUID(int=1000 + n), kind=kind, by="somebody", site=draw(st.sampled_from((*SITES, None))),
                tube="" if of_box else draw(st.sampled_from(TUBES)),
                box=draw(st.sampled_from(BOXES if of_box or kind == "box_tube" else ("", *BOXES)))
                if of_box or kind in ("seal_tube", "box_tube")
                else "",
                renamed=draw(st.sampled_from(BOXES if of_box else TUBES)) if kind.startswith("rename") else "",
                place=draw(st.sampled_from(PEOPLE)) if kind in ("swab", "unswab") else None,
                size=draw(st.sampled_from((0, 1, 2, 5))) if kind == "open_tube" else 0, why="",
                said=draw(st.sampled_from(("", "a reason"))),
            )
        )  # fmt: skip
    return found


# ---- the slow definition ----


def thing_of(label, every, which):
    """The first label of what a label is of: the newest change that counts, followed back."""
    for event in sorted(every, key=in_order, reverse=True):
        if event.kind == f"rename_{which}" and event.renamed == label and counts(event, every, which):
            return thing_of(getattr(event, which), every, which)
    return label


def counts(change, every, which):
    """A change of label counts if nothing was done under the new one before, and it was never a new one before."""
    if change.renamed == getattr(change, which):
        return False
    before = [it for it in every if in_order(it) < in_order(change)]
    used = {getattr(it, which) for it in before} - {""}
    used |= {it.renamed for it in before if it.kind == f"rename_{which}" and counts(it, every, which)}
    return change.renamed not in used


def told_of(tube, every):
    return sorted((it for it in every if it.tube and thing_of(it.tube, every, "tube") == tube), key=in_order)


def first_seal(tube, every):
    return next((it for it in told_of(tube, every) if it.kind == "seal_tube"), None)


def is_in(tube, person, every):
    """Whether somebody is in a tube: the last of what was said of them there, where it counts."""
    seal, inside = first_seal(tube, every), False
    for event in told_of(tube, every):
        if event.place == person and event.kind == "swab":
            inside = True
        elif event.place == person and event.kind == "unswab":
            is_after = seal is not None and in_order(seal) < in_order(event)
            inside = inside and is_after and not event.said
    return inside


def state_of(tube, every):
    told = told_of(tube, every)
    if any(it.kind == "void_tube" for it in told):
        return "void"
    return "sealed" if first_seal(tube, every) else "open"


def box_of(tube, every):
    boxes = [it.box for it in told_of(tube, every) if it.box]
    return thing_of(boxes[-1], every, "box") if boxes else ""


def box_state(box, every):
    mine = {it.kind for it in every if it.box and thing_of(it.box, every, "box") == box}
    order = (("receive_box", "received"), ("hand_box", "carried"), ("seal_box", "sealed"))
    return next((state for kind, state in order if kind in mine), "open")


# ---- held to it ----


def folded(every):
    boxes, of_boxes = fold_boxes(every, area_of=AREAS)
    return fold_tubes(every, largest=LARGEST, box_of=of_boxes.first, area_of=AREAS)[0], boxes


@given(events())
def test_who_is_in_which_tube_is_as_the_definition_says(every):
    tubes, _ = folded(every)
    for tube, it in tubes.items():
        assert set(it.swabs) == {person for person in PEOPLE if is_in(tube, person, every)}


@given(events())
def test_every_tube_is_as_far_and_in_the_box_that_the_definition_says(every):
    tubes, _ = folded(every)
    assert {tube: (it.state, it.box) for tube, it in tubes.items()} == {
        tube: (state_of(tube, every), box_of(tube, every))
        for tube in {thing_of(it.tube, every, "tube") for it in every if it.tube}
    }


@given(events())
def test_every_box_is_as_far_as_the_definition_says(every):
    _, boxes = folded(every)
    assert {box: it.state for box, it in boxes.items()} == {
        box: box_state(box, every) for box in {thing_of(it.box, every, "box") for it in every if it.box}
    }


@given(events(), st.randoms())
def test_the_order_in_which_they_come_changes_nothing(every, dice):
    shuffled = [*every]
    dice.shuffle(shuffled)
    assert folded(shuffled) == folded(every)


@given(events(), st.randoms())
def test_nobody_who_was_swabbed_and_not_taken_out_is_lost(every, dice):
    tubes, _ = folded(every)
    taken_out = {it.place for it in every if it.kind == "unswab"}
    swabbed = {it.place for it in every if it.kind == "swab"}
    assert swabbed - taken_out <= {person for it in tubes.values() for person in it.swabs}


# ---- whose a thing is ----

CHANGING = frozenset({"unswab", "seal_tube", "box_tube", "rename_tube", "void_tube", "seal_box", "rename_box"})


def with_reach(every):
    """Each event is told by somebody of the site that it claims; one that claims none, by the planners."""
    return [it._replace(reach=AREAS.get(it.site, "")) for it in every]


def home(label, every, which):
    """The site of whoever filled what has this label first; where nobody did, of whoever told of it first."""
    began = ("open_tube", "swab") if which == "tube" else ("open_box", "seal_tube", "box_tube")
    told = sorted((it for it in every if getattr(it, which) == label and it.site), key=in_order)
    return next((it.site for it in told if it.kind in began), told[0].site if told else None)


def strangers_changes(every):
    """The events that would change a thing of another site, where no label was ever changed."""
    found = set()
    for it in every:
        which = "box" if it.kind.endswith("_box") else "tube"
        site = home(getattr(it, which), every, which)
        if it.kind in CHANGING and it.reach and site and AREAS[site] != it.reach:
            found.add(it.id)
    return found


without_renaming = events().map(lambda every: with_reach([it for it in every if not it.kind.startswith("rename")]))


@given(without_renaming)
def test_what_a_stranger_would_change_is_as_if_it_had_never_been_told(every):
    others = strangers_changes(every)
    tubes, boxes = folded(every)
    assert {it for thing in (*tubes.values(), *boxes.values()) for it in thing.not_theirs} == others
    left, left_boxes = folded([it for it in every if it.id not in others or it.kind in ("seal_tube", "box_tube")])
    for tube, it in left.items():
        assert (it.state, set(it.swabs), it.box) == (tubes[tube].state, set(tubes[tube].swabs), tubes[tube].box)
    assert {box: it.state for box, it in left_boxes.items()} == {box: boxes[box].state for box in left_boxes}


@given(events().map(with_reach), st.randoms())
def test_whose_a_thing_is_does_not_hang_on_the_order_in_which_events_come(every, dice):
    shuffled = [*every]
    dice.shuffle(shuffled)
    assert folded(shuffled) == folded(every)


swabs = st.lists(
    st.builds(
        InTube, at=st.integers(0, 300).map(lambda n: BEGAN + timedelta(minutes=n)), site=st.sampled_from(SITES),
        tube=st.sampled_from([UUID(int=n) for n in range(3)]), state=st.sampled_from(["open", "sealed", "void"]),
        box_state=st.sampled_from(["", "open", "sealed", "carried", "received"]),
    ),
    max_size=4, unique_by=lambda it: it.tube,
)  # fmt: skip


@given(swabs)
def test_somebody_with_a_swab_that_is_not_void_is_never_missing(mine):
    stage, _ = stage_of(mine, [])
    assert (stage == "due") == all(it.state == "void" for it in mine)


@given(swabs)
def test_within_an_hour_at_two_sites_is_found_between_any_two(mine):
    live = [it for it in mine if it.state != "void"]
    near = [
        (one, other)
        for one in live
        for other in live
        if one.tube != other.tube and one.site != other.site and abs(one.at - other.at) < timedelta(hours=1)
    ]
    assert (twice(mine) == "twice_in_an_hour") == bool(near)
