"""Invented lists of any length, under the field's own heads and under Go.Data's; one row in a thousand is damaged."""

import csv
import io
import random
from collections.abc import Iterator
from itertools import chain
from uuid import UUID

from bench.imports.excel import saved
from fangxian.core.identity import check_character

Row = dict[str, str]
DAMAGED_EVERY = 997
N_CASES = 200  # whose contacts they are


def content_of(rows: list[Row], file_format: str) -> bytes:
    """A file as people send it: CSV in GB18030, or a workbook."""
    if file_format == "xlsx":
        return saved(chain([list(rows[0])], (list(row.values()) for row in rows)))
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("gb18030")


def contacts(n_rows: int) -> Iterator[Row]:
    """The field's list of contacts."""
    dice = random.Random(1)
    for n in range(n_rows):
        yield {
            "ID": f"L{n:06}",
            **_who(n, dice),
            "工作单位": "",
            "发现途径": "流调询问",
            "是否核心密接": "否",
            "关联病例": f"病例{n % N_CASES}",
            "密接类型": dice.choice(("密切接触者", "次密接")),
            "与患者关系": "同事",
            "接触地点": "某超市",
            "最后接触日期": f"2022-04-{dice.randint(8, 18):02}",
            "转归": "在观察",
            "是否追踪到": "是",
            "入住日期": "2022-04-18",
            "医学观察方式": "集中",
            "场所名称": "某酒店",
        }


def cases(n_rows: int) -> Iterator[Row]:
    """A hospital's list of cases."""
    dice = random.Random(2)
    for n in range(n_rows):
        day = dice.randint(1, 18)
        yield {
            "编号": f"C{n:06}",
            "病例编号": f"B-{n:06}",
            **_who(n, dice),
            "工作单位": "某厂",
            "病例分类": dice.choice(("确诊病例", "无症状感染者", "疑似病例")),
            "发病日期": f"2022-04-{day:02}",
            "诊断日期": f"2022-04-{min(day + 1, 19):02}",
            "报告时间": f"2022-04-{min(day + 1, 19):02} {dice.randint(0, 23):02}:{dice.randint(0, 59):02}",
            "转归": dice.choice(("", "痊愈", "在治")),
            "收治医院": "县人民医院",
        }


def godata_cases(n_rows: int) -> Iterator[Row]:
    dice = random.Random(3)
    for n in range(n_rows):
        day = dice.randint(1, 18)
        yield {
            "uuid": godata_id("case", n),
            "case_id": f"CASE-2022-{n:06}",
            **_somebody(n, dice),
            "classification": "ABC" if n % DAMAGED_EVERY == 1 else dice.choice(("CONFIRMED", "PROBABLE", "SUSPECT")),
            "outcome_id": dice.choice(("", "RECOVERED", "ALIVE")),
            "date_of_reporting": f"2022-04-{day:02}",
            "date_of_onset": f"2022-04-{day:02}",
            "date_become_case": f"2022-04-{day:02}",
        }


def godata_contacts(n_rows: int) -> Iterator[Row]:
    dice = random.Random(4)
    for n in range(n_rows):
        yield {
            "uuid": godata_id("contact", n),
            "contact_id": f"CONTACT-2022-{n:06}",
            "active": "TRUE",
            "contact_status": "ABC" if n % DAMAGED_EVERY == 1 else "UNDER_FOLLOW_UP",
            **_somebody(n, dice),
            "date_of_reporting": "2022-04-18",
            "date_of_last_contact": f"2022-04-{dice.randint(8, 18):02}",
            "was_case": "FALSE",
        }


def godata_follow_ups(n_rows: int) -> Iterator[Row]:
    """Of ten days each."""
    dice = random.Random(5)
    for n in range(n_rows):
        contact = n // 10
        yield {
            "uuid": godata_id("follow-up", n),
            "contact_id": f"CONTACT-2022-{contact:06}",
            "contact_uuid": godata_id("contact", contact),
            "followup_status": "ABC" if n % DAMAGED_EVERY == 1 else dice.choice(("SEEN_OK", "SEEN_NOT_OK", "MISSED")),
            "date_of_followup": f"2022-04-{10 + n % 10:02}",
            "temperature": "36.5",
            "comment": "",
        }


def godata_relationships(n_rows: int) -> Iterator[Row]:
    """From a case to a contact each."""
    for n in range(n_rows):
        yield {
            "uuid": godata_id("relationship", n),
            "source_uuid": godata_id("case", n % N_CASES),
            "target_uuid": "nobody" if n % DAMAGED_EVERY == 1 else godata_id("contact", n),
            "date_of_last_contact": f"2022-04-{10 + n % 8:02}",
            "exposure_type": "Same room",
            "certainty_level": "3 - High",
        }


def godata_id(kind: str, n: int) -> str:
    return str(UUID(int=(sum(kind.encode()) << 100) + n * 7919))


def _who(n: int, dice: random.Random) -> Row:
    body = f"999027{dice.randint(1940, 2015)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}{n % 1000:03}"
    return {
        "镇街": "天坛镇",
        "姓名": f"测{dice.choice('甲乙丙丁戊己庚辛')}{dice.choice('东西南北中')}",
        "性别": dice.choice("男女"),
        "年龄": str(dice.randint(1, 90)),
        "证件号": "1.41E+17" if n % DAMAGED_EVERY == 0 else body + check_character(body),
        "联系方式": f"154{n:08}",
        "现住址": f"某村{n % 500}号",
        "职业": "农民",
    }


def _somebody(n: int, dice: random.Random) -> Row:
    return {
        "firstName": f"Name{dice.randint(0, 400)}",
        "lastName": f"Family{dice.randint(0, 400)}",
        "gender": dice.choice(("MALE", "FEMALE")),
        "age": str(dice.randint(1, 90)),
        "occupation": "FARMER",
        "telephone": f"154{n:08}",
        "address": "",
    }
