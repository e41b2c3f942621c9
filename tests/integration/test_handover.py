"""People go to another county and come from one: signed, answered, each known once, nobody lost on the way."""

from copy import deepcopy
from datetime import timedelta
from uuid import uuid4

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.contacts.actions import confirm_contacts, propose_contacts
from fangxian.ops.contacts.models import Contact, ContactFile
from fangxian.ops.contacts.wire import NewContact, Who
from fangxian.ops.documents.queries import find_by_number
from fangxian.ops.handover.actions import confirm_key, keep_receipt, reject_key, withdraw
from fangxian.ops.handover.models import CountyKey, Package
from fangxian.ops.handover.queries import keys, rows_of
from fangxian.ops.handover.wire import read_receipt, unpack
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.procedures.confirm_contacts import confirm_contacts as decide
from fangxian.ops.procedures.hand_over import Leaving, call_for_receipts, prepare_package, send_package
from fangxian.ops.procedures.take_over import receive_package, take_over, take_receipt
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.contact_files import contact_file
from fangxian.ops.tasks.models import Task

from .list_hand import BY, in_force, somebody
from .neighbour import THERE, Neighbour, contact_row, document

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lead_of_this_file(rows_of_this_file) -> Account:
    in_force("covid19-2022-04")
    return somebody("tracing_lead")


@pytest.fixture
def lead(lead_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(lead_of_this_file)


@pytest.fixture
def colleague(lead) -> Account:
    return somebody("investigator")


@pytest.fixture
def there() -> Neighbour:
    return Neighbour()


@pytest.fixture
def ours(lead) -> list[Contact]:
    """Two confirmed contacts of a case of ours."""
    at = county_now()
    new = [
        NewContact(
            ring="close-contact",
            area_path="141027",
            first_exposure_at=at - timedelta(days=2),
            last_exposure_at=at - timedelta(days=1),
            found_by="interview",
            who=Who(name=f"测试{n}", document_kind="resident", document_number=document(n), phone=f"154{n:08d}"),
        )
        for n in (1, 2)
    ]
    ids = propose_contacts(case=uuid4(), disease="covid-19", contacts=new, by=BY).ids
    book = rulebooks_by_disease(at)["covid-19"]
    confirm_contacts(contacts=ids, ring="close-contact", reason="同餐", rulebook=book, by=BY)
    return list(Contact.objects.filter(pk__in=ids))


def confirmed(there: Neighbour, by: Account, noted_by: Account) -> None:
    """The neighbour's key is known here, and confirmed by a second person."""
    receive_package(file=there.package([contact_row(900)]), by=noted_by)
    confirm_key(key=keys().get(division_code=there.county.division_code).pk, because="电话核对", by=f"account:{by.pk}")


def file_of(package: Package) -> bytes:
    return the_realm().files.get(package.file)


def prepared(ours, lead, **more) -> Package:
    leaving = Leaving(to=THERE, reason="现住洪洞", contacts=[it.pk for it in ours], **more)
    return prepare_package(leaving=leaving, by=lead)


def refusal_of(call, *args, **kwargs) -> str:
    with pytest.raises(Refusal) as refused:
        call(*args, **kwargs)
    return refused.value.code


def test_a_package_is_signed_numbered_and_says_who_is_in_it(ours, lead):
    package = prepared(ours, lead)
    content, signed = unpack(file_of(package))
    assert (content.number, content.addressee.division_code) == (package.number, "141024")
    assert find_by_number(package.number) is not None
    assert sorted(row.fields["name"] for row in content.rows) == ["测试1", "测试2"]
    assert bytes.fromhex(signed.public_key) in the_realm().keys.public_keys().values()


@pytest.mark.parametrize("kind", ["resident", "resident_18"])
def test_whoever_is_on_our_register_goes_out_as_another_county_reads_them(ours, lead, colleague, there, kind):
    ContactFile.objects.update(document_kind=kind)
    content, _ = unpack(file_of(prepared(ours, lead)))
    theirs = [contact_row(n, **row.fields) for n, row in enumerate(content.rows, start=1)]
    withdraw(package=Package.objects.get().pk, reason="改由对方发来", by=BY)
    confirmed(there, colleague, lead)
    arrived, _ = receive_package(file=there.package(theirs), by=lead)
    done = take_over(package=arrived.pk, by=lead)
    assert (done.receipt.n_refused, len(theirs)) == (0, 2)


def test_nobody_is_handed_over_before_the_package_is_sent(ours, lead):
    package = prepared(ours, lead)
    assert {it.state for it in Contact.objects.all()} == {"confirmed"}
    send_package(package=package.pk, by=lead)
    assert {(it.state, it.destination, it.belongs) for it in Contact.objects.all()} == {
        ("handed_over", "141024", "district")
    }


def test_sending_twice_starts_no_second_clock(ours, lead):
    package = prepared(ours, lead)
    due_at = send_package(package=package.pk, by=lead).due_at
    assert send_package(package=package.pk, by=lead).due_at == due_at


def test_somebody_is_in_one_package_at_a_time(ours, lead):
    package = prepared(ours, lead)
    assert refusal_of(prepared, ours, lead) == "handover.out_already"
    withdraw(package=package.pk, reason="地址有误", by=BY)
    assert prepared(ours, lead).state == "prepared"


def test_whoever_is_not_decided_on_is_not_handed_over(ours, lead):
    Contact.objects.update(state="proposed")
    assert refusal_of(prepared, ours, lead) == "handover.not_decided"


def test_a_package_goes_to_another_county(ours, lead):
    here = Leaving(to=type(THERE)(division_code="141027", zh="浮山县", en="Fushan"), reason="", contacts=[ours[0].pk])
    assert refusal_of(prepare_package, leaving=here, by=lead) == "handover.no_addressee"


def test_an_account_without_the_permission_hands_nobody_over(ours, lead):
    assert refusal_of(prepared, ours, somebody("grid_worker")) == "accounts.not_yours"


def test_a_receipt_that_does_not_come_becomes_a_task_once(ours, lead):
    package = send_package(package=prepared(ours, lead).pk, by=lead)
    assert call_for_receipts(at=package.due_at - timedelta(minutes=1), by=BY) == 0
    assert call_for_receipts(at=package.due_at, by=BY) == 1
    assert call_for_receipts(at=package.due_at + timedelta(hours=1), by=BY) == 0


def test_the_receipt_closes_the_package_and_the_task(ours, lead, colleague, there):
    confirmed(there, colleague, lead)
    package = send_package(package=prepared(ours, lead).pk, by=lead)
    call_for_receipts(at=package.due_at, by=BY)
    answered, is_repeat = take_receipt(file=there.receipt(file_of(package)), by=lead)
    assert (answered.state, is_repeat) == ("answered", False)
    assert {row.outcome for row in rows_of(package)} == {"new"}
    assert Task.objects.get(kind="handover.receipt_late").state == "done"
    assert take_receipt(file=there.receipt(file_of(package)), by=lead)[1]


def test_a_receipt_of_an_unconfirmed_key_closes_nothing(ours, lead, there):
    package = send_package(package=prepared(ours, lead).pk, by=lead)
    assert refusal_of(keep_receipt, file=there.receipt(file_of(package)), by=BY) == "handover.receipt_wants_key"
    package.refresh_from_db()
    assert package.state == "sent"
    assert keys().filter(state="noted").count() == 1


def test_a_receipt_of_a_third_county_is_refused(ours, lead):
    third = Neighbour(county=type(THERE)(division_code="141025", zh="古县", en="Gu County"))
    package = send_package(package=prepared(ours, lead).pk, by=lead)
    receipt = third.receipt(file_of(package))
    assert refusal_of(take_receipt, file=receipt, by=lead) == "handover.receipt_of_another"


def test_a_receipt_of_another_content_is_refused(ours, lead, there):
    package = send_package(package=prepared(ours, lead).pk, by=lead)
    receipt = there.receipt(file_of(package), digest="0" * 64)
    assert refusal_of(take_receipt, file=receipt, by=lead) == "handover.receipt_of_nothing"


def test_a_package_of_an_unknown_key_is_held_and_nobody_comes_in(lead, there):
    package, _ = receive_package(file=there.package([contact_row(1)]), by=lead)
    assert package.state == "held"
    assert refusal_of(take_over, package=package.pk, by=lead) == "handover.wrong_state"
    assert not Contact.objects.exists()


def test_whoever_brought_a_key_in_does_not_confirm_it(lead, colleague, there):
    receive_package(file=there.package([contact_row(1)]), by=lead)
    key = CountyKey.objects.get()
    assert refusal_of(confirm_key, key=key.pk, because="电话", by=f"account:{lead.pk}") == "handover.key_needs_another"
    assert confirm_key(key=key.pk, because="电话核对指纹", by=f"account:{colleague.pk}").state == "confirmed"
    assert Package.objects.get().state == "received"


def test_what_a_rejected_key_signs_is_refused(lead, there):
    receive_package(file=there.package([contact_row(1)]), by=lead)
    reject_key(key=CountyKey.objects.get().pk, because="对方说不是", by=BY)
    assert Package.objects.get().state == "rejected"
    assert refusal_of(receive_package, file=there.package([contact_row(2)]), by=lead) == "handover.key_rejected"


def test_people_come_in_as_proposals_with_a_task_each_and_a_receipt(lead, colleague, there):
    confirmed(there, colleague, lead)
    package, _ = receive_package(file=there.package([contact_row(1), contact_row(2)]), by=lead)
    done = take_over(package=package.pk, by=lead)
    assert done.state == "taken_over"
    assert {(it.state, it.origin, it.pushed_by) for it in Contact.objects.all()} == {
        ("proposed", "pushed_in", "141024")
    }
    assert Task.objects.filter(kind="handover.find", state="open").count() == 2
    said, signed = read_receipt(the_realm().files.get(done.receipt.file))
    assert (said.package, [row.outcome for row in said.rows]) == (package.pk, ["new", "new"])
    assert signed.division_code == "141027"


def test_the_task_of_taking_over_is_done_by_it(lead, colleague, there):
    confirmed(there, colleague, lead)
    package, _ = receive_package(file=there.package([contact_row(1)]), by=lead)
    task = Task.objects.get(kind="handover.take_over", unique_key=str(package.pk))
    take_over(package=package.pk, by=lead)
    task.refresh_from_db()
    assert task.state == "done"


def test_the_same_package_again_is_harmless(lead, colleague, there):
    confirmed(there, colleague, lead)
    file = there.package([contact_row(1)])
    package, _ = receive_package(file=file, by=lead)
    take_over(package=package.pk, by=lead)
    again, is_repeat = receive_package(file=file, by=lead)
    take_over(package=again.pk, by=lead)
    assert (again.pk, is_repeat, Contact.objects.count()) == (package.pk, True, 1)


def test_one_id_has_one_content(lead, there):
    id_ = uuid4()
    receive_package(file=there.package([contact_row(1)], id=id_), by=lead)
    file = there.package([contact_row(2)], id=id_)
    assert refusal_of(receive_package, file=file, by=lead) == "handover.another_content"


def test_the_same_person_under_two_documents_is_one(lead, colleague, there):
    confirmed(there, colleague, lead)
    passport = contact_row(1, row=2, document_kind="passport", document_number="E12345678")
    package, _ = receive_package(file=there.package([contact_row(1), passport]), by=lead)
    take_over(package=package.pk, by=lead)
    assert Contact.objects.count() == 1
    assert [row.outcome for row in rows_of(package)] == ["new", "known"]


def test_somebody_known_by_phone_and_name_is_merged_and_the_receipt_says_so(lead, colleague, there):
    confirmed(there, colleague, lead)
    first, _ = receive_package(file=there.package([contact_row(1, document_number="", address="")]), by=lead)
    take_over(package=first.pk, by=lead)
    second, _ = receive_package(file=there.package([contact_row(1)]), by=lead)
    done = take_over(package=second.pk, by=lead)
    assert (Contact.objects.count(), done.receipt.n_merged) == (1, 1)
    assert Contact.objects.get().file.document_number == document(1)


@pytest.mark.parametrize("known_by", [{"phone": ""}, {"document_number": ""}, {"document_kind": "passport"}])
def test_a_contact_of_another_case_here_is_known_for_the_same_person(lead, colleague, there, known_by):
    """By document, by phone and name, by phone and name under another document."""
    more = {"document_number": "E12345678"} if "document_kind" in known_by else {}
    confirmed(there, colleague, lead)
    first, _ = receive_package(
        file=there.package([contact_row(1, case="141024-2022-0007", **known_by, **more)]), by=lead
    )
    take_over(package=first.pk, by=lead)
    second, _ = receive_package(file=there.package([contact_row(1), contact_row(2, phone="15400000001")]), by=lead)
    done = take_over(package=second.pk, by=lead)
    said = [row.said_zh for row in rows_of(done).order_by("row_number")]
    assert ["另一病例的接触者" in it for it in said] == [True, False]
    mine, other = rows_of(done).order_by("row_number")
    earlier = Contact.objects.exclude(pk__in=[mine.subject_id, other.subject_id]).get()
    shown = contact_file(mine.subject_id, lead, at=county_now()).elsewhere
    assert [it.pk for it in shown] == [earlier.pk]
    assert contact_file(other.subject_id, lead, at=county_now()).elsewhere == []
    tasks = [task.about for task in Task.objects.filter(kind="handover.find") if "先看已有记录" in task.title_zh]
    assert tasks == [f"contact:{mine.subject_id}"]


def test_a_row_that_cannot_be_is_refused_and_the_others_come_in(lead, colleague, there):
    confirmed(there, colleague, lead)
    wrong = contact_row(2, document_number="123")
    package, _ = receive_package(file=there.package([contact_row(1), wrong]), by=lead)
    done = take_over(package=package.pk, by=lead)
    assert (done.receipt.n_new, done.receipt.n_refused) == (1, 1)
    assert "证件号码" in rows_of(package).get(outcome="refused").said_zh


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"addressee": THERE}, "handover.not_for_us"),
        ({"realm": "live"}, "handover.another_kind_of_realm"),
        ({"sender": type(THERE)(division_code="141025", zh="古县", en="Gu")}, "handover.signer_is_another"),
    ],
)
def test_a_package_that_is_not_for_here_is_refused_by_name(lead, there, more, code):
    assert refusal_of(receive_package, file=there.package([contact_row(1)], **more), by=lead) == code


def test_a_package_of_our_own_does_not_come_in(ours, lead):
    package = prepared(ours, lead)
    assert refusal_of(receive_package, file=file_of(package), by=lead) == "handover.from_ourselves"


def test_of_a_contact_of_a_contact_the_package_says_whose_and_the_sheet_too(ours, lead):
    [between, beyond] = ours
    Contact.objects.filter(pk=beyond.pk).update(ring="secondary-contact", via=between.pk, case_id=between.case_id)
    content, _ = unpack(file_of(prepared([Contact.objects.get(pk=beyond.pk)], lead)))
    assert content.rows[0].fields["place"].startswith("经密接 测＊＊")
    assert "测试1" not in content.rows[0].fields["place"]


def test_whom_another_county_hands_over_as_a_contact_of_a_contact_is_confirmed_without_the_one_between(
    lead, colleague, there
):
    confirmed(there, colleague, lead)
    second = contact_row(1, ring="密接的密接（次密接）", via=str(uuid4()))
    package, _ = receive_package(file=there.package([second]), by=lead)
    take_over(package=package.pk, by=lead)
    [row] = Contact.objects.filter(origin="pushed_in", ring="secondary-contact")
    decide(contacts=[row.pk], ring="secondary-contact", reason="对方县已判定", by=colleague)
    assert Contact.objects.get(pk=row.pk).state == "confirmed"
