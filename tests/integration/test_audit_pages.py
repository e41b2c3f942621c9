"""The audit trail for the auditor: the state of the chain, the lines, one line, verification and export."""

import json
from hashlib import sha256
from uuid import UUID

import pytest
from django.db import connection, transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.audit.actions import erase_details, record, seal_all
from fangxian.ops.audit.models import AuditLine, ViewLog
from fangxian.ops.audit.queries import facts, who_looked
from fangxian.ops.audit.wire import LINE_FIELDS, hash_of_line, hash_of_seal
from fangxian.ops.procedures.check_record import last_verification, verify_record
from fangxian.ops.realm.current import county_now

pytestmark = pytest.mark.django_db
PERSON = UUID(int=7)


@pytest.fixture
def auditor(client):
    unit = Unit.objects.create(name_zh="县纪委监委", name_en="Discipline", kind="department", area_path="141027")
    account = Account.objects.create(username="auditor-1", display_name="甲", unit=unit, unit_since=county_now())
    Appointment.objects.create(account=account, role="auditor", area_path="141027", begins_at=county_now())
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    client.account = account
    return client


def write(action="people.merged", n=1, about=(), **details):
    with transaction.atomic():
        for _ in range(n):
            record(action, by="program:test", about=about, details=details)
    return AuditLine.objects.order_by("-id").first()


def address(line: AuditLine) -> str:
    return f"/audit/{UUID(line.uuid)}"


def text_of(answer) -> str:
    return answer.content.decode().replace("\u2009", "")


def test_the_newest_lines_come_first_and_the_older_ones_are_a_link_away(auditor):
    write(n=120)
    first = auditor.get("/audit").context
    assert first["rows"][0]["href"] == address(AuditLine.objects.order_by("-id").first())
    second = auditor.get(first["older"]).context
    third = auditor.get(second["older"]).context
    assert [len(page["rows"]) for page in (first, second, third)] == [50, 50, 20]
    assert third["older"] == ""
    hrefs = [row["href"] for page in (first, second, third) for row in page["rows"]]
    assert len(set(hrefs)) == 120


def test_what_is_not_sealed_yet_is_shown_as_such(auditor):
    write()
    assert "待封存" in text_of(auditor.get("/audit"))
    seal_all()
    assert "待封存" not in text_of(auditor.get("/audit"))


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("action=people.", 2),
        ("action=people.merged", 1),
        ("action=tasks.", 1),
        ("since=2022-04-08", 3),
        ("until=2022-04-07", 0),
        ("since=soon", 3),
        (f"about=person:{PERSON}", 1),
        ("about=person:nonsense", 3),
        ("about=password:1", 3),
        ("before=x", 3),
    ],
)
def test_filters_stand_in_the_address(auditor, query, n):
    write("people.merged", about=[f"person:{PERSON}"])
    write("people.attached")
    write("tasks.opened")
    seal_all()
    assert len(auditor.get(f"/audit?{query}").context["rows"]) == n


def test_a_date_that_is_none_says_so_beside_its_field(auditor):
    assert "日期应写作 2022-04-19" in auditor.get("/audit?since=soon").content.decode().replace("\u2009", " ")


def test_a_line_shows_its_place_in_the_chain_and_nothing_it_was_told(auditor):
    line = write(about=[f"person:{PERSON}"], why="两处登记", beside={"kept": "A"})
    seal_all()
    html = text_of(auditor.get(address(line)))
    line.refresh_from_db()
    assert bytes(line.seal.hash).hex() in html
    assert bytes(line.seal.previous_hash).hex() in html
    assert bytes(line.commitment).hex() in html
    assert "两处登记" not in html
    assert str(PERSON) not in html


def test_opening_the_details_shows_them_and_is_itself_on_record(auditor):
    line = write(about=[f"person:{PERSON}"], why="两处登记")
    seal_all()
    html = text_of(auditor.get(f"{address(line)}/details"))
    assert "两处登记" in html
    assert str(PERSON) in html
    assert [look.viewer for look in who_looked(f"person:{PERSON}")] == [auditor.account.pk]
    assert [look.why for look in who_looked(f"audit:{line.uuid}")] == ["audit.details"]


def test_looking_at_the_list_and_at_a_line_is_no_look_at_a_person(auditor):
    line = write(about=[f"person:{PERSON}"])
    auditor.get("/audit")
    auditor.get(address(line))
    assert not ViewLog.objects.exists()


def test_details_with_lists_of_rows_are_shown_as_tables(auditor):
    line = write(appointments=[{"role": "sampler", "area": "141027100"}, {"role": "auditor", "area": "141027"}])
    tables = auditor.get(f"{address(line)}/details").context["tables"]
    assert tables == [
        {
            "name": "appointments",
            "headings": ["area", "role"],
            "rows": [["141027100", "sampler"], ["141027", "auditor"]],
            "n": 2,
        }
    ]


def test_what_was_erased_by_order_says_so_and_names_the_order(auditor):
    line = write(about=[f"person:{PERSON}"], why="两处登记")
    seal_all()
    erase_details(order="清〔2022〕3号", by="program:test", about=f"person:{PERSON}")
    for page in (address(line), f"{address(line)}/details"):
        html = text_of(auditor.get(page))
        assert "明细已依令清除" in html
        assert "清〔2022〕3号" in html
        assert "两处登记" not in html
    assert "明细已依令清除" in text_of(auditor.get("/audit"))


def test_verifying_puts_its_result_on_record_and_on_the_page(auditor):
    write(n=3)
    seal_all()
    assert auditor.post("/audit/verify").headers["Location"] == "/audit"
    assert facts(AuditLine.objects.get(action="audit.verified"))["n_findings"] == 0
    assert last_verification().is_true
    assert "没有改动" in text_of(auditor.get("/audit"))


def test_a_changed_line_is_an_alarm_on_the_page(auditor):
    line = write()
    seal_all()
    with connection.cursor() as cursor:
        _drop_guards(cursor)
        cursor.execute("UPDATE audit_auditline SET action = 'people.attached' WHERE id = %s", [line.pk])
    auditor.post("/audit/verify")
    assert "上次核验：记录被改动，1处" in text_of(auditor.get("/audit"))


def _drop_guards(cursor) -> None:
    """What somebody with the database in their hands would do first."""
    if connection.vendor == "postgresql":
        cursor.execute("ALTER TABLE audit_auditline DISABLE TRIGGER USER")
        return
    names = cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        cursor.execute(f'DROP TRIGGER "{name}"')


def test_the_export_is_a_chain_that_an_outsider_can_compute_anew(auditor):
    write(n=5, about=[f"person:{PERSON}"], why="两处登记")
    seal_all()
    text = b"".join(auditor.post("/audit/export").streaming_content).decode()
    about, *rows = [json.loads(row) for row in text.splitlines()]
    previous = bytes(32)
    for nth, row in enumerate(rows, 1):
        line = row["line"]
        columns = [line[name] for name in LINE_FIELDS[:-2]]
        line_hash = hash_of_line((*columns, bytes.fromhex(line["commitment"]), line["facts"]))
        assert row["seq"] == nth
        assert line_hash.hex() == row["line_hash"]
        hashed = hash_of_seal(row["seq"], line["id"], row["sealed_us"], line_hash, previous)
        assert hashed.hex() == row["hash"]
        previous = hashed
    assert about["n_sealed"] == len(rows) >= 5
    assert len(bytes.fromhex(about["public_key"])) == 32
    assert "两处登记" not in text
    assert str(PERSON) not in text
    assert AuditLine.objects.filter(action="audit.exported").exists()


def test_a_line_that_is_not_there_is_not_found(auditor):
    assert auditor.get(f"/audit/{UUID(int=1)}").status_code == 404
    assert auditor.get(f"/audit/{sha256(b'x').hexdigest()}").status_code == 404


def test_a_page_of_lines_takes_as_many_queries_as_an_empty_one(auditor, django_assert_max_num_queries):
    write(n=60)
    seal_all()
    with django_assert_max_num_queries(12):
        auditor.get("/audit")


def test_a_verification_that_takes_too_long_stops_and_says_what_to_do(auditor):
    write(n=2001)
    seal_all()
    with pytest.raises(Refusal) as refused:
        verify_record(by=auditor.account, within_s=-1)
    assert refused.value.code == "audit.verification_too_long"
    assert last_verification() is None
