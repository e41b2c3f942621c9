"""For all lists: what goes out comes in again as the same rows; a row is taken or refused, and never lost."""

import csv
import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fangxian.core.identity import check_character
from fangxian.ops.cases.models import Case
from fangxian.ops.contacts.models import Contact
from fangxian.ops.procedures.export_lists import export_list
from tests.integration.list_hand import in_force, somebody, taken_in

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2022, 4, 7)
STATES = ("待判定", "已落地", "转运中", "在观察", "已解除", "转为病例", "已排除")
days = st.dates(TODAY - timedelta(days=60), TODAY)
names = st.text(st.sampled_from("甲乙丙丁王李abc ·"), min_size=1, max_size=8).map(str.strip).filter(bool)


def document(n: int) -> str:
    body = f"999027{1950 + n % 60}0101{n % 1000:03d}"
    return body + check_character(body)


@st.composite
def contacts(draw):
    """Some contacts of a list, each a person of their own."""
    rows = []
    for n in range(draw(st.integers(1, 6))):
        last = draw(days)
        rows.append(
            {
                "ID": f"L{n}",
                "姓名": draw(names),
                "证件号": document(n) if draw(st.booleans()) else "",
                "联系方式": f"154{n:08d}",
                "现住址": draw(names),
                "工作单位": draw(st.sampled_from(["", "某厂"])),
                "职业": draw(st.sampled_from(["农民", "教师", "自由职业", ""])),
                "关联病例": draw(st.sampled_from(["", "病例1", "病例2"])),
                "密接类型": draw(st.sampled_from(["密切接触者", "时空伴随者"])),
                "与患者关系": draw(st.sampled_from(["", "同事", "家人"])),
                "接触地点": draw(st.sampled_from(["", "某超市"])),
                "最后接触日期": f"{last:%Y-%m-%d}",
                "转归": draw(st.sampled_from(STATES)),
                "是否追踪到": draw(st.sampled_from(["", "是", "否"])),
                "是否核心密接": draw(st.sampled_from(["是", "否"])),
                "医学观察方式": draw(st.sampled_from(["", "集中", "居家", "待转运"])),
            }
        )
    return rows


@st.composite
def cases(draw):
    """Some cases of a list, each a person of their own, of every class, outcome and completeness."""
    rows = []
    for n in range(draw(st.integers(1, 6))):
        onset, number = draw(st.none() | days), document(n) if draw(st.booleans()) else ""
        reported = draw(st.dates(onset or TODAY - timedelta(days=60), TODAY))
        clock = draw(st.sampled_from(["", " 08:05", " 23:59"])) if reported < TODAY else ""
        died = draw(st.sampled_from(["", day(draw(st.dates(onset or reported, TODAY)))]))
        rows.append(
            {
                "原系统编号": f"C{n}",
                "病例编号": draw(st.sampled_from(["", f"B-{n}"])),
                "姓名": draw(names),
                "性别": "" if number else draw(st.sampled_from(["", "男", "女"])),
                "出生日期": "" if number else draw(st.sampled_from(["", "1990-01-31", "2020-02-29"])),
                "证件号": number,
                "联系方式": draw(st.sampled_from(["", f"154{n:08d}"])),
                "现住址": draw(st.just("") | names),
                "工作单位": draw(st.sampled_from(["", "某厂"])),
                "职业": draw(st.sampled_from(["", "农民", "教师", "医务人员"])),
                "病例分类": draw(st.sampled_from(["确诊病例", "无症状感染者", "疑似病例", "排除"])),
                "发病日期": day(onset),
                "诊断日期": draw(st.sampled_from(["", day(reported)])),
                "报告时间": f"{day(reported)}{clock}",
                "转归": "死亡" if died else draw(st.sampled_from(["", "痊愈", "死亡", "存活"])),
                "死亡日期": died,
                "收治医院": draw(st.sampled_from(["", "县人民医院"])),
            }
        )
    return rows


def day(on: date | None) -> str:
    return "" if on is None else f"{on:%Y-%m-%d}"


def as_csv(rows) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("gb18030")


def out(lead, kind="contacts.list", key="ID") -> list[dict]:
    pieces = export_list(kind=kind, shape="plain", disease="covid-19", by=lead).pieces
    rows = csv.DictReader(io.StringIO(b"".join(pieces).decode("utf-8-sig")))
    left_out = {"录入时间", "审核时间"}  # the moments of taking it in, which are others the second time
    return sorted(({k: v for k, v in row.items() if k not in left_out} for row in rows), key=lambda row: row[key])


@pytest.fixture
def lead(county_clock):
    in_force("covid19-2022-04")
    return somebody("tracing_lead")


@pytest.fixture
def county_clock():
    return datetime(2022, 4, 8, tzinfo=ZONE)


@given(rows=contacts())
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_list_that_went_out_comes_in_again_as_the_same_rows(lead, rows):
    Contact.objects.all().delete()
    taken_in(as_csv(rows), "contacts.list", by=lead, source=f"甲{id(rows)}")
    first = out(lead)
    again = as_csv(first)
    Contact.objects.all().delete()
    taken_in(again, "contacts.list", by=lead, source=f"乙{id(rows)}")
    assert out(lead) == first
    for came, went in zip(sorted(rows, key=lambda row: row["ID"]), first, strict=True):
        assert {name: went[name] for name in came if name not in ("转归", "是否追踪到")} == {
            name: text for name, text in came.items() if name not in ("转归", "是否追踪到")
        }
        assert went["转归"].startswith(came["转归"][:2])


@given(rows=cases())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_list_of_cases_that_went_out_comes_in_again_as_the_same_cases(lead, rows):
    kind, key = "cases.list", "原系统编号"
    taken_in(as_csv(rows), kind, by=lead, source=f"甲{id(rows)}")
    first = out(lead, kind, key)
    before = on_record()
    Case.objects.all().delete()
    taken_in(as_csv(first), kind, by=lead, source=f"乙{id(rows)}")
    again, after = out(lead, kind, key), on_record()
    Case.objects.all().delete()
    assert again == first
    assert after == before
    same = ("原系统编号", "姓名", "证件号", "联系方式", "现住址", "工作单位", "职业", "发病日期", "病例分类")
    for came, went in zip(sorted(rows, key=lambda row: row[key]), first, strict=True):
        assert {name: went[name] for name in same} == {name: came[name] for name in same}


def on_record() -> list[tuple]:
    """What the cases' own rows say of them that a list says too; of a diagnosis a list has the day alone."""
    columns = ("name", "phone", "document_number", "state", "case_class", "outcome", "sex", "born_on", "onset_on")
    moments = ("died_on", "reported_at", "treated_at_hospital", "occupation", "area_path", "address", "workplace")
    return sorted(([getattr(it, name) for name in (*columns, *moments)] for it in Case.objects.all()), key=str)
