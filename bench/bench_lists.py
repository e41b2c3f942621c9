"""How long a line list of 100,000 contacts takes to come in: upload, then the job, row by row into a realm of its own.

    .venv/bin/python bench/bench_lists.py [rows] [csv|xlsx]

The list is in GB18030 under the field's own heads, with one row in a thousand that a spreadsheet has damaged. It
prints wall and processor seconds beside those of a plain loop, so that a busy machine is seen to be one.
"""

import csv
import io
import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
ZONE = "Asia/Shanghai"
LOOP = 3_000_000


def main(n_rows: int = 100_000, file_format: str = "csv") -> None:
    with tempfile.TemporaryDirectory(prefix="fangxian-bench-") as folder:
        _set_up(Path(folder) / "realm")
        from fangxian.ops.intake.queries import headers_of, propose_mapping
        from fangxian.ops.jobs.actions import claim
        from fangxian.ops.jobs.worker import RunningJob
        from fangxian.ops.procedures.import_list import begin_import, import_list, upload_list
        from tests.integration.list_hand import in_force, somebody

        in_force("covid19-2022-04")
        lead, content = somebody("tracing_lead"), _content(n_rows, file_format)
        print(f"{n_rows} rows, {len(content) / 1e6:.1f} MB of {file_format}")
        _timed("plain loop", lambda: sum(it * it for it in range(LOOP)))
        kind = "contacts.list"
        upload = {"content": content, "file_name": "list", "kind": kind, "source": "bench", "by": lead}
        intake = _timed("upload", lambda: upload_list(**upload)).intake
        mapping = propose_mapping(headers_of(intake), kind=kind, source=intake.source)
        begin_import(intake=intake, mapping=mapping, disease="covid-19", by=lead)
        job = claim(worker="bench")
        print(_timed("job", lambda: import_list(RunningJob(job, Event()))))


def _set_up(path: Path) -> None:
    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.folder import create_realm

    anchor = datetime(2022, 4, 20, 9, tzinfo=ZoneInfo(ZONE))
    clock = CountyClock(wall_anchor=datetime.now(UTC), county_anchor=anchor, rate=1.0, zone=ZONE)
    create_realm(path, kind="demo", county="fushan", division_code="141027", clock=clock)
    os.environ |= {"FANGXIAN_DATA": str(path), "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _content(n_rows: int, file_format: str) -> bytes:
    rows = list(_rows(n_rows))
    if file_format == "xlsx":
        from fangxian.ops.intake.writing import workbook

        return workbook({"名单": (list(rows[0]), (list(row.values()) for row in rows))})
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("gb18030")


def _rows(n_rows: int):
    from fangxian.core.identity import check_character

    dice = random.Random(1)
    for n in range(n_rows):
        body = f"999027{dice.randint(1940, 2015)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}{n % 1000:03}"
        yield {
            "ID": f"L{n:06}",
            "镇街": "天坛镇",
            "姓名": f"测{dice.choice('甲乙丙丁戊己庚辛')}{dice.choice('东西南北中')}",
            "性别": dice.choice("男女"),
            "年龄": str(dice.randint(1, 90)),
            "证件号": "1.41E+17" if n % 997 == 0 else body + check_character(body),
            "联系方式": f"154{n:08}",
            "现住址": f"某村{n % 500}号",
            "职业": "农民",
            "工作单位": "",
            "发现途径": "流调询问",
            "是否核心密接": "否",
            "关联病例": f"病例{n % 200}",
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


def _timed(what: str, do):
    wall, processor = time.perf_counter(), time.process_time()
    result = do()
    spent = f"{time.perf_counter() - wall:.1f} s, of which {time.process_time() - processor:.1f} s of processor"
    print(f"{what}: {spent}")
    return result


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, *sys.argv[2:3])
