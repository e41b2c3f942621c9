"""The file of roles: the shipped one keeps the law's separation, a wrong one is refused in words."""

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.roles import ScopeKind, read_roles, the_roles
from fangxian.ops.accounts.wire import roles_reference

NAMES = {
    "commander", "dispatcher", "township_approver", "village_approver", "grid_worker", "volunteer", "door_keeper",
    "venue_owner", "checkpoint_officer", "sampler", "transporter", "laboratory", "investigator", "liaison_leader",
    "quarantine_staff", "storekeeper", "inspector", "industry_department", "school", "clinic", "media_centre",
    "auditor", "security_administrator", "system_administrator", "resident",
}  # fmt: skip

GOOD = """
[permissions]
"people.view" = { zh = "查看居民", en = "see people" }
"approvals.decide" = { zh = "审批", en = "decide", approves = true }
[roles.worker]
zh = "网格员"
en = "worker"
scope = "grid"
idle_minutes = 60
appointed_by = ["worker"]
permissions = ["people.view"]
"""


def test_every_role_the_county_needs_is_there():
    assert NAMES - the_roles().roles.keys() == set()


def test_the_three_administrations_are_three_and_approve_nothing():
    administrations = {role.name for role in the_roles().roles.values() if role.is_administration}
    assert administrations == {"auditor", "security_administrator", "system_administrator"}
    assert not [name for name in administrations if the_roles().roles[name].approves]


def test_no_administration_may_see_residents():
    for role in the_roles().roles.values():
        if role.is_administration:
            assert not role.permissions & {"people.view", "households.view"}, role.name


def test_everybody_may_read_the_rules_that_bind_them():
    assert the_roles().holding("rulebook.view") == the_roles().roles.keys()


def test_every_permission_is_given_to_somebody():
    held = frozenset().union(*(role.permissions for role in the_roles().roles.values()))
    assert held == the_roles().permissions.keys()


def test_a_good_file_is_read():
    book = read_roles(GOOD)
    assert book.roles["worker"].scope is ScopeKind.GRID
    assert book.holding("people.view") == {"worker"}
    assert f"{book.roles['worker']:en} {book.permissions['people.view']:zh}" == "worker 查看居民"


def test_asking_for_a_permission_that_does_not_exist_is_a_bug_and_not_a_no():
    with pytest.raises(ValueError, match=r"people\.veiw"):
        the_roles().holding("people.veiw")


WRONG = {
    "unknown permission": ('["people.view"]', '["people.veiw"]', "people.veiw"),
    "permission twice": ('["people.view"]', '["people.view", "people.view"]', "twice"),
    "no English": ('en = "worker"', "", "roles.worker.en"),
    "empty Chinese": ('zh = "网格员"', 'zh = " "', "roles.worker.zh"),
    "permission without Chinese": ('zh = "查看居民", ', "", 'permissions."people.view".zh'),
    "unknown scope": ('"grid"', '"street"', "street"),
    "no scope": ('scope = "grid"', "", "roles.worker.scope"),
    "idle for ever": ("idle_minutes = 60", "idle_minutes = 0", "roles.worker.idle_minutes"),
    "appointed by nobody known": ('appointed_by = ["worker"]', 'appointed_by = ["king"]', "king"),
    "a misspelt key": ("appointed_by", "apointed_by", "apointed_by"),
    "permission without a room": ('"people.view" = {', '"view" = {', "people.view"),
    "an administration that approves": (
        'permissions = ["people.view"]',
        'permissions = ["approvals.decide"]\nadministration = true',
        "approvals.decide",
    ),
    "no roles": ("[roles.worker]", "[others.worker]", "[roles]"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_file_is_refused_and_the_place_named(what):
    good, wrong, named = WRONG[what]
    with pytest.raises(Refusal) as refused:
        read_roles(GOOD.replace(good, wrong, 1))
    assert refused.value.code == "accounts.roles_wrong"
    assert named in refused.value.said.zh
    assert named in refused.value.said.en


@pytest.mark.parametrize("text", [GOOD + GOOD, GOOD[: len(GOOD) // 2], "\0"])
def test_a_file_cut_short_or_with_a_role_twice_is_refused(text):
    with pytest.raises(Refusal) as refused:
        read_roles(text)
    assert refused.value.code == "accounts.roles_unreadable"


def test_the_reference_names_every_role_and_permission():
    page = roles_reference()
    assert all(f"`{name}`" in page for name in [*the_roles().roles, *the_roles().permissions])
