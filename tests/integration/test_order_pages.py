"""An order for a measure by the pages: one drafts, two of two units sign, it holds, permits follow, it is lifted."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.ops.accounts.models import Account, Unit
from fangxian.ops.approvals.models import ApprovalRequest
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.departures.models import Application
from fangxian.ops.departures.queries import STATES
from fangxian.ops.measures.models import Order, ProposedOrder
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.departure_checks import look_at_departure
from fangxian.ops.realm.current import county_now
from tests.integration.departure_hand import a_county, issued
from tests.integration.two_townships import OTHER_TOWN, TOWN, UNIT, account_of, shown

pytestmark = pytest.mark.django_db
NUMBER = "浮防指〔2022〕9号"


@pytest.fixture(scope="module")
def people(rows_of_this_file):
    county = a_county()
    cdc = Unit.objects.create(name_zh="疾控中心", name_en="CDC", kind="cdc", area_path="141027")
    county.drafts, county.other = account_of(county, "dispatcher"), account_of(county, "commander")
    Account.objects.filter(pk=county.other.pk).update(unit=cdc)
    return county


@pytest.fixture
def county(people, db):
    return people


def browser(account):
    one = Client()
    one.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return one


def moment(**from_now):
    return f"{localtime(county_now() + timedelta(**from_now)):%Y-%m-%dT%H:%M}"


def told(**changes):
    return {
        "measure": "covid-19:area-closure", "area": UNIT, "begins_at": moment(hours=-1), "ends_at": moment(days=6),
        "reason": "两户检出阳性", "basis": "传染病防治法第四十二条", "issuer": "浮山县疫情防控指挥部", "number": NUMBER,
    } | changes  # fmt: skip


def drafted(account, **changes):
    return browser(account).post(reverse("order-new"), told(**changes))


def signed(account, request=None, do="approve"):
    request = request or ApprovalRequest.objects.get()
    given = {"digest": request.digest, "do": do, "reason": "看过"}
    return browser(account).post(reverse("approval", args=[request.pk]), given)


def in_force(county, **changes):
    drafted(county.drafts, **changes)
    signed(county.commander)
    signed(county.other)
    return Order.objects.get()


def bars(county):
    """The orders that stand against the head of the household leaving."""
    found = look_at_departure(
        [county.head.pk], destination="141002", leaves_on=None, returns_on=None, at=county_now()
    ).check.requirements
    return [it.rule for it in found if it.requirement == "order"]


def test_with_the_second_signature_the_order_holds_and_nobody_who_lives_there_leaves(county):
    assert drafted(county.drafts).status_code == 302
    assert signed(county.commander).url.endswith("done=approved")
    assert (Order.objects.count(), bars(county)) == (0, [])
    assert signed(county.other).url.endswith("done=signed")
    assert (Order.objects.get().reason, bars(county)) == ("两户检出阳性", [NUMBER])
    said = set(AuditLine.objects.values_list("action", flat=True))
    assert {"measures.order_proposed", "measures.order_issued"} <= said


def test_whoever_lives_there_reads_it_beside_their_code_and_nobody_else_does(county):
    in_force(county, area=UNIT)
    near, far = (account_of(county, "resident") for _ in range(2))
    Person.objects.filter(pk=county.head.pk).update(account=near)
    Person.objects.filter(pk=county.stranger.pk).update(account=far)
    assert [NUMBER in shown(browser(it).get(reverse("my-code"))) for it in (near, far)] == [True, False]


def test_everybody_reads_it_on_the_first_page(county):
    in_force(county)
    assert "两户检出阳性" in shown(Client().get("/"))


def test_a_permit_that_stands_is_taken_back_with_the_second_signature(county):
    row = issued(county)
    in_force(county)
    assert Application.objects.get(pk=row.pk).state != STATES.ISSUED


def test_whoever_signs_sees_the_area_what_it_means_whom_it_reaches_and_why(county):
    drafted(county.drafts)
    page = shown(browser(county.commander).get(reverse("approval", args=[ApprovalRequest.objects.get().pk])))
    assert all(it in page for it in (NUMBER, "两户检出阳性", "离境申请不批", "位居民", 'value="approve"'))


def test_lifted_with_a_reason_it_holds_nobody_and_says_why(county):
    there = reverse("order", args=[in_force(county).pk])
    lifted = browser(county.commander).post(there, {"reason": "连续 14 天无新增"})
    assert (lifted.status_code, bars(county)) == (302, [])
    assert "连续14天无新增" in shown(browser(county.keeper).get(there)).replace(" ", "")
    again = browser(county.commander).post(there, {"reason": "又点了一次"})
    assert (again.status_code, Order.objects.get().lifted_why) == (302, "连续 14 天无新增")
    assert AuditLine.objects.filter(action="measures.order_lifted").count() == 1


def test_without_a_reason_it_is_not_lifted(county):
    there = reverse("order", args=[in_force(county).pk])
    assert browser(county.commander).post(there, {"reason": "  "}).status_code == 400
    assert bars(county) == [NUMBER]


def test_whoever_drafts_or_may_only_read_lifts_nothing(county):
    there = reverse("order", args=[in_force(county).pk])
    assert {browser(it).post(there, {"reason": "想解除"}).status_code for it in (county.drafts, county.township)} == {
        403
    }
    assert bars(county) == [NUMBER]


def test_the_same_draft_sent_twice_is_one_request(county):
    filled = told()
    for _ in range(2):
        assert browser(county.drafts).post(reverse("order-new"), filled).status_code == 302
    assert (ApprovalRequest.objects.count(), ProposedOrder.objects.count()) == (1, 1)


def test_a_township_drafts_for_itself_and_not_for_another(county):
    assert drafted(county.township, area=TOWN).status_code == 302
    assert drafted(county.township, area=OTHER_TOWN, number="浮防指〔2022〕10号").status_code == 400
    assert ApprovalRequest.objects.get().area_path == TOWN


def test_whoever_signs_drafts_nothing_and_whoever_drafts_signs_nothing(county):
    assert drafted(county.commander).status_code == 403
    drafted(county.drafts)
    assert signed(county.drafts).status_code == 400
    assert not Order.objects.exists()


def test_whoever_keeps_a_post_drafts_nothing_and_reads_what_holds(county):
    assert browser(county.keeper).get(reverse("order-new")).status_code == 403
    in_force(county)
    assert NUMBER in shown(browser(county.keeper).get(reverse("orders")))


@pytest.mark.parametrize(
    ("changes", "beside"),
    [
        ({"ends_at": {"hours": -2}}, "ends_at"),
        ({"ends_at": {"days": 200}}, "ends_at"),
        ({"begins_at": "0001-01-01T00:00"}, "ends_at"),
        ({"ends_at": "下周"}, "ends_at"),
        ({"area": "110101"}, "area"),
        ({"measure": "covid-19:eat-all"}, "measure"),
        ({"reason": ""}, "reason"),
        ({"basis": " "}, "basis"),
    ],
    ids=["over already", "too long", "from the year 1", "no time", "elsewhere", "no measure", "no reason", "no basis"],
)
def test_a_draft_that_cannot_be_is_refused_beside_its_field_and_what_was_typed_stays(county, changes, beside):
    typed = {name: moment(**it) if isinstance(it, dict) else it for name, it in changes.items()}
    answer = drafted(county.drafts, **typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [beside])
    assert NUMBER in shown(answer)
    assert not ApprovalRequest.objects.exists()


def test_a_number_that_waits_to_be_signed_is_not_asked_for_by_another_order(county):
    drafted(county.drafts)
    answer = drafted(county.drafts, area=TOWN)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["number"])
    assert ApprovalRequest.objects.count() == 1


def test_a_draft_has_the_number_after_the_latest(county):
    in_force(county)
    assert browser(county.drafts).get(reverse("order-new")).context["form"].initial["number"] == "浮防指〔2022〕10号"


def test_what_waits_to_be_signed_is_shown_to_whoever_may_sign_and_to_nobody_below(county):
    drafted(county.drafts)
    assert NUMBER in shown(browser(county.commander).get(reverse("orders")))
    assert NUMBER not in shown(browser(county.township).get(reverse("orders")))


def test_the_list_takes_as_many_queries_for_one_order_as_for_many(county, django_assert_max_num_queries):
    first = in_force(county)
    reader = browser(county.commander)
    reader.get(reverse("orders"))
    Order.objects.bulk_create(
        Order(
            number=f"试{n}号", disease="covid-19", measure="area-closure", area_path=UNIT, issuer="县", basis="法",
            begins_at=first.begins_at, ends_at=first.ends_at, signed_by="program:test",
        )
        for n in range(30)
    )  # fmt: skip
    with django_assert_max_num_queries(22):
        assert reader.get(reverse("orders")).status_code == 200
