"""What contacts' pages lay out: the line list, the evidence, the states, the follow-ups, the figures."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache, partial
from uuid import UUID

from django.urls import reverse

from fangxian.core.policy.occupations import OCCUPATIONS
from fangxian.core.policy.vocabulary import Presence
from fangxian.core.refusal import Said
from fangxian.ops.cases.queries import CONFIRMED
from fangxian.ops.contacts.counting import NOT_STATED, DayCount, Scheme
from fangxian.ops.contacts.days import DayByArea
from fangxian.ops.contacts.quality import rules_broken
from fangxian.ops.contacts.wire import Mode, State, Why, who_of
from fangxian.ops.contacts.words import BELONGS, FOLLOW_UP_STATES, FOUND, FOUND_BY, MODES, STATES, SYMPTOMS, said_of
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import in_words, joined, masked
from fangxian.ops.situation.contact_lists import Around, ContactPage

NOBODY = Said("没有符合条件的接触者。", "No contact is like this.")
NONE_YET = Said("还没有接触者。", "There are no contacts yet.")
PRESENCES = {
    Presence.NONE: Said("无到场佐证", "presence not shown"),
    Presence.STAFFED: Said("值守员查验", "checked by a keeper"),
    Presence.ROTATING: Said("动态场所码", "changing venue code"),
    Presence.LOCATED: Said("手机定位相符", "phone's position agrees"),
}
# What evidence stands on that comes from no scan: there is nobody's presence at a door to be shown.
STANDS_ON = {
    "household": Said("户口登记", "the household register"),
    "class": Said("班级名册", "the class list"),
    "workplace": Said("单位名册", "the staff list"),
    "ward": Said("病区登记", "the ward's list"),
    "vehicle": Said("乘车登记", "the record of the ride"),
    "parcel": Said("运单", "the waybill"),
    "interview": Said("当事人的讲述", "what was told"),
    "declaration": Said("本人申报", "the person's own word"),
    "police": Said("公安反馈", "the word of the police"),
    "pushed": Said("外地的名单", "another place's list"),
    "line-list": Said("导入的名单", "the list that came"),
    "other": Said("流调人员所记", "what the investigator noted"),
}


def contacts_table(page: ContactPage, *, paging: Paging, sort: str, ticked: Collection[str], may_decide: bool) -> Table:
    """The line list. Names are masked: a contact's own page shows them, and says who looked."""
    named = page.around
    # Many rows lie in one place, are of one ring and lack the same: each is put into words once.
    ring, place, faults = cache(named.ring), cache(partial(_where, named)), cache(_faults)

    def where(it) -> Said | None:
        return place(it.belongs, it.destination, it.area_path)

    columns = (
        Column("name", Said("姓名", "Name"), kind="masked", read=lambda it: it.name),
        Column("ring", Said("圈层", "Ring"), kind="tag", read=lambda it: ring(it.disease, it.ring)),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: _state(it, named)),
        Column("case", Said("关联病例", "Case"), read=lambda it: _whose(it, named)),
        Column("area", Said("镇街 · 村社区", "Where"), read=where, sort="area"),
        Column(
            "last", Said("最后接触", "Last contact"), kind="date", read=lambda it: it.last_exposure_at, sort="-last"
        ),
        Column("minutes", Said("分钟", "Minutes"), kind="number", read=lambda it: it.minutes or None),
        Column("weight", Said("暴露权重", "Weight"), kind="number", read=_weight, sort="-weight"),
        Column("mode", Said("观察方式", "Observed"), read=lambda it: said_of(MODES, it.mode) if it.mode else None),
        Column("release", Said("应解除", "Last day"), kind="date", read=lambda it: it.release_on, sort="release"),
        Column("team", Said("小组", "Team"), kind="number", read=lambda it: _team(it, named)),
        Column("faults", Said("质控", "Quality"), read=lambda it: faults(it.faults), wide=True),
    )
    href = addresses_of("contact")
    return Table(
        caption=Said("接触者名单", "Contact line list"),
        columns=columns,
        rows=page.rows,
        href=lambda it: href(it.pk),
        paging=paging,
        sorted_by=sort,
        empty=NOBODY if paging.query else NONE_YET,
        empty_next=Said("看全部接触者", "See all contacts") if paging.query else None,
        empty_href=reverse("contacts") if paging.query else "",
        choose="contact" if may_decide else "",
        key=lambda it: str(it.pk),
        is_chosen=lambda it: str(it.pk) in ticked,
    )


def _state(it, named: Around) -> Said:
    """The state; of whoever became a case before anybody decided on them that too, so that no-one misses it."""
    state = said_of(STATES, it.state)
    return joined([state, own_case_said(case)], " · ", " · ") if (case := named.own_case(it)) else state


def own_case_said(case) -> Said:
    """That a contact has a case of their own, confirmed or not yet."""
    if case.state in CONFIRMED:
        return Said(f"本人已是病例 {case.number}", f"is case {case.number} by now")
    return Said(f"本人已报为病例 {case.number}，待确认", f"is on record as case {case.number}, not confirmed yet")


def _whose(it, named: Around) -> Said | str | None:
    """The case, and of a contact of a contact the one between, masked."""
    number = named.numbers.get(it.case_id)
    if not (name := named.through.get(it.via)):
        return number
    through = masked(name, "name")
    return Said(f"{number or '—'} · 经 {through}", f"{number or '—'} · via {through}")


def _weight(it) -> float | None:
    return round(it.weight, 1) if it.weight else None


def _team(it, named: Around) -> int | None:
    team = named.teams.get(it.team)
    return team.number if team else None


def _where(named: Around, belongs: str, destination: str, area_path: str) -> Said | None:
    if belongs != "here":
        return Said(f"{BELONGS[belongs].zh} {destination}", f"{BELONGS[belongs].en} {destination}")
    places = [place_name(place) for place in (named.township(area_path), named.unit(area_path)) if place]
    return joined(places, " · ", " · ") if places else None


def _faults(faults: int) -> Said | None:
    return joined([rule.said for rule in rules_broken(faults)], "；", "; ") if faults else None


# What a place is called that has no name of its own.
PLACES_UNNAMED = {"household": Said("家里", "at home")}


def why_table(why: Sequence[Why]) -> Table:
    columns = (
        Column("place", Said("地点", "Place"), read=lambda it: it.place_name or PLACES_UNNAMED.get(it.kind)),
        Column("kind", Said("怎么知道的", "Known by"), read=lambda it: said_of(FOUND_BY, it.kind)),
        Column("begins_at", Said("何时", "When"), kind="time", read=lambda it: it.begins_at),
        Column("minutes", Said("共处（分钟）", "Minutes together"), kind="number", read=lambda it: it.minutes or None),
        Column("presence", Said("到场佐证", "Presence"), read=_presence, wide=True),
        Column("words", Said("说明", "Notes"), read=lambda it: it.words or None, wide=True),
    )
    return Table(
        caption=Said("为什么是接触者", "Why this is a contact"),
        columns=columns,
        rows=why,
        empty=Said("没有写明依据。", "No evidence is written down."),
        empty_next=Said(
            "名单里没有带来地点和时间；请询问本人后补上。", "The list gave no place or time: ask the person."
        ),
    )


def _presence(it: Why) -> Said:
    if it.presence is None and (stands_on := STANDS_ON.get(it.kind)):
        return Said(f"凭{stands_on.zh}", f"by {stands_on.en}")
    return PRESENCES[it.presence or Presence.NONE]


def changes_table(changes: Sequence, who: Mapping[str, str], named: Around, disease: str) -> Table:
    columns = (
        Column("at", Said("何时", "When"), kind="time"),
        Column("after", Said("状态", "State"), kind="tag", read=lambda it: in_words(said_of(STATES, it.after))),
        Column("ring", Said("圈层", "Ring"), read=lambda it: named.ring(disease, it.ring)),
        Column("reason", Said("理由", "Reason"), read=lambda it: it.reason or None, wide=True),
        Column("by", Said("谁", "By"), read=lambda it: who.get(it.by, "")),
    )
    return Table(
        caption=Said("状态经过", "How it went"),
        columns=columns,
        rows=changes,
        empty=Said("还没有人判定。", "Nobody has decided yet."),
    )


def follow_ups_table(rows: Sequence) -> Table:
    columns = (
        Column("on", Said("日期", "Day"), kind="date"),
        Column("state", Said("随访", "Follow-up"), read=lambda it: said_of(FOLLOW_UP_STATES, it.state)),
        Column("found", Said("见到了吗", "Found"), read=lambda it: said_of(FOUND, it.found) if it.found else None),
        Column("temperature_c", Said("体温（℃）", "°C"), kind="number", read=lambda it: it.temperature_c),
        Column("symptoms", Said("不适", "Symptoms"), read=_symptoms),
        Column("note", Said("备注", "Note"), read=lambda it: it.note or None, wide=True),
        Column("done_at", Said("何时记的", "Recorded"), kind="time"),
    )
    return Table(
        caption=Said("每日随访", "Daily follow-up"),
        columns=columns,
        rows=rows,
        empty=Said("还没有随访。", "There is no follow-up yet."),
        empty_next=Said("判定之后，每天会有一次。", "Once confirmed, there is one each day."),
    )


def _symptoms(it) -> Said | None:
    if it.symptoms:
        return joined([said_of(SYMPTOMS, key) for key in it.symptoms])
    return Said("无", "none") if it.state == "done" and it.found != "not_found" else None


def through_table(rows: Sequence, named: Around) -> Table:
    """Those who are contacts of a contact, masked: whoever reads this reads that contact's page."""
    columns = (
        Column("name", Said("姓名", "Name"), kind="masked", read=lambda it: who_of(it, it.file).name),
        Column("ring", Said("圈层", "Ring"), read=lambda it: named.ring(it.disease, it.ring)),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: in_words(said_of(STATES, it.state))),
        Column("last", Said("最后接触", "Last contact"), kind="date", read=lambda it: it.last_exposure_at),
        Column("found", Said("怎么知道的", "Known by"), read=lambda it: said_of(FOUND_BY, it.found_by)),
    )
    return Table(
        caption=Said("密接的密接", "Contacts of this contact"),
        columns=columns,
        rows=rows,
        href=lambda it: reverse("contact", args=[it.pk]),
    )


def others_table(rows: Sequence, named: Around) -> Table:
    """The same person as a contact of other cases."""
    columns = (
        Column("case", Said("关联病例", "Case"), read=lambda it: named.numbers.get(it.case_id)),
        Column("ring", Said("圈层", "Ring"), read=lambda it: named.ring(it.disease, it.ring)),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: in_words(said_of(STATES, it.state))),
        Column("last", Said("最后接触", "Last contact"), kind="date", read=lambda it: it.last_exposure_at),
    )
    return Table(
        caption=Said("另外的接触", "Further contacts"),
        columns=columns,
        rows=rows,
        href=lambda it: reverse("contact", args=[it.pk]),
    )


def areas_table(rows: Sequence[DayByArea], places: Mapping[str, object], digits: int) -> Table:
    def name(it: DayByArea) -> Said:
        place = places.get(it.area_path)
        return place_name(place) if place else Said(it.area_path, it.area_path)

    n = {field: sum(getattr(it, field) for it in rows) for field in DayByArea.__slots__ if field.startswith("n_")}
    columns = (
        Column("area_path", Said("地区", "Area"), read=name),
        Column("n_due", Said("待随访", "Due"), kind="number", total=n["n_due"]),
        Column("n_late", Said("其中逾期", "Of these late"), kind="number", total=n["n_late"]),
        Column("n_done", Said("已随访", "Done"), kind="number", total=n["n_done"]),
        Column("n_symptomatic", Said("有症状", "With symptoms"), kind="number", total=n["n_symptomatic"]),
        Column("n_not_found", Said("没找到", "Not found"), kind="number", total=n["n_not_found"]),
    )
    deeper = digits < 15
    return Table(
        caption=Said("今天的随访，按地区", "Today's follow-ups by area"),
        columns=columns,
        rows=rows,
        href=(lambda it: f"?area={it.area_path}") if deeper else None,
        empty=Said("今天没有要随访的人。", "Nobody is to be followed up today."),
    )


def days_table(days: Sequence[DayCount]) -> Table:
    states = (State.CONFIRMED, State.TRACED, State.IN_QUARANTINE, State.RELEASED, State.BECAME_CASE, State.HANDED_OVER)
    new = {
        State.CONFIRMED: Said("新判定", "Confirmed"),
        State.TRACED: Said("新落地", "Traced"),
        State.IN_QUARANTINE: Said("新入观察", "Placed"),
        State.RELEASED: Said("新解除", "Released"),
        State.BECAME_CASE: Said("新转病例", "Became cases"),
        State.HANDED_OVER: Said("新推送", "Handed over"),
    }
    columns = [Column("on", Said("日期", "Day"), kind="date")]
    columns += [Column(state, new[state], kind="number", read=lambda it, state=state: it.n[state]) for state in states]
    return Table(caption=Said("每日变化", "Day by day"), columns=columns, rows=days)


def own_lines(it: Scheme) -> list[tuple[Said, int, Said | None, str]]:
    """(what, how many, a remark, the address of the rows) of 我区主动甄别."""
    lines = []
    for place, pushed in it.pushed.items():
        name = BELONGS[place]
        remark = Said(
            f"已推送 {pushed.n_done}，待推送 {pushed.n_waiting}",
            f"{pushed.n_done} handed over, {pushed.n_waiting} not yet",
        )
        lines.append(
            (
                Said(f"推送{name.zh}", f"pushed to {name.en}"),
                pushed.n,
                remark,
                f"?state=decided&origin=own&belongs={place}",
            )
        )
    return [*lines, (BELONGS["here"], it.n_own_here, None, "?state=decided&origin=own&belongs=here")]


def managed_lines(it: Scheme) -> list[tuple[Said, int, str]]:
    """(how observed, how many, the address of the rows) of 在管."""
    words = dict(MODES) | {NOT_STATED: Said("未填观察方式", "not stated")}
    shown = [
        mode
        for mode in words
        if it.managed[mode] or mode in (Mode.CENTRAL, Mode.AWAITING_TRANSFER, Mode.HOME, Mode.HOSPITAL)
    ]
    return [(words[mode], it.managed[mode], f"?state=managed&belongs=here&mode={mode}") for mode in shown]


def occupation_said(key: str) -> Said | None:
    """What the card's list calls an occupation; what somebody wrote as it stands."""
    if key in OCCUPATIONS:
        return OCCUPATIONS[key].name
    return Said(key, key) if key else None


def ids_of(texts: Sequence[str]) -> list[UUID]:
    """The ids somebody ticked; what is none is left out."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
