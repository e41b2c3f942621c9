"""A journey as a form: places with their days, rides; as many rows as somebody asks for, with scripts or without.

A place is typed the way people write it. Where that may be several counties one is chosen from a list; where there were
risk areas in that county on those days, which of them is asked, before anything is declared.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.core.risk_areas.finding import Found, find_counties
from fangxian.ops.arrivals.wire import Told, ToldLeg, ToldStay
from fangxian.ops.pages.words import both, in_words, said
from fangxian.ops.risk_areas.wire import the_nation, the_renamed

from .forms import ArrivalForm, LegForm, day

MOST_ROWS, ONE_DAY = 20, timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1900, 2200  # what lies outside is mistyped, and no risk area is looked for there
CHOOSE = both("请选择", "Choose")
SOME, NONE, UNKNOWN = "some", "none", "unknown"
MORE_STAYS, MORE_LEGS = "more-stay", "more-leg"
Listed = Callable[[str, date, date], Sequence[tuple[str, str]]]  # county, first day, first day after → (id, words)
BESIDE_ARRIVAL = {"arrivals.too_early", "arrivals.long_past"}


class Ticked(forms.MultipleChoiceField):
    """What may be ticked is known only once the place is, so it is looked at then."""

    def valid_value(self, value: str) -> bool:
        return True


class StayForm(forms.Form):
    """One place with its days, both included, and which of its risk areas somebody was in."""

    place = forms.CharField(
        label=both("到过的县（市、区）", "County or city district"),
        help_text=both(
            "如 太原小店、上海浦东；旧名字也可以。", "In Chinese, such as 太原小店; old names count as well."
        ),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": both("还没有写地方。", "No place was given.")},
    )
    chosen = forms.ChoiceField(label=both("是哪一个", "Which one"), required=False)
    begins_on = day("从哪天", "From", hint=("到的那天也算。", "The day you came counts."))
    last_on = day("到哪天", "Until", required=False, hint=("一直待到动身就不写。", "Empty if until you left for here."))
    asked_for = forms.CharField(required=False, widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=both("那几天去过这些风险地区吗", "Were you in one of these risk areas in those days"),
        choices=(
            (SOME, both("去过，在下面勾出来", "Yes: tick them below")),
            (NONE, both("都没去过", "In none of them")),
            (UNKNOWN, both("不清楚", "I do not know")),
        ),
        required=False,
        widget=forms.RadioSelect,
    )
    areas = Ticked(
        label=both("去过的风险地区", "Risk areas you were in"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, arrives_on: date | None, listed: Listed, **kwargs):
        super().__init__(*args, **kwargs)
        self._arrives_on, self._listed = arrives_on, listed
        self.found: list[Found] = self._find() if self.is_bound else []
        self.fields["chosen"].choices = [("", CHOOSE), *((it.code, _called(it)) for it in self.found)]
        self.asks, self.told = False, None
        self.areas_there: Sequence[tuple[str, str]] = ()

    @property
    def has_choice(self) -> bool:
        return len(self.found) > 1

    def _find(self) -> list[Found]:
        return find_counties(the_nation(), the_renamed(), str(self.data.get(self.add_prefix("place"), ""))[:40])

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if not self.has_changed() or not told.get("place") or not told.get("begins_on"):
            return told
        code = self._code(told)
        last_on = told.get("last_on") or self._arrives_on
        if not code or last_on is None or self.errors:
            return told
        for name, on in (("begins_on", told["begins_on"]), ("last_on", last_on)):
            if not FIRST_YEAR <= on.year <= LAST_YEAR:
                self.add_error(name, said("年份不对，请核对。", "The year cannot be right: check it."))
                return told
        ends_on = last_on + ONE_DAY
        self.areas_there = self._listed(code, told["begins_on"], ends_on) if ends_on > told["begins_on"] else ()
        self.fields["areas"].choices = self.areas_there
        self.told = self._told(told, code, ends_on)
        return told

    def _code(self, told: dict[str, Any]) -> str:
        if not self.found:
            self.add_error("place", said("没有找到这个县（市、区），请写全一点，如 山西太原小店。",
                                         "No such county was found: write more, such as 山西太原小店."))  # fmt: skip
            return ""
        codes = [it.code for it in self.found]
        if len(codes) == 1:
            return codes[0]
        if told.get("chosen") in codes:
            return told["chosen"]
        self.add_error("chosen", said(f"有 {len(codes)} 个，请选一个。", f"There are {len(codes)}: choose one."))
        return ""

    def _told(self, told: dict[str, Any], code: str, ends_on: date) -> ToldStay:
        asked_for = f"{code} {told['begins_on']} {ends_on}"
        ids = {id_ for id_, _ in self.areas_there}
        areas = frozenset(told.get("areas", ())) & ids
        answer = told.get("answer", "") if told.get("asked_for") == asked_for else ""
        if self.areas_there and answer == SOME and not areas:
            self.add_error("areas", said("还没有勾选是哪几个。", "None of them is ticked."))
        self.asks = bool(self.areas_there) and not answer
        self._ask(asked_for)
        return ToldStay(
            division=code, begins_on=told["begins_on"], ends_on=ends_on,
            risk_areas=areas if answer == SOME else frozenset(),
            areas_known=not self.areas_there or answer in (SOME, NONE),
        )  # fmt: skip

    def _ask(self, asked_for: str) -> None:
        """What the form shows is asked of this place and these days; an answer about others is forgotten."""
        self.data = self.data.copy()
        self.data[self.add_prefix("asked_for")] = asked_for
        if self.asks:
            self.data.pop(self.add_prefix("answer"), None)
            self.data.pop(self.add_prefix("areas"), None)


@dataclass(slots=True)
class Journey:
    """The forms of one declaration together."""

    main: ArrivalForm
    stays: list[StayForm]
    legs: list[LegForm]

    @classmethod
    def begun(cls, at: datetime, *, phone: str, listed: Listed, origin: str = "") -> "Journey":
        """An empty form; `origin` is the county they came from, where that was said already."""
        initial = {"place": the_nation().path(origin)} if origin else {}
        return cls(ArrivalForm.begun(at, phone), [_stay(0, listed=listed, initial=initial)], [_leg(0)])

    @classmethod
    def of(cls, told: Told, *, listed: Listed) -> "Journey":
        """What was declared, to be corrected."""
        main = ArrivalForm(
            initial={"arrives_at": localtime(told.arrives_at), "stays_at": told.stays_at, "phone": told.phone}
        )
        stays = [_stay(n, listed=listed, initial=_stay_said(it, told)) for n, it in enumerate(told.stays)]
        legs = [_leg(n, initial=_leg_said(it)) for n, it in enumerate(told.legs)]
        return cls(main, stays, legs or [_leg(0)])

    @classmethod
    def sent(cls, data: QueryDict, *, listed: Listed) -> "Journey":
        main = ArrivalForm(data)
        main.is_valid()
        arrives_at = main.cleaned_data.get("arrives_at")
        on = localtime(arrives_at).date() if arrives_at else None
        stays = [_stay(n, data, listed=listed, arrives_on=on) for n in range(_n(data, "n_stays"))]
        legs = [_leg(n, data) for n in range(_n(data, "n_legs"))]
        if MORE_STAYS in data and len(stays) < MOST_ROWS:
            stays.append(_stay(len(stays), listed=listed))
        if MORE_LEGS in data and len(legs) < MOST_ROWS:
            legs.append(_leg(len(legs)))
        return cls(main, stays, legs)

    def is_valid(self) -> bool:
        faults = [form.errors for form in (self.main, *self.stays, *self.legs)]  # each says what is wrong
        return not any(faults)

    @property
    def asks(self) -> bool:
        """Whether something has to be asked first: which risk areas somebody was in."""
        return any(it.asks for it in self.stays)

    @property
    def told(self) -> Told:
        main = self.main.cleaned_data
        return Told(
            arrives_at=main["arrives_at"],
            stays_at=main["stays_at"].strip(),
            phone=main["phone"].strip(),
            stays=tuple(it.told for it in self.stays if it.told is not None),
            legs=tuple(
                ToldLeg(**{**it.cleaned_data, "vehicle": it.cleaned_data["vehicle"].strip()})
                for it in self.legs
                if it.has_changed()
            ),
        )

    def say(self, refusal: Refusal) -> None:
        if refusal.code == "arrivals.cancelled_already":  # sent once more on purpose, it is another declaration
            self.main.data = self.main.data.copy()
            self.main.data["token"] = str(uuid4())
        self.main.add_error("arrives_at" if refusal.code in BESIDE_ARRIVAL else None, in_words(refusal.said))


def asks_for_a_row(data: QueryDict) -> bool:
    """Whether a form was sent for another row of places or rides, and nothing is declared yet."""
    return MORE_STAYS in data or MORE_LEGS in data


def _n(data: QueryDict, name: str) -> int:
    asked = data.get(name, "")
    return max(1, min(MOST_ROWS, int(asked))) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 1


def _stay(n: int, data: QueryDict | None = None, *, listed: Listed, arrives_on: date | None = None, **more) -> StayForm:
    return StayForm(
        data, prefix=f"stay-{n}", empty_permitted=n > 0, use_required_attribute=n == 0, arrives_on=arrives_on,
        listed=listed, **more,
    )  # fmt: skip


def _leg(n: int, data: QueryDict | None = None, **more) -> LegForm:
    return LegForm(data, prefix=f"leg-{n}", empty_permitted=True, use_required_attribute=False, **more)


def _called(found: Found) -> str:
    path = the_nation().path(found.code)
    return said(f"{path}（原{found.as_before}）", f"{path} (was {found.as_before})") if found.as_before else path


def _stay_said(stay: ToldStay, told: Told) -> dict[str, Any]:
    answer = SOME if stay.risk_areas else NONE if stay.areas_known else UNKNOWN
    return {
        "place": the_nation().path(stay.division), "begins_on": stay.begins_on, "last_on": stay.ends_on - ONE_DAY,
        "answer": answer, "areas": sorted(stay.risk_areas),
        "asked_for": f"{stay.division} {stay.begins_on} {stay.ends_on}",
    }  # fmt: skip


def _leg_said(leg: ToldLeg) -> dict[str, Any]:
    return {
        "transport": leg.transport, "vehicle": leg.vehicle, "seat": leg.seat,
        "begins_at": localtime(leg.begins_at), "ends_at": localtime(leg.ends_at),
    }  # fmt: skip
