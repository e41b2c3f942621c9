"""Somebody who is sampled in two rounds within an hour, at two sites: seen in the one that hears of it last."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fangxian.core.refusal import Refusal
from fangxian.ops.lab.actions.refolding import refold
from fangxian.ops.lab.elsewhere import same_in_others, swabs_elsewhere
from fangxian.ops.lab.queries import discrepancies_of, roster_of, rounds, swabs_in, tube_with
from fangxian.ops.procedures.sample_at_table import tell
from fangxian.ops.realm.current import county_now

from .lab_hand import Device, a_round
from .two_townships import NAME, account_of, build, shown

pytestmark = pytest.mark.django_db
KIND = "twice_other_round"


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    county = build()
    one, other = a_round(), a_round()
    rounds().filter(pk=other.round.pk).update(name="第二轮")
    return county, one, other


@pytest.fixture
def one(of_this_file, db):
    return of_this_file[1]


@pytest.fixture
def other(of_this_file, db):
    return of_this_file[2]


def kinds(there):
    return sorted(it.kind for it in discrepancies_of(there.round))


def sampled_in_both(one, other, *, apart_min=20, **more):
    """In the second at its west site, some minutes after the first; with what the second was answered."""
    first = Device(one)
    first.sends(first.swab("10010001", NAME))
    second = Device(
        other, "phone-2", began_at=first.at + timedelta(minutes=apart_min - 1), **{"site": other.west} | more
    )
    [answer] = second.sends(second.swab("20020002", NAME))
    return second, answer


def test_it_is_told_to_the_one_who_did_it_and_both_swabs_stand(one, other):
    _, answer = sampled_in_both(one, other)
    assert (answer.what, answer.doubts) == ("doubtful", (KIND,))
    assert (kinds(one), kinds(other)) == ([], [KIND])
    assert [len(swabs_in(tube_with(it.round, tube))) for it, tube in ((one, "10010001"), (other, "20020002"))] == [1, 1]


def test_an_hour_apart_it_is_nothing(one, other):
    sampled_in_both(one, other, apart_min=60)
    assert kinds(other) == []


def test_two_rounds_that_share_a_site_are_not_two_sites(one, other):
    sampled_in_both(one, other, site=other.east)
    assert kinds(other) == []


def test_for_two_diseases_somebody_may_well_be_sampled_twice(one, other):
    rounds().filter(pk=other.round.pk).update(disease="norovirus")
    sampled_in_both(one, other)
    assert kinds(other) == []


def test_a_child_that_no_register_knows_is_known_by_its_document(one, other):
    typed = {"name": "小宝", "document_kind": "passport", "document_number": "E99900017"}
    first = Device(one)
    first.sends(first.told("swab", tube="10010001", person=typed))
    second = Device(other, "phone-2", site=other.west, began_at=first.at)
    second.sends(second.told("swab", tube="20020002", person=typed))
    assert KIND in kinds(other)


def test_it_is_gone_when_it_is_put_right_where_it_is_asked(one, other):
    second, _ = sampled_in_both(one, other)
    second.sends(second.told("unswab", tube="20020002", token=other.tokens[NAME], said="扫错了人"))
    assert kinds(other) == []


def test_it_is_gone_when_it_is_put_right_in_the_other_round(one, other):
    second, _ = sampled_in_both(one, other)
    first = Device(one, began_at=second.at)
    first.sends(first.told("unswab", tube="10010001", token=one.tokens[NAME], said="扫错了人"))
    assert kinds(other) == []


def test_of_a_round_alone_no_more_than_one_question_is_asked(one, other, django_assert_max_num_queries):
    rounds().filter(pk=other.round.pk).delete()
    places = list(roster_of(one.round).values_list("pk", flat=True))
    with django_assert_max_num_queries(1, info="rounds that run"):
        assert swabs_elsewhere(same_in_others(one.round, places)) == {}


def test_of_many_sampled_in_both_no_more_questions_are_asked_than_of_one(one, other):
    first, names = Device(one), [NAME, "李静", "孟小"]
    first.sends(*(first.swab("10010001", it) for it in names))
    second = Device(other, "phone-2", site=other.west, began_at=first.at)
    second.sends(*(second.swab("20020002", it) for it in names))
    assert kinds(other) == [KIND] * 3
    places = list(roster_of(one.round).filter(token__in=[one.tokens[it] for it in names]).values_list("pk", flat=True))
    n = []
    for some in (places[:1], places):
        with CaptureQueriesContext(connection) as asked:
            refold(one.round, tubes=(), boxes=(), places=some, at=first.at)
        n.append(sum(it["sql"].startswith("SELECT") for it in asked.captured_queries))
    assert n[0] == n[1]


def test_the_page_says_where_the_other_swab_was_taken(of_this_file, one, other):
    sampled_in_both(other, one)
    client = Client()
    client.force_login(
        account_of(of_this_file[0], "dispatcher", "141027"), backend="django.contrib.auth.backends.ModelBackend"
    )
    page = shown(client.get(reverse("round-doubts", args=[one.round.pk])))
    assert "一个人一小时内在另一轮的采样点也采了样" in page
    assert "“第二轮” 东关采样点" in page


def test_at_a_table_s_page_it_is_refused_at_once_unless_it_is_meant(of_this_file, one, other):
    first = Device(one, began_at=county_now() - timedelta(minutes=20))
    first.sends(first.swab("10010001", NAME))
    dispatcher = account_of(of_this_file[0], "dispatcher", "141027")
    tell(other.round, "open_tube", dispatcher, site=other.west, tube="20020002", size=10)
    told = {"site": other.west, "tube": "20020002", "token": other.tokens[NAME]}
    with pytest.raises(Refusal) as refused:
        tell(other.round, "swab", dispatcher, **told)
    assert refused.value.code == "lab.sampled_elsewhere"
    assert "东关采样点" in refused.value.said.zh
    assert tell(other.round, "swab", dispatcher, **told, again=True).doubts == (KIND,)
