"""The rail: the console's rooms in the order a day needs them. A page adds itself here, once."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.without_codes import uses_codes


def address_of(route: str, *arguments: object) -> str:
    """The address of a route; "" while this install has no such page."""
    try:
        return reverse(route, args=arguments)
    except NoReverseMatch:
        return ""


def addresses_of(route: str) -> Callable[[UUID], str]:
    """Of the rows of a list each one's own page: the route is looked up once for all of them."""
    before, after = reverse(route, args=[_NOBODY]).split(str(_NOBODY))
    return lambda pk: f"{before}{pk}{after}"


_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail: the name of its route, what it is called, and who sees it.

    permission : shown to accounts that have it somewhere, or one of several; "" for everybody
    of_county : only to those who have it over the whole county
    of_area : only to those who have it over an area, not over a venue or their own records
    below_county : only to those who do not have it over the whole county, for whom another entry leads here
    without_codes : what it is called where no disease with a rulebook has a code; None where that changes nothing
    """

    route: str
    label: Said
    permission: str = ""
    of_county: bool = False
    of_area: bool = False
    below_county: bool = False
    without_codes: Said | None = None

    @property
    def href(self) -> str | None:
        """Its address, or None while this install has no such room."""
        return address_of(self.route) or None


RAIL: tuple[tuple[Said, tuple[Place, ...]], ...] = (
    (
        Said("县情", "The county"),
        (
            Place("my-tasks", Said("我的任务", "My tasks"), "tasks.do"),
            Place("situation", Said("实时态势", "Situation"), "situation.view", of_county=True),
            Place("county", Said("全县", "County"), "area.view", of_county=True),
            Place("people", Said("居民", "Residents"), "people.view"),
            Place("venues", Said("场所", "Venues"), "venues.view"),
            Place("priority", Said("重点人员检测", "Priority people"), "households.view", of_area=True),
            Place("hygiene", Said("重点场所、环节", "Priority places"), "venues.view lab.report"),
            Place("returnees", Said("返乡人员", "Returnees"), "movement.review"),
            Place(
                "rounds",
                Said("核酸筛查", "Screening"),
                "screening.plan screening.sample transport.carry lab.report situation.view supplies.keep "
                "households.view",
                of_area=True,
            ),
            Place("round-plan", Said("筛查预案", "Plan a round"), "screening.plan"),
            Place("rounds-kits", Said("筛查物资", "Kits"), "supplies.keep"),
            Place("vaccination", Said("接种", "Vaccination"), "people.view", of_area=True),
            Place("enquiries", Said("要核实的人", "Whom to ask"), "movement.review", below_county=True),
            Place("grids", Said("网格", "Grid cells"), "area.view", of_area=True),
            Place("area-report", Said("网格日报告", "The grids' day"), "movement.review"),
            Place("sheets", Said("报表模板", "Sheets"), "movement.review cases.view"),
            Place("enquiries-county", Said("核实进度", "Enquiries"), "situation.view movement.review", of_county=True),
            Place("comparisons", Said("三比对", "Three comparisons"), "movement.review"),
            Place("appeals", Said("申诉", "Appeals"), "evidence.record"),
            Place("fevers", Said("发热门诊", "Fever clinic"), "clinics.report"),
            Place("laboratory", Said("实验室", "Laboratory"), "lab.report"),
            Place("laboratories", Said("各实验室", "Laboratories"), "screening.plan"),
            Place("results", Said("报检测结果", "Report a result"), "lab.report"),
            Place("laboratory-withdraw", Said("撤回检测结果", "Withdraw a result"), "lab.withdraw"),
            Place("posts", Said("值守点", "Posts"), "doors.scan venues.view"),
            Place("door", Said("门口查验", "At the door"), "doors.scan"),
            Place("field", Said("外勤应用", "Field app"), "tasks.do doors.scan"),
            Place("departures", Said("离境申请", "Departures"), "movement.review"),
            Place("departure-exit", Said("离境登记", "The way out"), "doors.scan"),
            Place("arrivals", Said("来返申报", "Arrivals"), "movement.review"),
            Place("my-code", Said("我的码", "My code"), "movement.declare", without_codes=Said("我的", "Mine")),
            Place("my-arrivals", Said("我的来返申报", "My arrivals"), "movement.declare"),
            Place("my-venues", Said("我的场所", "My venues"), "venues.apply"),
        ),
    ),
    (
        Said("流调溯源", "Investigation"),
        (
            Place("cases", Said("病例", "Cases"), "cases.view"),
            Place("case-reports", Said("报告卡", "Report cards"), "cases.report"),
            Place("tracing", Said("流调调度", "Tracing"), "cases.view", of_county=True),
            Place("contacts", Said("接触者", "Contacts"), "cases.view"),
            Place("contacts-today", Said("今天的随访", "Follow-ups"), "contacts.follow"),
            Place("transmission", Said("传播链", "Transmission"), "cases.view"),
            Place("sources", Said("溯源", "Sources"), "cases.view"),
            Place("parcels", Said("快递追查", "Parcels"), "parcels.trace"),
            Place("ride-lists", Said("同乘名单", "Passenger lists"), "contacts.exchange"),
            Place("handover", Said("移交", "Hand-over"), "contacts.exchange"),
            Place("imports", Said("导入导出", "Import, export"), "contacts.exchange"),
        ),
    ),
    (
        Said("规则与记录", "Rules and record"),
        (
            Place("approvals", Said("审批", "Approvals"), "approvals.decide approvals.propose"),
            Place("orders", Said("措施命令", "Orders"), "measures.view", of_area=True),
            Place("risk-areas", Said("风险地区", "Risk areas"), "rulebook.view"),
            Place("rulebook", Said("现行规则", "Rulebook in force"), "rulebook.view"),
            Place("audit", Said("审计记录", "Audit trail"), "audit.view"),
        ),
    ),
    (
        Said("系统", "System"),
        (
            Place("accounts", Said("账号与任命", "Accounts"), "accounts.view"),
            Place("field-devices", Said("外勤手机", "Phones in the field"), "tasks.do doors.scan accounts.open"),
            Place("design", Said("设计", "Design")),
        ),
    ),
)


# What a task or a line of a board is about → the route of its page.
PAGES_OF = {
    "case": "case",
    "contact": "contact",
    "person": "person",
    "household": "household",
    "post": "post",
    "hygiene": "hygiene-place",
    "emergency": "post-emergency",
    "arrival": "arrival",
    "proposal": "arrival-proposal",
    "package": "handover-package",
    "departure": "departure",
    "comparison": "comparison",
    "boxes": "round-boxes",
    "kits": "round-kits",
    "venue": "venue",
}


def page_of(subject: str) -> str:
    """The address of what a subject ("kind:<id>") names; "" where this install has no page for it."""
    kind, _, name = subject.partition(":")
    return address_of(PAGES_OF[kind], name) if kind in PAGES_OF else ""


def _is_for(place: Place, account: Account | None) -> bool:
    area_path = the_realm().division_code if place.of_county else None
    if place.below_county and any(may(account, it, the_realm().division_code) for it in place.permission.split()):
        return False
    if place.of_area:
        return account is not None and any(areas_of(account, it) for it in place.permission.split())
    return not place.permission or any(may(account, it, area_path) for it in place.permission.split())


def _called(place: Place) -> Said:
    return place.label if place.without_codes is None or uses_codes(county_now()) else place.without_codes


def rail(path: str, account: Account | None) -> list[dict]:
    """The groups with what the account may see, the one that holds `path` marked (the longest that begins it).

    None while the account must first change its password: every entry would lead back to that form.
    """
    if getattr(account, "must_change_password", False):
        return []
    groups = [
        (title, [(place, href) for place in places if _is_for(place, account) and (href := place.href) is not None])
        for title, places in RAIL
    ]
    inside = [h for _, entries in groups for _, h in entries if path == h or path.startswith(h.rstrip("/") + "/")]
    here = max(inside, key=len, default=None)
    return [
        {"title": title, "places": [{"label": _called(p), "href": h, "here": h == here} for p, h in entries]}
        for title, entries in groups
        if entries
    ]
