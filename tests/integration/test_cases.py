"""The cases room: opening, the steps in their order, what two laboratories must say, and dates that cannot be."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.cases import actions, queries
from fangxian.ops.cases.models import Case
from fangxian.ops.cases.wire import Changes
from fangxian.ops.realm.current import county_now
from tests.integration.case_room_hand import (
    BY,
    LABORATORY,
    SECOND,
    a_case,
    confirmed_case,
    document,
    held_case,
    new_case,
    result,
    today,
)

pytestmark = pytest.mark.django_db


def refused(code):
    return pytest.raises(Refusal, match=f"^{code.replace('.', '[.]')}$")


# ── opening ───────────────────────────────────────────────────────────────────


def test_cases_are_numbered_through_the_year():
    year = county_now().year
    assert [a_case(n).number for n in (1, 2)] == [f"141027-{year}-0001", f"141027-{year}-0002"]


def test_one_illness_of_one_person_is_one_case():
    row = a_case()
    with refused("cases.known_already") as no:
        a_case(found_by="screening")
    assert no.value.facts["number"] == row.number


def test_the_same_person_may_have_another_disease():
    assert a_case().number != a_case(disease="measles").number


def test_a_closed_case_lets_the_person_fall_ill_again():
    row = confirmed_case()
    actions.close(cases=[row.pk], outcome="recovered", reason="", by=BY)
    assert a_case().pk != row.pk


def test_of_many_opened_together_one_person_is_opened_once():
    opened = actions.open_cases(cases=[new_case(1), new_case(2), new_case(1)], by=BY)
    assert [is_new for _, is_new in opened] == [True, True, False]
    assert opened[2][0].pk == opened[0][0].pk


def test_a_batch_is_one_line_of_the_record():
    actions.open_cases(cases=[new_case(n) for n in range(1, 6)], by=BY)
    assert AuditLine.objects.filter(action="cases.opened").count() == 1


def test_what_is_sealed_does_not_stand_in_the_database():
    from django.db import connection

    row = a_case()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, document_number, phone FROM cases_case")
        columns = b"".join(map(bytes, cursor.fetchone()))
    assert row.name.encode() not in columns


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"onset_on": 1}, "cases.onset_in_future"),
        ({"born_on": date(1980, 3, 1), "died_on": date(1979, 1, 1), "onset_on": None}, "cases.death_before_birth"),
        ({"onset_on": -1, "died_on": -2}, "cases.onset_after_death"),
        ({"born_on": -1, "onset_on": -2}, "cases.onset_before_birth"),
        ({"died_on": 1}, "cases.death_in_future"),
        ({"name": "  "}, "cases.no_name"),
        ({"occupation": "astronaut"}, "cases.not_a_choice"),
    ],
)
def test_what_cannot_be_is_refused(changed, code):
    told = {
        name: today() + timedelta(days=value) if isinstance(value, int) else value for name, value in changed.items()
    }
    with refused(code):
        a_case(**told)


def test_the_database_itself_refuses_an_onset_after_death():
    row = a_case()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=row.pk).update(died_on=row.onset_on - timedelta(days=1))


# ── held until a second laboratory has spoken ─────────────────────────────────


def test_nothing_is_held_without_a_positive_specimen():
    with refused("cases.no_positive"):
        actions.hold(cases=[a_case().pk], reason="", by=BY)


def test_a_single_positive_does_not_confirm():
    with refused("cases.same_laboratory") as no:
        actions.confirm(cases=[held_case().pk], reason="阳性", by=BY)
    assert no.value.facts["laboratory"] == LABORATORY


def test_a_laboratory_is_not_its_own_second():
    row = held_case()
    actions.note_results(case=row.pk, results=[result(hours_ago=6)], by=BY)
    with refused("cases.same_laboratory"):
        actions.confirm(cases=[row.pk], reason="阳性", by=BY)


def test_a_second_laboratory_that_finds_it_too_confirms():
    row = held_case()
    actions.note_results(case=row.pk, results=[result(SECOND, hours_ago=6)], by=BY)
    confirmed = actions.confirm(cases=[row.pk], reason="两家阳性", by=BY)[0]
    assert (confirmed.state, confirmed.confirmed_at is not None) == ("confirmed", True)


def test_a_second_laboratory_that_does_not_find_it_leaves_exclusion():
    row = held_case()
    actions.note_results(case=row.pk, results=[result(SECOND, "negative", hours_ago=6)], by=BY)
    with refused("cases.retest_negative"):
        actions.confirm(cases=[row.pk], reason="阳性", by=BY)
    assert actions.exclude(cases=[row.pk], reason="复核阴性", by=BY)[0].state == "excluded"


def test_the_first_positive_is_the_earliest_sampled():
    row = a_case()
    actions.note_results(case=row.pk, results=[result(hours_ago=8), result(SECOND, hours_ago=20)], by=BY)
    assert Case.objects.get(pk=row.pk).first_positive_sampled_at == result(SECOND, hours_ago=20).sampled_at


def test_the_same_result_twice_is_one():
    row = a_case()
    for _ in range(2):
        actions.note_results(case=row.pk, results=[result()], by=BY)
    assert len(queries.results_of(row.pk)) == 1


@pytest.mark.parametrize(
    ("hours_ago", "back", "code"),
    [
        (-1, 4, "cases.sampled_in_future"),
        (10, 12, "cases.resulted_before_sampling"),
        (10, -1, "cases.resulted_in_future"),
    ],
)
def test_a_result_at_an_impossible_time_is_refused(hours_ago, back, code):
    told = result(hours_ago=hours_ago, resulted_at=county_now() - timedelta(hours=back))
    with refused(code):
        actions.note_results(case=a_case().pk, results=[told], by=BY)


# ── the steps ─────────────────────────────────────────────────────────────────


def test_a_case_goes_through_its_steps():
    row = confirmed_case()
    assert actions.begin_treatment(cases=[row.pk], hospital="县人民医院", by=BY)[0].state == "in_treatment"
    closed = actions.close(cases=[row.pk], outcome="recovered", reason="出院", by=BY)[0]
    assert (closed.state, closed.outcome) == ("closed", "recovered")


@pytest.mark.parametrize(
    "step",
    [
        lambda pk: actions.begin_treatment(cases=[pk], hospital="县人民医院", by=BY),
        lambda pk: actions.close(cases=[pk], outcome="recovered", reason="", by=BY),
    ],
)
def test_a_case_that_is_only_reported_is_neither_treated_nor_closed(step):
    with refused("cases.wrong_order"):
        step(a_case().pk)


def test_what_is_excluded_is_not_confirmed_again():
    row = actions.exclude(cases=[a_case().pk], reason="复核阴性", by=BY)[0]
    with refused("cases.wrong_order"):
        actions.confirm(cases=[row.pk], reason="阳性", by=BY)


def test_a_death_needs_its_date():
    with refused("cases.died_without_date"):
        actions.close(cases=[confirmed_case().pk], outcome="died", reason="", by=BY)


def test_a_death_before_the_onset_is_refused():
    row = confirmed_case()
    with refused("cases.onset_after_death"):
        died_on = row.onset_on - timedelta(days=1)
        actions.close(cases=[row.pk], outcome="died", died_on=died_on, reason="", by=BY)


def test_a_step_taken_twice_changes_nothing():
    row = confirmed_case()
    again = actions.confirm(cases=[row.pk], reason="两份标本阳性", by=BY)[0]
    assert again.version == row.version


def test_of_a_set_all_move_or_none():
    rows = [confirmed_case(1), a_case(2)]
    with refused("cases.wrong_order"):
        actions.begin_treatment(cases=[row.pk for row in rows], hospital="县人民医院", by=BY)
    assert set(Case.objects.values_list("state", flat=True)) == {"confirmed", "reported"}


# ── putting right ─────────────────────────────────────────────────────────────


def test_a_correction_says_why():
    row = a_case()
    with refused("cases.no_reason"):
        actions.correct_case(case=row.pk, changes=Changes(columns={"name": "试乙"}, version=1, reason=""), by=BY)


def test_a_correction_on_an_older_version_is_refused():
    row = a_case()
    for name in ("试乙", "试丙"):
        changes = Changes(columns={"name": name}, version=1, reason="核对证件")
        if name == "试丙":
            with refused("cases.stale"):
                actions.correct_case(case=row.pk, changes=changes, by=BY)
        else:
            actions.correct_case(case=row.pk, changes=changes, by=BY)
    assert Case.objects.get(pk=row.pk).name == "试乙"


def test_a_corrected_number_is_found_again():
    row = a_case()
    columns = {"document_number": document(7)}
    actions.correct_case(case=row.pk, changes=Changes(columns=columns, version=1, reason="号码抄错"), by=BY)
    assert list(queries.with_document(document(7))) == [row]
