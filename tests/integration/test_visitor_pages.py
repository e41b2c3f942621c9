"""A visitor who passes through: a temporary identity for a day, unknown until they declare; on both databases."""

import io
import logging
from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import Mock

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.core.policy.byte_journal import ScanMark
from fangxian.core.policy.vocabulary import Colour, Presence
from fangxian.ops.accounts import limits
from fangxian.ops.config.log import NamesTheView
from fangxian.ops.movement.queries import health_of
from fangxian.ops.people.models import Person, TemporaryIdentity
from fangxian.ops.places.models import Venue
from fangxian.ops.procedures import settle_visitors
from fangxian.ops.procedures.settle_visitors import forget_visitors, know_visitors
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.sealed import index_of
from fangxian.ops.visits.models import Scan
from fangxian.ops.visits.tail import Tail
from tests.integration.journal_writing import a_scan, write_segment
from tests.integration.people_with_codes import build_with_codes
from tests.integration.two_townships import document

pytestmark = pytest.mark.django_db
TOLD = {
    "name": "杜甫",
    "phone": "154 0000 0077",
    "kind": "resident",
    "number": document(date(1985, 2, 3), 77),
    "from_place": "临汾市尧都区",
    "to_place": "长治市",
}


@pytest.fixture
def road():
    """The county, and a phone on the provincial road that belongs to nobody here."""
    county = build_with_codes()
    county.phone = Client()
    return county


def register(client, **told):
    return client.post(reverse("visitor"), TOLD | told)


def colour_of(person) -> Colour:
    return health_of(person.pk).colour


def test_a_visitor_gets_a_code_for_a_day_and_is_unknown(road):
    answer = register(road.phone)
    assert answer.status_code == 302
    person = Person.objects.get(standing="visitor")
    assert colour_of(person) == Colour.UNKNOWN
    identity = TemporaryIdentity.objects.get()
    assert identity.ends_at - identity.begins_at == timedelta(hours=24)
    page = road.phone.get(answer.headers["Location"]).content.decode()
    assert "未知" in page
    assert 'data-island="my-code"' in page


def test_nothing_of_the_person_stands_in_the_address(road):
    address = register(road.phone).headers["Location"]
    person = Person.objects.get(standing="visitor")
    for said in (TOLD["number"], "15400000077", str(person.pk), "杜"):
        assert said not in address
    assert len(address.rpartition("/")[2]) >= 32


def declare(client, address):
    return client.post(address, {"text": "临汾市尧都区，4 月 1 日起", "is_true": "on"})


def typed_at_a_door(road, folder, venue_class="highway-post", **more):
    """The visitor's document number, typed at a keeper's device there; the worker has looked."""
    Venue.objects.filter(pk=road.shop.pk).update(venue_class=venue_class)
    at, person = county_now(), Person.objects.get(document_index=index_of("document_number", TOLD["number"]))
    shown = {"marks": ScanMark.BY_DOCUMENT, "presence": Presence.STAFFED} | more
    n = Scan.objects.count() + 1
    scan = a_scan(n, at, venue=road.shop.venue_number, gate_number=person.gate_number, **shown)
    write_segment(folder, [scan], at=at)
    Tail(folder, lambda *_: "X").read_on(at=at)
    know_visitors()


@pytest.mark.parametrize("is_seen_first", [False, True])
def test_once_declared_and_their_document_seen_at_a_road_post_the_rules_decide_the_colour(
    road, tmp_path, is_seen_first
):
    address = register(road.phone).headers["Location"]
    steps = [lambda: typed_at_a_door(road, tmp_path), lambda: declare(road.phone, address)]
    first, second = steps if is_seen_first else reversed(steps)
    first()
    assert colour_of(Person.objects.get(standing="visitor")) == Colour.UNKNOWN
    second()
    assert colour_of(Person.objects.get(standing="declared")) == Colour.GREEN
    assert "绿码" in road.phone.get(address).content.decode()


def test_a_worker_killed_before_the_code_was_computed_leaves_it_to_the_next(road, tmp_path, monkeypatch):
    declare(road.phone, register(road.phone).headers["Location"])
    with monkeypatch.context() as patch:
        patch.setattr(settle_visitors, "recolour", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            typed_at_a_door(road, tmp_path)
    assert TemporaryIdentity.objects.get().seen_at is None
    know_visitors()
    assert colour_of(Person.objects.get(standing="declared")) == Colour.GREEN


NOT_SEEN = {
    "the visitor's own code, scanned by a keeper": {"marks": ScanMark(0)},
    "a number typed by nobody's device": {"marks": ScanMark.BY_DOCUMENT, "presence": Presence.NONE},
    "a number typed at a shop": {"venue_class": "shop"},
}


@pytest.mark.parametrize("shown", NOT_SEEN.values(), ids=NOT_SEEN)
def test_whoever_only_declared_stays_unknown_until_a_road_post_has_their_document_in_hand(road, tmp_path, shown):
    address = register(road.phone).headers["Location"]
    assert declare(road.phone, address).status_code == 302
    typed_at_a_door(road, tmp_path, **shown)
    assert colour_of(Person.objects.get(standing="visitor")) == Colour.UNKNOWN
    assert "请值守员输入证件号码" in road.phone.get(address).content.decode()


def test_a_visitor_is_as_unknown_after_their_day_as_before_it(road, tmp_path):
    declare(road.phone, register(road.phone).headers["Location"])
    typed_at_a_door(road, tmp_path)
    over = county_now() - timedelta(minutes=1)
    TemporaryIdentity.objects.update(begins_at=over - timedelta(hours=24), ends_at=over)
    forget_visitors(at=county_now(), by="program:test")
    assert colour_of(Person.objects.get(standing="visitor")) == Colour.UNKNOWN
    register(road.phone)
    assert colour_of(Person.objects.get(standing="visitor")) == Colour.UNKNOWN, "each day is declared anew"


def test_a_declaration_is_confirmed_and_says_something(road):
    address = register(road.phone).headers["Location"]
    assert road.phone.post(address, {"text": "临汾"}).status_code == 400
    assert road.phone.post(address, {"text": " ", "is_true": "on"}).status_code == 400
    assert Person.objects.filter(standing="visitor").count() == 1


def test_the_code_ends_after_its_day(road):
    address = register(road.phone).headers["Location"]
    over = county_now() - timedelta(minutes=1)
    TemporaryIdentity.objects.update(begins_at=over - timedelta(hours=24), ends_at=over)
    answer = road.phone.get(address)
    assert answer.status_code == 409
    assert "到期" in answer.content.decode()


def test_whoever_comes_again_keeps_the_record(road):
    first, second = register(road.phone), register(road.phone, to_place="晋城市")
    assert first.headers["Location"] != second.headers["Location"]
    assert Person.objects.filter(standing="visitor").count() == 1


def test_one_address_does_not_fill_the_register_in_a_night(road, monkeypatch):
    monkeypatch.setattr(limits, "VISITORS_OF_ADDRESS", replace(limits.VISITORS_OF_ADDRESS, value=10))
    told = [{"number": document(date(1985, 2, 3), n)} for n in range(100, 111)]
    answers = [register(road.phone, **one) for one in told]
    assert [answer.status_code for answer in answers] == [302] * 10 + [400]
    assert "达到上限" in answers[-1].content.decode()
    assert Person.objects.filter(standing="visitor").count() == 10


@pytest.mark.parametrize("name", ["孟浩然", "杜甫"])
def test_a_residents_number_gives_nobody_a_code_and_tells_nothing(road, name):
    answer = register(road.phone, number=road.head.document_number, name=name)
    assert answer.status_code == 400
    assert "不能登记临时身份" in answer.content.decode()
    assert not TemporaryIdentity.objects.exists()


def test_anothers_number_with_another_name_is_refused_in_the_same_words(road):
    register(road.phone)
    answer = register(road.phone, name="李白")
    assert answer.status_code == 400
    assert "不能登记临时身份" in answer.content.decode()


def test_a_wrong_number_is_said_beside_it_and_what_was_typed_is_kept(road):
    answer = register(road.phone, number=TOLD["number"][:-1] + "Y")
    html = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="临汾市尧都区"' in html


def test_a_passport_needs_a_date_of_birth(road):
    told = {"kind": "passport", "number": "E12345678"}
    answer = register(road.phone, **told)
    assert "没有出生日期" in answer.content.decode()
    assert register(road.phone, **told, born_on="1990-05-01", sex="female").status_code == 302
    assert Person.objects.get(standing="visitor").sex == "female"


def test_a_phone_that_is_none_is_said_beside_it(road):
    assert "这不是手机号" in register(road.phone, phone="12345").content.decode()


def test_the_log_names_the_view_and_not_the_address_which_is_a_key(road, monkeypatch):
    console = next(it for it in logging.getLogger().handlers if any(isinstance(f, NamesTheView) for f in it.filters))
    monkeypatch.setattr(console, "stream", io.StringIO())
    address = register(road.phone).headers["Location"]
    assert road.phone.post(address, {"text": "临汾"}).status_code == 400
    assert road.phone.get(reverse("visitor-code", args=["no-such-key"])).status_code == 404
    told = console.stream.getvalue()
    assert told.count("visitor-code") == 2
    assert address.rpartition("/")[2] not in told
    assert "no-such-key" not in told


def test_no_such_address_is_told_in_words(road):
    answer = road.phone.get(reverse("visitor-code", args=["nothing"]))
    assert answer.status_code == 404
    assert "没有这个临时码的地址" in answer.content.decode()
