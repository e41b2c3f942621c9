"""The design page: every token and component, in light and in dark, in Chinese and in English.

Everything shown is invented for the page: places are called 甲镇, 乙镇 …, and there are no people.
"""

from datetime import UTC, datetime, timedelta

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template, render_to_string

from fangxian.core.refusal import Said
from fangxian.ops.pages.parts import HEALTH_CODES, OUTCOMES, Event, Need
from fangxian.ops.pages.pictures import Bar, BarChart
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import both

AT = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
COLOURS = (
    (Said("纸与墨", "Paper and ink"), ("paper", "sheet", "sunk", "line", "line-strong", "ink-soft", "ink")),
    (
        Said("唯一的强调色：靛青", "The one accent: indigo"),
        ("accent-soft", "share-1", "share-2", "share-3", "share-4", "accent", "accent-deep", "on-accent"),
    ),
    (Said("镜头所见，日夜不变", "What cameras see, by day and by night"), ("code-paper", "on-code-paper", "lens")),
    (
        Said("只属于健康码和警报", "For health codes and alarms only"),
        tuple(name.format(c) for c in HEALTH_CODES for name in ("{}", "on-{}", "{}-wash", "{}-ink")),
    ),
)
SPACES = ("s1", "s2", "s3", "s4", "s5", "s6", "s8", "s10", "s12", "s16")
SPECIMENS = {
    "tokens": Said("色、字、距", "Colour, type, space"),
    "head": Said("页首", "The head of a page"),
    "figures": Said("数字", "Figures"),
    "needs": Said("待办", "What needs a hand"),
    "table": Said("表格", "Tables"),
    "form": Said("表单", "Forms"),
    "buttons": Said("按钮", "Buttons"),
    "marks": Said("健康码与标签", "Health codes and tags"),
    "notices": Said("提示", "Notices"),
    "states": Said("进度与空、断、错", "Progress; empty, failed, offline"),
    "facts": Said("档案与经过", "Facts and a timeline"),
    "map": Said("示意地图", "The schematic map"),
    "bars": Said("柱图", "Bars"),
    "answers": Said("门口的回答", "The answer at a door"),
    "shells": Said("外壳、开关、打印", "Shells, switches, print"),
}
TOWNS = (
    ("甲镇", "Jia Town", 12_804, 12_655, 38, 0, "green"),
    ("乙镇", "Yi Town", 9_310, 9_310, 27, 0, "green"),
    ("丙镇", "Bing Town", 7_452, 6_980, 21, 3, "yellow"),
    ("丁乡", "Ding Township", 4_118, 4_002, 14, None, "unknown"),
    ("戊乡", "Wu Township", 1_204, 871, 9, 12, "red"),
)
REASONS = {
    "admit": (
        Said("绿码，48 小时内核酸阴性", "Green code, negative test within 48 hours"),
        Said("请进。", "Please come in."),
    ),
    "verify": (
        Said("核酸结果已超过 48 小时", "The last test is more than 48 hours old"),
        Said("请到右侧登记台出示纸质报告。", "Please show a printed report at the desk on the right."),
    ),
    "refuse": (
        Said("红码", "Red code"),
        Said(
            "请戴好口罩，留在原地，工作人员会带您走单独通道。",
            "Please keep your mask on and stay here; somebody will take you through the separate way.",
        ),
    ),
    "unknown": (
        Said("查不到这张码", "This code is not known"),
        Said("请改用身份证登记。", "Please register with an identity card instead."),
    ),
}


class SpecimenForm(forms.Form):
    site = forms.CharField(label=both("采样点名称", "Name of the site"), max_length=40)
    people = forms.IntegerField(
        label=both("可容纳人数", "People it holds"),
        # Not a number field: browsers drop what is not a number, and what was typed must stay.
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=both("按每人 2 平方米计。", "At 2 square metres a person."),
        error_messages={
            "invalid": both(
                "填的不是数字。请填整数，例如 120。", "That is not a number. Enter a whole number, such as 120."
            )
        },
    )
    kind = forms.ChoiceField(
        label=both("类别", "Kind"),
        choices=[("fixed", both("固定", "Fixed")), ("reserve", both("备用", "Reserve"))],
    )
    note = forms.CharField(label=both("说明", "Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    water = forms.BooleanField(label=both("通水通电", "Has water and power"), required=False)


class SpecimenFilter(forms.Form):
    q = forms.CharField(label=both("名称", "Name"), required=False)
    kind = forms.ChoiceField(
        label=both("类别", "Kind"),
        required=False,
        choices=[("", both("全部", "All")), ("town", both("镇", "Town")), ("township", both("乡", "Township"))],
    )


def design(request) -> HttpResponse:
    sides = [("light", "zh-hans", "zh-Hans", "a"), ("dark", "en", "en", "b")]
    if request.GET.get("swap") == "1":
        sides = [("light", "en", "en", "a"), ("dark", "zh-hans", "zh-Hans", "b")]
    specimens = [
        {"name": name, "title": title, "template": f"pages/design/{name}.html", "source": _source(name)}
        for name, title in SPECIMENS.items()
    ]
    both_sides = [
        {"theme": theme, "language": language, "lang": lang, "form": _form(key), "filter": _filter(request, key)}
        for theme, language, lang, key in sides
    ]
    context = {"specimens": specimens, "sides": both_sides, "swapped": request.GET.get("swap") == "1", **_content()}
    return render(request, "pages/design/design.html", context)


def answer(request, outcome: str) -> HttpResponse:
    if outcome not in OUTCOMES:
        raise Http404
    reason, do = REASONS[outcome]
    context = {"outcome": outcome, "reason": reason, "do": do, "at": AT}
    return render(request, "pages/design/screen_answer.html", context)


def console(request) -> HttpResponse:
    return render(request, "pages/design/screen_console.html", {"filter": _filter(request, "c"), **_content()})


def wall(request) -> HttpResponse:
    return render(request, "pages/design/screen_wall.html", _content())


def public(request) -> HttpResponse:
    return render(request, "pages/design/screen_public.html", {"form": _form("p"), **_content()})


def _source(name: str) -> str:
    return get_template(f"pages/design/{name}.html").template.source.partition("%}")[2].strip()


def _form(key: str) -> SpecimenForm:
    return SpecimenForm({"site": "县体育场", "people": "约一百", "kind": "fixed", "water": "on"}, auto_id=f"{key}_%s")


def _filter(request, key: str) -> SpecimenFilter:
    return SpecimenFilter(request.GET if "q" in request.GET or "kind" in request.GET else None, auto_id=f"{key}_f_%s")


def _content() -> dict:
    return {
        "at": AT,
        "earlier": AT - timedelta(hours=6),
        "trail": [
            (Said("全县", "County"), "#head"),
            (Said("甲镇", "Jia Town"), "#head"),
            (Said("东村", "East Village"), ""),
        ],
        "needs": _needs(),
        "no_needs": [],
        "towns": _table(),
        "no_towns": Table(
            caption=Said("外来人员登记", "Arrivals registered"),
            columns=_table().columns[:3],
            rows=[],
            empty=Said("今天还没有外来人员登记。", "No arrivals have been registered today."),
            empty_next=Said("登记一位", "Register one"),
            empty_href="#table",
        ),
        "events": _events(),
        "chart": _chart(),
        "map_svg": render_to_string("pages/design/map_svg.html"),
        "answers": [{"outcome": o, "reason": r, "do": d} for o, (r, d) in REASONS.items()],
        "colours": COLOURS,
        "spaces": SPACES,
    }


def _needs() -> list[Need]:
    return [
        Need(
            count=3,
            what=Said("结果未回的采样管", "tubes without a result"),
            who=Said("县医院检验科，18 小时前送达", "County Hospital laboratory, delivered 18 h ago"),
            href="#needs",
            due_at=AT - timedelta(hours=2),
            late=True,
        ),
        Need(
            count=12,
            what=Said("等第二人批准的解除隔离", "releases from quarantine waiting for a second approval"),
            who=Said("指挥部办公室", "Headquarters office"),
            href="#needs",
            due_at=AT + timedelta(hours=4),
        ),
        Need(
            count=1,
            what=Said("没有人接的任务：丙镇入户核查", "task nobody has taken: house calls in Bing Town"),
            who=Said("丙镇，网格 07", "Bing Town, grid 07"),
            href="#needs",
            due_at=AT + timedelta(hours=6),
        ),
    ]


def _table() -> Table:
    columns = (
        Column("name", Said("乡镇", "Township"), sort="name"),
        Column("residents", Said("居民", "Residents"), kind="number", sort="-residents", total=34_888),
        Column("done", Said("已采样", "Sampled"), kind="bar", sort="-done", total=33_818),
        Column("share", Said("占比", "Share"), kind="share"),
        Column("change", Said("较昨日", "On yesterday"), kind="change"),
        Column("code", Said("最重的码", "Gravest code"), kind="health_code"),
        Column("at", Said("更新", "Updated"), kind="time"),
    )
    rows = [
        {
            "name": Said(zh, en),
            "residents": residents,
            "done": done,
            "share": done / residents,
            "change": change,
            "code": code,
            "at": AT - timedelta(minutes=minutes),
        }
        for zh, en, residents, done, minutes, change, code in TOWNS
    ]
    return Table(
        caption=Said("各乡镇采样进度", "Sampling by township"),
        columns=columns,
        rows=rows,
        href=lambda row: "#table",
        paging=Paging(total=184, page=2, size=5),
        sorted_by="-residents",
        show_caption=True,
    )


def _events() -> list[Event]:
    return [
        Event(
            at=AT - timedelta(days=1, hours=7),
            what=Said("登记入场", "Entry registered"),
            more=Said("场所 0412，正门", "Venue 0412, main door"),
        ),
        Event(
            at=AT - timedelta(hours=9),
            what=Said("转为黄码", "Turned yellow"),
            more=Said("规则第 5.2 条：同一时段到过中风险场所", "Rule 5.2: at a medium-risk venue in that hour"),
            turn=True,
        ),
        Event(at=AT - timedelta(hours=2), what=Said("采样", "Sampled"), more=Said("县体育场采样点", "County stadium")),
    ]


def _chart() -> BarChart:
    counts = (3, 4, 2, 6, 5, 4, 7, 9, 8, 6, 11, 19, 23, 9)
    bars = [
        Bar(
            label=f"11-{day:02d}",
            value=n,
            low=1,
            high=12,
            alarm=n > 12,
            partial=day == 23,
            mark=Said("改为 24 小时一检", "tests every 24 h from here") if day == 18 else None,
        )
        for day, n in zip(range(10, 24), counts, strict=True)
    ]
    return BarChart(
        title=Said("每日新报发热", "Fevers reported each day"),
        unit=Said("人", "people"),
        label_title=Said("日期", "Date"),
        bars=bars,
        at=AT,
    )
