"""Taking one list after another gives what looking at each area by itself gives."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.risk_areas.listing import Area, Level, Listing
from fangxian.core.risk_areas.spans import spans_of

NOON = datetime(2022, 11, 20, 4, tzinfo=UTC)
AREAS = [Area("山西省", "临汾市", "浮山县", place) for place in "甲乙丙"] + [Area("吉林省", "长春市", "宽城区", "丁")]


@st.composite
def listings(draw):
    hours = draw(st.lists(st.integers(0, 60), unique=True, max_size=12))
    made = []
    for hour in hours:
        covers = draw(st.sampled_from(["", "山西省"]))
        among = [area for area in AREAS if not covers or area.province == covers]
        level_of = draw(st.dictionaries(st.sampled_from(among), st.sampled_from(list(Level)), max_size=4))
        made.append(Listing(NOON + timedelta(hours=hour), level_of, {}, {}, covers))
    return made


def plain(area, lists, ends_after):
    """The spans of one area: what each list that looks at it says, in order; gaps shorter than asked for are none."""
    said = [(it.as_of, it.level_of.get(area)) for it in sorted(lists, key=lambda it: it.as_of) if it.looks_at(area)]
    spans = []
    for k, (at, level) in enumerate(said):
        if level is None:
            continue
        gap = next((n for n in range(1, k + 1) if said[k - n][1] is not None), None)
        goes_on = gap is not None and gap - 1 < ends_after and said[k - gap][1] == level
        if goes_on:
            continue
        ends = None
        for j in range(k + 1, len(said)):
            if said[j][1] not in (None, level):
                first_gap = next((i for i in range(k + 1, j) if _ends_at(said, i, ends_after)), None)
                ends = said[first_gap][0] if first_gap is not None else said[j][0]
                break
            if _ends_at(said, j, ends_after):
                ends = said[j][0]
                break
        spans.append((at, level, ends))
    return spans


def _ends_at(said, j, ends_after):
    run = [level for _, level in said[j : j + ends_after]]
    return len(run) == ends_after and not any(run)


@given(listings(), st.integers(1, 3))
def test_the_history_is_that_of_each_area_by_itself(lists, ends_after):
    found = spans_of(lists, ends_after=ends_after)
    for area in AREAS:
        told = [(span.begins_at, span.level, span.ends_at) for span in found if span.area == area]
        assert told == plain(area, lists, ends_after)


@given(listings())
def test_what_is_open_and_left_out_says_since_when(lists):
    for span in spans_of(lists):
        assert (span.missing_since is None) == (span.n_missing == 0)
        assert span.ends_at is None or span.missing_since is None
