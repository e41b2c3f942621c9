"""A small school round played through the pages and phones' address of this program, to its reconciliation."""

from datetime import timedelta
from threading import Event
from uuid import uuid4

import numpy as np
import pytest
from django.test import Client
from django.utils.timezone import localtime

from fangxian.cli.playing.pace import Clock
from fangxian.cli.playing.phones import digest_of
from fangxian.cli.playing.player import Kept, Player
from fangxian.cli.playing.web import Answer
from fangxian.core.drill.rounds.adding_up import added_up, expected
from fangxian.core.drill.rounds.mishaps import Mishaps
from fangxian.core.drill.rounds.scene import read_register, school_round
from fangxian.core.drill.rounds.script import play
from fangxian.core.drill.rounds.words import STAGES, STATES
from fangxian.ops.jobs.actions import claim, finish
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.lab.models import RosterPlace
from fangxian.ops.procedures.export_county import canonical_lines
from fangxian.ops.procedures.import_roster import import_roster
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.field_tables import digest_of as digest_told

pytestmark = pytest.mark.django_db
MISHAPS = Mishaps(later=0.1, excused=0.05, refuses=0.02, missing=0.03, strangers=0.03, n_leaks=1, n_wrong_scans=1)
DAYS_AGO = timedelta(days=3)


class InProcess:
    """A browser that asks this process; what the worker would do is done before it looks again."""

    def __init__(self):
        self.client = Client(enforce_csrf_checks=True)
        self.client.cookies["fangxian_language"] = "en"

    def ask(self, method, path, *, body=b"", headers=None):
        if job := claim(worker="test"):
            finish(job=job, result=import_roster(RunningJob(job, Event())))
        told = dict(headers or {})
        kind = told.pop("Content-Type", "application/octet-stream")
        answer = self.client.generic(method, path, data=body, content_type=kind, headers=told)
        text = b"".join(answer).decode()
        location = answer.headers.get("Location") or ""
        return Answer(status=answer.status_code, text=text, to=location, is_running="Refresh" in answer.headers)

    def cookie(self, name):
        found = self.client.cookies.get(name)
        return found.value if found else ""


class Wall:
    """Everything was done days ago, so nothing is ever waited for."""

    def __init__(self):
        self.rates = []

    def now(self):
        return county_now()

    def set(self, at, rate):
        self.rates.append(rate)


@pytest.fixture(scope="module")
def played_round(fushan_of_this_file, tmp_path_factory):
    scene = school_round(read_register(canonical_lines()), scale=0.1)
    script = play(scene, MISHAPS, np.random.default_rng(1), number=11)
    midnight = localtime(county_now() - DAYS_AGO).replace(hour=0, minute=0, second=0, microsecond=0)
    kept = Kept.of(tmp_path_factory.mktemp("live") / "scenario.json", {"seed": 1})
    clock = Clock(Wall(), speed=600, watch=lambda at, rate: None)
    player = Player(
        script=script, name="学校筛查", number=11, midnight=midnight, kept=kept, clock=clock, new_asker=InProcess,
        step=lambda said, done, total: None,
    )  # fmt: skip
    return script, player, player.play()


def test_every_person_tube_and_box_that_was_played_is_on_record(played_round):
    script, _, played = played_round
    lines = added_up(
        expected(script, done_stage=played.done_stage), played.counted, stages=STAGES, states=STATES
    )  # fmt: skip
    assert [it for it in lines if not it.agrees] == []


def test_every_row_of_the_schools_lists_is_taken(played_round):
    script, _, played = played_round
    rows = {(len(it.people), 0) for it in script.scene.stands if it.people}
    assert set(played.lists.values()) == rows


def test_everybody_of_a_school_comes_to_its_own_site_and_a_class_bears_its_school_s_name(played_round):
    script, _, _ = played_round
    rows = RosterPlace.objects.filter(source="list").values_list("site__name", "group")
    assert {(site, group.partition(" ")[0]) for site, group in rows} == {
        (it.name, it.name) for it in script.scene.stands if it.people
    }


def test_no_record_is_refused_and_what_does_not_go_together_is_settled(played_round):
    _, _, played = played_round
    assert played.told.examples == []
    assert not [it for it in played.left if it[0] == "things unsettled"]


def test_the_round_is_closed(played_round):
    _, _, played = played_round
    assert played.closed_at is not None


def test_sent_once_more_everything_is_a_repeat(played_round):
    _, player, _ = played_round
    player.kept.told["n_done"] = 0
    player.phones.told.answers.clear()
    player._through(player.phones, None)
    assert set(player.phones.told.answers) == {"repeat"}


def test_a_document_is_found_on_a_phone_s_roster_by_the_digest_it_has_there():
    site = uuid4()
    assert digest_of(str(site), "999001200001010018") == digest_told(site, "999001200001010018")
