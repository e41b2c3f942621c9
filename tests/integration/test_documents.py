"""Documents: numbers without gaps, papers that verify, withdrawals; on both databases."""

import json
import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import typst
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction
from PIL import Image

from fangxian.core.policy import byte_device, byte_text
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.documents import queries, wire
from fangxian.ops.documents.actions import NewDocument, issue, open_series, withdraw
from fangxian.ops.documents.models import Document
from fangxian.ops.documents.queries import Outcome, missing_numbers, public_key, verify
from fangxian.ops.documents.rendering import pdf_of, render_documents
from fangxian.ops.documents.typesetting import qr_svg, typeset
from fangxian.ops.documents.wire import printed, verify_offline
from fangxian.ops.realm.clock import CountyClock
from fangxian.ops.realm.current import the_realm

BY = "program:test"
KEY = "headquarters.decision"
LISTED = {
    "columns": [{"zh": "姓名", "en": "name"}, {"zh": "住址", "en": "address", "width": 2}],
    "rows": [["甲", "东街 1 号"], ["乙", 2]],
    "summary": [["合计", "2 人"]],
    "notes": ["不得外传。"],
}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _series(request):
    if "transactional_db" not in request.fixturenames:
        series()


def series(key=KEY, pattern="浮防指〔{year}〕{n}号"):
    issuer = Said("某县疫情防控指挥部", "Headquarters of a county")
    return open_series(key=key, issuer=issuer, pattern=pattern, by=BY)


def new(paragraph="现决定如下。", **more):
    content = {"addressee": "某某", "paragraphs": [paragraph]}
    fields = {"kind": "x.decision", "template": "decision", "basis": "传染病防治法", "area_path": "141027"}
    fields |= {"title": Said("决定书", "Decision"), "content": content}
    return NewDocument(**fields | more)


def issued(*documents, key=KEY):
    return issue(series=key, documents=documents or [new()], by=BY)


def code_of(call, *arguments, **named):
    with pytest.raises(Refusal) as refused:
        call(*arguments, **named)
    assert "{year}" in refused.value.said.zh or "{" not in refused.value.said.zh + refused.value.said.en
    return refused.value.code


def at(moment):
    """The realm with a clock that shows `moment`."""
    return the_realm().with_clock(CountyClock.starting(moment, zone="Asia/Shanghai"))


@pytest.fixture
def _clock_put_back(monkeypatch):
    realm = the_realm()
    yield
    realm.with_clock(realm.clock)


# Numbers


def test_numbers_run_from_one_in_the_series_own_words():
    assert [document.number for document in issued(new(), new())] == ["浮防指〔2022〕1号", "浮防指〔2022〕2号"]
    assert issued()[0].number == "浮防指〔2022〕3号"
    assert AuditLine.objects.filter(action="documents.issued").count() == 2


def test_each_series_counts_for_itself():
    series("centre.notice", "隔离点告字〔{year}〕{n:04d}号")
    issued()
    assert issued(key="centre.notice")[0].number == "隔离点告字〔2022〕0001号"


@pytest.mark.usefixtures("_clock_put_back")
def test_each_year_begins_at_one_by_the_countys_own_midnight(monkeypatch):
    issued()
    zone = ZoneInfo("Asia/Shanghai")
    monkeypatch.setattr(settings, "REALM", at(datetime(2022, 12, 31, 23, 0, tzinfo=zone)))
    assert issued()[0].number == "浮防指〔2022〕2号"
    monkeypatch.setattr(settings, "REALM", at(datetime(2023, 1, 1, 0, 5, tzinfo=zone)))
    assert issued()[0].number == "浮防指〔2023〕1号"


def test_a_number_given_back_by_a_rollback_is_given_again():
    issued()
    with transaction.atomic():
        issued()
        transaction.set_rollback(True)
    assert issued()[0].n == 2
    assert missing_numbers(KEY, 2022) == []


@pytest.mark.django_db(transaction=True)
def test_many_issuing_at_once_leave_neither_gap_nor_double():
    series()

    def work():
        for _ in range(5):
            issued(new(), new())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Document.objects.values_list("n", flat=True)) == list(range(1, 41))


def test_a_withdrawn_documents_number_stays_taken():
    withdraw(document=issued()[0], because="写错了", by=BY)
    assert issued()[0].n == 2


@pytest.mark.parametrize("pattern", ["第{n}号", "〔{year}〕", "{year}{n}{n}", "{0}", "{year}{n", "{year}{n}{who}"])
def test_a_pattern_without_its_year_and_number_is_refused(pattern):
    assert code_of(series, "x", pattern) == "documents.pattern_wrong"


def test_a_series_keeps_its_pattern():
    series()
    assert code_of(series, KEY, "别的〔{year}〕{n}号") == "documents.series_taken"


# What is refused before a number is taken


@pytest.mark.parametrize(
    ("template", "content"),
    [
        ("decision", {}),
        ("decision", {"addressee": "甲", "paragraphs": []}),
        ("decision", {"addressee": "甲", "paragraphs": "一段"}),
        ("decision", {"addressee": "甲", "paragraphs": ["一段"], "colour": "red"}),
        ("list", LISTED | {"rows": [["甲"]]}),
        ("list", LISTED | {"rows": [["甲", None]]}),
        ("list", LISTED | {"columns": []}),
        ("list", LISTED | {"columns": [{"zh": "姓名"}, {"zh": "住址", "en": "address"}]}),
        ("list", LISTED | {"columns": [{"zh": "姓名", "en": "n", "align": "up"}, {"zh": "住址", "en": "a"}]}),
        ("list", LISTED | {"summary": [["合计"]]}),
        ("poster", {"venue": "超市", "posters": []}),
        ("poster", {"venue": "超市", "posters": [{"door": "正门"}]}),
        ("poster", {"venue": "", "posters": [{"door": "门", "venue_code": "F", "typed": "8", "generation": 1}]}),
        ("poster", {"venue": "超市", "posters": [{"door": "门", "venue_code": "F", "typed": "8", "generation": 0}]}),
    ],
)
def test_content_its_template_cannot_print_takes_no_number(template, content):
    assert code_of(issued, new(), new(template=template, content=content)) == "documents.content_wrong"
    assert issued()[0].n == 1


def test_a_document_without_a_basis_or_a_series_is_not_issued():
    assert code_of(issued, new(basis=" ")) == "documents.no_basis"
    assert code_of(issued, key="no.such") == "documents.series_unknown"


# Verification


def test_a_genuine_paper_is_genuine_here_and_with_the_public_key_alone():
    document = issued()[0]
    assert (verify(document.proof).outcome, verify(document.proof).number) == (Outcome.GENUINE, document.number)
    claim = verify_offline(document.proof, {1: public_key()})
    assert (claim.number, claim.division_code, claim.realm_kind) == (document.number, "141027", "demo")


def test_a_withdrawn_paper_is_withdrawn():
    document = issued()[0]
    withdraw(document=document, because="事实有误", by=BY)
    withdraw(document=document, because="事实有误", by=BY)
    found = verify(document.proof)
    assert found.outcome is Outcome.WITHDRAWN
    assert "事实有误" not in found.said.zh
    assert AuditLine.objects.filter(action="documents.withdrawn").count() == 1


def test_a_withdrawal_says_why():
    assert code_of(withdraw, document=issued()[0], because="", by=BY) == "documents.no_reason"


def test_a_signed_paper_that_is_not_on_the_register_is_unknown():
    document = issued()[0]
    Document.objects.filter(pk=document.pk).delete()
    assert verify(document.proof).outcome is Outcome.UNKNOWN


def test_a_paper_whose_row_was_changed_in_the_database_is_unknown():
    document = issued()[0]
    Document.objects.filter(pk=document.pk).update(digest="0" * 64)
    assert verify(document.proof).outcome is Outcome.UNKNOWN


def test_the_digest_covers_what_is_printed():
    first, second = issued(new("甲"), new("乙"))
    assert first.digest != second.digest
    assert json.loads(first.content)["paragraphs"] == ["甲"]


def forge(proof, part, value):
    parts = proof.split(".")
    parts[part] = value
    return ".".join(parts)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda proof: "", "documents.proof_unreadable"),
        (lambda proof: proof[: len(proof) // 2], "documents.proof_unreadable"),
        (lambda proof: "你好" + proof, "documents.proof_unreadable"),
        (lambda proof: proof * 4, "documents.proof_unreadable"),
        (lambda proof: forge(proof, 0, "FXD2"), "documents.proof_unreadable"),
        (lambda proof: forge(proof, 1, "X141027"), "documents.proof_unreadable"),
        (lambda proof: forge(proof, 3, "AAAA"), "documents.proof_unreadable"),
        (lambda proof: forge(proof, 1, "D141028"), "documents.proof_forged"),
        (lambda proof: forge(proof, 1, "L141027"), "documents.proof_forged"),
        (lambda proof: forge(proof, 2, "5LiA"), "documents.proof_forged"),
        (lambda proof: forge(proof, 4, "9"), "documents.proof_of_another_key"),
        (lambda proof: proof[:-8] + "AAAAAAAA", "documents.proof_forged"),
    ],
)
def test_a_spoilt_or_forged_code_is_refused_by_name(spoil, code):
    assert code_of(verify, spoil(issued()[0].proof)) == code


def test_a_documents_proof_begins_as_no_code_of_a_person_a_venue_or_a_device_does():
    kinds = (byte_text.PERSON, byte_text.CARD, byte_text.VENUE, byte_text.ROTATING, byte_device.DEVICE)
    prefixes = [kind.prefix for kind in kinds] + [wire.MARK]
    assert len(set(prefixes)) == len(prefixes)


def test_another_countys_key_does_not_verify_it():
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert code_of(verify_offline, issued()[0].proof, {1: stranger}) == "documents.proof_forged"


# Paper


@pytest.mark.parametrize("document", [new(), new(template="list", content=LISTED)], ids=["decision", "list"])
def test_a_paper_is_printed_once_and_then_always_the_same_file(document):
    made = issued(document)[0]
    pdf = pdf_of(made)
    assert pdf.startswith(b"%PDF-")
    assert pdf_of(queries.find(made.pk)) == pdf
    assert queries.find(made.pk).pdf == the_realm().files.name_of(pdf)


def test_typesetting_the_same_twice_gives_the_same_bytes():
    made = issued()[0]
    data = printed(made) | {"proof": made.proof, "watermark": "", "stamp": ""}
    assert typeset("decision", data, issued_at=made.issued_at) == typeset("decision", data, issued_at=made.issued_at)


def test_a_withdrawn_papers_copy_is_marked_and_not_kept():
    made = issued()[0]
    pdf = pdf_of(made)
    withdrawn = withdraw(document=made, because="写错了", by=BY)
    assert pdf_of(withdrawn) != pdf
    assert queries.find(made.pk).pdf == the_realm().files.name_of(pdf)


def test_the_code_on_the_paper_scans_to_its_text(tmp_path):
    proof = issued()[0].proof
    source = (
        b'#set page(width: auto, height: auto, margin: 4mm)\n#image(bytes(sys.inputs.qr), format: "svg", width: 30mm)'
    )
    png = typst.compile(source, format="png", ppi=200, sys_inputs={"qr": qr_svg(proof)})
    (tmp_path / "qr.png").write_bytes(png)
    assert zxingcpp.read_barcode(Image.open(tmp_path / "qr.png")).text == proof


def test_a_character_without_a_glyph_is_named_and_not_printed_blank():
    made = issued(new("姓名：\U0002a6d6"))[0]
    with pytest.raises(Refusal) as refused:
        pdf_of(made)
    assert refused.value.code == "documents.no_glyph"
    assert "\U0002a6d6" in refused.value.said.zh
    assert queries.find(made.pk).pdf == ""


def test_markup_in_a_name_is_printed_as_it_stands_and_runs_nothing():
    made = issued(new('#panic("run") *bold* $x$ @ref <a> "quoted" \\'))[0]
    assert pdf_of(made).startswith(b"%PDF-")


class Running:
    """What the worker gives a job."""

    def __init__(self, ids):
        self.arguments, self.steps = {"documents": [str(one) for one in ids]}, []

    def step(self, done, total, said=None):
        self.steps.append((done, total))


def test_the_printing_job_may_be_repeated():
    running = Running([document.pk for document in issued(new(), new())])
    assert render_documents(running) == {"n_printed": 2, "n_documents": 2}
    assert render_documents(running) == {"n_printed": 0, "n_documents": 2}
    assert running.steps == [(1, 2), (2, 2)] * 2


def test_documents_about_a_subject_are_found():
    made = issued(new(about="person:1"), new())
    assert [document.pk for document in queries.about("person:1")] == [made[0].pk]
    assert queries.find_by_number(made[1].number).pk == made[1].pk


def test_a_document_is_erased_ten_years_after_it_was_issued():
    from fangxian.ops.realm.tables import erase_due

    made = issued()[0]
    name = queries.find(made.pk).pdf or the_realm().files.put(pdf_of(made))
    list(erase_due(made.issued_at + timedelta(days=3652), epidemic_ended=False))
    assert queries.find(made.pk) is not None
    list(erase_due(made.issued_at + timedelta(days=3654), epidemic_ended=False))
    assert queries.find(made.pk) is None
    assert not the_realm().files.erase(name)
