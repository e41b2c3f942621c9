"""The field app: a whole checkpoint shift without a network, its browser killed in the middle, then online; a phone
that is lost and cut off; and every screen looked at.
"""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path

import pytest
from playwright.sync_api import expect

from fangxian.ops.realm.folder import open_realm
from tests.browser.doors import wait_for
from tests.browser.looks import NARROW, faults_of_every_look, viewport
from tests.browser.signing_in import signed_in
from tests.integration.running_county import ROOT, environment

UNLOCK = "浮山 138427"
# Of a shift some are typed, more go through the same form as fast as it can, and the rest are copies of those on disk.
SHIFT, BY_HAND, BY_FORM, KILLED_AFTER = 3000, 10, 300, 120
LONG = 120_000
POST_AT_THE_WEST = """
import django
django.setup()
from fangxian.ops.places.models import Venue
from fangxian.ops.posts.actions import set_up_posts
from fangxian.ops.posts.wire import NewPost
it = Venue.objects.get(name="城西卡口")
new = NewPost(venue=it.pk, name=it.name, venue_class=it.venue_class, area_path=it.area_path)
set_up_posts(posts=[new], by="program:test")
"""
# Somebody who may leave now and has a permit; its application, its code, its holder's number, another's.
MAY_LEAVE = """
import django
django.setup()
from datetime import timedelta
from fangxian.ops.departures.queries import step_with
from fangxian.ops.departures.wire import Wanted
from fangxian.ops.documents.queries import find
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.apply_to_leave import apply_to_leave, decide_departure
from fangxian.ops.procedures.departure_checks import look_at_departure
from fangxian.ops.procedures.seed_departures import decider_of
from fangxian.ops.realm.current import county_now
at = county_now()
told = {"destination": "141002", "leaves_on": at.date(), "returns_on": at.date() + timedelta(days=3)}
may = lambda it: not look_at_departure([it.pk], at=at, **told).not_met
holder, other = [it for it in Person.objects.filter(document_number__gt="").order_by("pk")[:60] if may(it)][:2]
told |= {"place": "市人民医院", "purpose": "medical", "why": "复诊"}
wants = Wanted(person=holder.pk, area_path=holder.area_path, **told)
row, _ = apply_to_leave(wants=wants, by="program:test")
while (step := step_with(row.pk)) is not None:
    by = decider_of(step.level, row.area_path)
    row = decide_departure(application=row.pk, step=step.pk, is_approved=True, reason="", by=by)
print(row.pk.hex, find(row.document).proof, holder.document_number, other.document_number)
"""
# Somebody at the post types and presses, again and again, faster than anybody could: the same screen, the same code.
GO_ON = """([from, to]) => {
    const field = (id) => document.getElementById(`passing-${id}`);
    const part = (name) => document.querySelector(`[data-part=${name}]`);
    const one = async (n) => {
        field("name").value = `过客${n}`;
        field("degrees").value = "36.5";
        part("passing-form").requestSubmit();
        while (part("answer").hidden) await new Promise((done) => setTimeout(done, 1));
        window.said = Number(/\\d+/.exec(part("more").textContent)?.[0] ?? 0);
        part("next").click();
    };
    window.said = 0;
    window.all = (async () => { for (let n = from; n <= to; n++) await one(n); })();
}"""
# What the form wrote and sealed, again and again under the store's own next numbers: the length of a shift.
COPIED = """(to) => new Promise((done, failed) => {
    const asked = indexedDB.open("fangxian-field");
    asked.onsuccess = () => {
        const work = asked.result.transaction("outbox", "readwrite", { durability: "strict" });
        const box = work.objectStore("outbox");
        box.getAll().onsuccess = ({ target: { result: rows } }) => {
            for (let n = rows.length; n < to; n++) box.add(rows[n % rows.length]);
        };
        work.oncomplete = () => { asked.result.close(); done(); };
        work.onabort = () => failed(work.error);
    };
})"""
A_DAY_WRONG = "const was = Date.now.bind(Date); Date.now = () => was() + 864e5;"


@pytest.fixture(scope="module")
def post(live_site):
    """A post on the county's border, kept by the demo's checkpoint officer."""
    told = environment(live_site.data) | {"DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
    subprocess.run([sys.executable, "-c", POST_AT_THE_WEST], env=told, cwd=ROOT, check=True)


@pytest.fixture
def profile():
    """A phone's own disk, in memory where there is such: three thousand records are written through to it."""
    disk = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="fangxian-phone-", dir=disk, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def phone_on_disk(live_site, chromium, profile, no_outside_requests):
    """`phone_on_disk(script="")`: a phone whose browser can be killed; opened again it has what it wrote."""
    opened = []

    def open_it(script=""):
        context = chromium.profile_on_disk(
            profile,
            base_url=live_site.url,
            viewport=viewport(NARROW),
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=True,
        )
        opened.append(context)
        if script:
            context.add_init_script(script)
        page = context.pages[0]
        page.on("request", lambda asked: None if live_site.url in asked.url else no_outside_requests.append(asked.url))
        return page

    yield open_it
    for context in opened[-1:]:
        context.close()


def enrol(page, role) -> None:
    """Let the phone in for a role of the demo and lock it; it has taken along what it needs without a network."""
    signed_in(page, role).goto("/field")
    page.locator("#phone-name").fill("测试机")
    page.locator("[data-part=enrol-form] button").click()
    page.locator("#new-unlock").fill(UNLOCK)
    page.locator("#again-unlock").fill(UNLOCK)
    page.locator("[data-part=choose-form] button").click()
    page.locator("[data-screen=home]").wait_for()
    expect(page.locator("[data-part=line]")).to_have_attribute("data-kind", "good")
    wait_for(page, lambda: page.evaluate("caches.match('/field').then((found) => found !== undefined)"))


def unlock(page) -> None:
    page.locator("#unlock").fill(UNLOCK)
    page.locator("[data-part=unlock-form] button").click()


def waiting(page) -> int:
    """How many the strip says are still to be sent."""
    found = re.search(r"\d+", page.locator("[data-part=outbox]").inner_text())
    return int(found[0]) if found else 0


def register(page, n: int, pressed=(".5",)) -> str:
    """Somebody passes, by hand; what the answer says was done with it."""
    page.locator("#passing-name").fill(f"过客{n}")
    keys = page.locator("[data-part=degree-keys] button")
    for key in pressed:
        keys.get_by_text(key, exact=True).click()
    wanted = "".join(pressed) if len(pressed) > 1 else f"36{pressed[0]}"
    expect(page.locator("#passing-degrees"), "each begins at 36 again").to_have_value(wanted)
    page.locator("[data-part=passing-form] button").click()
    answer = page.locator("[data-part=answer]")
    expect(answer).to_be_visible()
    said = answer.locator("[data-part=more] li").first.inner_text()
    answer.locator("[data-part=next]").click()
    return said


def kill_browser(profile) -> None:
    """The browser that was started on this profile, and everything it started: the battery is dead."""
    told = f"--user-data-dir={profile}".encode()
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdecimal() and told in (folder / "cmdline").read_bytes().split(b"\0"):
                os.kill(int(folder.name), signal.SIGKILL)


def rows(site, question: str) -> list[tuple]:
    """What stands in the live site's database."""
    with closing(sqlite3.connect(f"file:{open_realm(site.data).database_path}?mode=ro", uri=True)) as database:
        return database.execute(question).fetchall()


def test_a_whole_shift_without_a_network_survives_a_killed_browser_and_goes_up_once(
    live_site, post, phone_on_disk, profile
):
    page = phone_on_disk()
    enrol(page, "checkpoint_officer")
    page.locator("[data-way=passing]").click()
    page.context.set_offline(True)
    for n in range(1, BY_HAND + 1):
        assert f"编号\u2009{n}" in register(page, n, ("37", ".0") if n == 1 else (".5",))
    page.evaluate(GO_ON, [BY_HAND + 1, BY_FORM])
    wait_for(page, lambda: page.evaluate("window.said") >= KILLED_AFTER)
    said = page.evaluate("window.said")
    kill_browser(profile)

    page = phone_on_disk(A_DAY_WRONG)
    page.context.set_offline(True)
    page.goto("/field")
    unlock(page)
    page.locator("[data-way=passing]").click()
    there = waiting(page)
    assert there >= said, "what was said to be kept is there"
    page.evaluate(GO_ON, [there + 1, BY_FORM])
    wait_for(page, lambda: page.evaluate("window.said") >= 1)
    page.evaluate("window.all")
    page.evaluate(COPIED, SHIFT - 1)
    register(page, SHIFT)
    expect(page.locator("[data-part=outbox]")).to_contain_text(str(SHIFT))

    page.context.set_offline(False)
    expect(page.locator("[data-part=outbox]")).to_have_text("都送到了", timeout=LONG)
    [(n_taken, n_numbers, last)] = rows(
        live_site, "SELECT count(*), count(DISTINCT number), max(number) FROM posts_passing"
    )
    assert (n_taken, n_numbers, last) == (SHIFT, SHIFT, SHIFT)
    assert rows(live_site, "SELECT count(*) FROM field_intenttaken WHERE recorded_at > taken_at") == [(0,)]


def goes_out(page, permit: str, document: str) -> None:
    """Somebody with a permit, both typed; the phone lets nobody out by itself."""
    page.locator("#passing-permit").fill(permit)
    page.locator("#passing-document").fill(document)
    page.locator("[data-part=passing-form] button").click()
    answer = page.locator("[data-part=answer]")
    expect(answer).to_have_attribute("data-outcome", "verify")
    expect(answer.locator("[data-part=do]")).to_contain_text("有效期")
    answer.locator("[data-part=next]").click()


def test_an_exit_that_was_read_without_a_network_counts_once_the_server_says_so(live_site, post, page_at):
    told = environment(live_site.data) | {"DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
    found = subprocess.run([sys.executable, "-c", MAY_LEAVE], env=told, cwd=ROOT, check=True, capture_output=True)
    application, permit, holder, other = found.stdout.decode().split()[-4:]
    page = page_at(NARROW)
    enrol(page, "checkpoint_officer")
    page.locator("[data-way=passing]").click()
    page.context.set_offline(True)
    page.locator("input[name=way][value=out]").check()
    goes_out(page, permit, other)
    goes_out(page, permit, holder)
    expect(page.locator("[data-part=exit-said]")).to_contain_text("由服务器判")
    page.context.set_offline(False)
    expect(page.locator("[data-part=exit-said]")).to_contain_text("离境已登记", timeout=LONG)
    assert rows(live_site, f"SELECT state FROM departures_application WHERE id = '{application}'") == [("exited",)]
    page.evaluate("location.hash = '#outbox'")
    refused = page.locator("[data-part=refused-list]")
    expect(refused).to_contain_text("离境没有登记")
    assert (other in refused.inner_text(), "FXD1" in page.locator("[data-screen=outbox]").inner_text()) == (True, False)
    expect(page.locator("[data-part=sent-list]")).to_contain_text("离境已登记")


def test_a_lost_phone_that_is_cut_off_erases_itself_and_can_send_nothing(live_site, page_at):
    lost, desk = page_at(NARROW), page_at(1366)
    enrol(lost, "grid_worker")
    lost.context.set_offline(True)
    lost.locator("[data-way=problem]").click()
    lost.locator("#problem-text").fill("口罩不够了")
    lost.locator("[data-part=problem-form] button").click()
    expect(lost.locator("[data-part=outbox]")).to_have_attribute("data-waiting", "true")
    signed_in(desk, "grid_worker").goto("/field/devices")
    desk.locator("button[name=device]").first.click()
    assert "已停用" in desk.locator("main").inner_text()
    lost.locator("[data-part=lock-now]").click()
    lost.context.set_offline(False)
    expect(lost.locator("[data-screen=erased]"), "locked, it hears of it too").to_be_visible(timeout=LONG)
    assert lost.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))") == []
    assert rows(live_site, "SELECT count(*) FROM tasks_task WHERE kind = 'field.problem'") == [(0,)]
    lost.reload()
    expect(lost.locator("[data-screen=enrol]")).to_be_visible()


def test_wrong_unlocks_are_warned_of_and_in_the_end_erase_the_phone(page_at):
    page = page_at(NARROW, "en")
    enrol(page, "grid_worker")
    page.locator("[data-part=lock-now]").click()
    page.evaluate("const was = Date.now.bind(Date); let on = 0; Date.now = () => was() + (on += 36e5)")
    for n in range(1, 11):
        page.locator("#unlock").fill(f"wrong {n}")
        page.locator("[data-part=unlock-form] button").click()
        expect(page.locator("#unlock")).to_have_value("")
        if n == 8:
            expect(page.locator("[data-part=unlock-fault]")).to_contain_text("2 more wrong tries")
    expect(page.locator("[data-screen=erased]")).to_be_visible()


def test_every_screen_can_be_read_and_walked_in_both_languages(page_in_turn):
    page = page_in_turn()
    found = []
    signed_in(page, "grid_worker").goto("/field")
    page.locator("[data-part=enrol-form]").wait_for()
    found += faults_of_every_look(page)
    enrol(page, "grid_worker")
    for screen in ("home", "today", "people", "problem", "passing", "outbox", "phone"):
        page.evaluate(f"location.hash = '#{screen}'")
        page.locator(f"[data-screen={screen}]").wait_for()
        found += faults_of_every_look(page)
    page.locator("[data-part=lock-now]").click()
    found += faults_of_every_look(page)
    assert found == []
    assert page.evaluate("document.activeElement.id") == "unlock"
