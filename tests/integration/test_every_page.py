"""Who may open what: every address of the site once, for every role and for nobody. `who_opens_what` is the manual.

Everybody's area holds the venue, the household and the person that are opened; where an address lies in
another township, its name says so. On PostgreSQL each page is opened by fewer: there its queries are asked, and who
may open it is decided by the same lines as on SQLite. What everybody may open, signed in or not, asks for no role.
"""

import re
from datetime import timedelta
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.template import Template
from django.test import Client
from django.urls import get_resolver

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.accounts.roles import ScopeKind, the_roles
from fangxian.ops.approvals.models import ApprovalRequest
from fangxian.ops.audit.actions import seal_all
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.cases.actions import file_report, open_case
from fangxian.ops.cases.card import Card
from fangxian.ops.cases.wire import NewCase
from fangxian.ops.measures.models import Order, PublishedRulebook
from fangxian.ops.movement.actions.appeals import RulingDraft, put_ruling
from fangxian.ops.people.actions import give_temporary_identity
from fangxian.ops.people.models import Household, Person
from fangxian.ops.places.models import Division, GridCell, Venue
from fangxian.ops.procedures.appeal_code import appeal_code
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.live import write_live
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.wire import NewTask
from fangxian.ops.tracing.queries import teams_standing

from .arrival_hand import arrived
from .compared_hand import found_of
from .contact_hand import confirmed
from .departure_hand import agreed_for
from .key_search import every_secret, secrets_in, sent
from .list_hand import passengers_uploaded
from .looked_up_once import everybody_looked_up_once
from .merge_hand import merged_cases
from .neighbour import exchanged
from .parcel_hand import parcels_of
from .post_hand import post_at
from .risk_hand import THERE, brought, feed
from .who_opens_what import NOBODY, NOT_PAGES, PAGES, ROLES, TRIED_ELSEWHERE

pytestmark = pytest.mark.django_db
ON_PHONES = {"resident", "door_keeper", "venue_owner", "grid_worker", NOBODY}
SCREENS = [(address, who) for route, address, who in PAGES if "POST" not in address and route not in NOT_PAGES]


@pytest.fixture(scope="module", autouse=True)
def _nothing_done_for_each_page():
    """Whoever is signed in is looked up once; no template's client keeps all that it was given, for nobody asks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))
        with everybody_looked_up_once():
            yield


@pytest.fixture(scope="module")
def site(fushan_of_this_file):
    """Fushan with an account for each role, who is signed in."""
    found = _things()
    accounts = {role: _account_of(role, found) for role in ROLES}
    found.keeping = _keeping(found.venue)
    Person.objects.filter(pk=found.person.pk).update(account=accounts["resident"])
    Person.objects.filter(pk=found.carried.pk).update(phone="", phone_index=None)
    found.request = _request_of(accounts["investigator"], found)
    found.case = _case_of(found.person)
    found.task, found.team = _task_at(found.cell), teams_standing().first().pk
    found.report = _report_of(found.case, found.venue)
    found.merge = merged_cases(accounts["investigator"])
    found.contact = confirmed(person=found.person.pk, area_path=found.cell.area_path).pk
    found.package, found.county_key, found.list = exchanged(accounts["investigator"])
    found.passengers = passengers_uploaded(accounts["investigator"]).pk
    found.trace, found.waybills, found.traced = parcels_of(found.person, accounts["investigator"])
    found.risk_list = brought(feed(0, high=[THERE]), accounts["dispatcher"])[0].row.pk
    found.departure = agreed_for(found.person).pk
    found.arrival = arrived(found.person, by=accounts["dispatcher"], as_="grid_worker").pk
    found.comparison, found.compared_list, found.compared = found_of(found.person, accounts["dispatcher"])
    found.post, found.emergency = post_at(found.venue, accounts["checkpoint_officer"])
    found.order = Order.objects.order_by("number").first().pk
    seal_all()
    write_live()
    sessions = {role: _session_of(account) for role, account in accounts.items()}
    return SimpleNamespace(things=found, sessions=sessions, client=Client(), opened={})


def _things() -> SimpleNamespace:
    """A venue, and a household with its head in the same grid cell; a township that is not theirs."""
    cells = Household.objects.values("area_path")
    venue = Venue.objects.filter(area_path__in=cells).order_by("area_path", "venue_number").first()
    households = Household.objects.filter(area_path=venue.area_path).annotate(n_members=Count("members"))
    household = households.filter(n_members__gt=1).order_by("number").first()
    person = Person.objects.get(household=household, place_in_household=0)
    _, token = give_temporary_identity(person=person, from_place="临汾", to_place="长治", hours=24, by="program:test")
    elsewhere = Division.objects.filter(kind="township").exclude(area_path=venue.area_path[:9]).first()
    return SimpleNamespace(
        venue=venue,
        cell=GridCell.objects.get(area_path=venue.area_path),
        household=household,
        person=person,
        carried=Person.objects.filter(household=household).exclude(pk=person.pk).first(),
        appeal=appeal_code(person=person, text="那天我在家。", about=None, by="program:test"),
        visitor=token,
        elsewhere=elsewhere,
        book=PublishedRulebook.objects.get(disease="covid-19").book,
        no_gate=PublishedRulebook.objects.get(disease="measles").book,
        line=AuditLine.objects.order_by("id").first(),
    )


def _request_of(investigator: Account, found: SimpleNamespace) -> ApprovalRequest:
    """A ruling on the person's code, asked for and not decided."""
    person, at = found.person, county_now()
    asked = ApprovalRequest.objects.create(
        kind="codes.rule",
        subject=f"person:{person.pk}",
        digest="0" * 64,
        area_path=person.area_path,
        title_zh="裁定",
        title_en="a ruling",
        basis="传染病防治法",
        applicant=investigator,
        applicant_unit=investigator.unit,
        asked_at=at,
        expires_at=at + timedelta(hours=24),
    )
    draft = RulingDraft(
        person=person.pk, kind="ruling", disease="covid-19", colour="red", about=None, from_at=at,
        until_at=at + timedelta(days=7), basis=asked.basis, reason="密切接触者", digest=asked.digest,
    )  # fmt: skip
    put_ruling(draft=draft, approval=asked.pk, by="program:test")
    return asked


def _case_of(person: Person):
    """The person as a case that has been reported."""
    new = NewCase(
        disease="covid-19", area_path=person.area_path, name="某人", found_by="screening", case_class="suspected",
        person=person.pk,
    )  # fmt: skip
    return open_case(new=new, by="program:test")


def _report_of(case, venue: Venue):
    """Its report card, filed by the clinic of the venue."""
    at = county_now()
    card = Card(
        disease=case.disease, name=case.name, sex="male", born_on=case.born_on or at.date().replace(year=1980, day=1),
        address="东街", occupation="farmer", case_kind="suspected", onset_on=at.date(), diagnosed_at=at,
        unit_name="诊所", doctor="医生", filled_on=at.date(), document_number="",
    )  # fmt: skip
    return file_report(case=case.pk, card=card, venue=venue.pk, by="program:test")


def _task_at(cell: GridCell) -> UUID:
    """Something to do in the grid cell, for whoever is its worker."""
    title, due_at = Said("敲门看看", "Knock at the door"), county_now() + timedelta(hours=1)
    new = NewTask(kind="test.call", title=title, area_path=cell.area_path, due_at=due_at, role="grid_worker")
    return open_tasks(tasks=[new], by="program:test").ids[0]


def _account_of(role: str, found: SimpleNamespace) -> Account:
    cell, scope = found.cell.area_path, the_roles().roles[role].scope
    digits = {ScopeKind.COUNTY: 6, ScopeKind.TOWNSHIP: 9, ScopeKind.VILLAGE: 12, ScopeKind.SELF: 0}.get(scope, 15)
    account = Account.objects.create(
        username=f"page-{role.replace('_', '-')}",
        display_name="测试",
        unit=Unit.objects.first(),
        unit_since=county_now(),
    )
    Appointment.objects.create(
        account=account,
        role=role,
        area_path=cell[:digits],
        venue=found.venue.pk if scope is ScopeKind.VENUE else None,
        begins_at=county_now(),
    )
    return account


def _session_of(account: Account) -> str:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _keeping(venue: Venue) -> Appointment:
    """Somebody of another unit, appointed to keep the venue's door."""
    account = Account.objects.create(
        username="page-keeper", display_name="测试", unit=Unit.objects.last(), unit_since=county_now()
    )
    return Appointment.objects.create(
        account=account, role="door_keeper", area_path=venue.area_path, venue=venue.pk, begins_at=county_now()
    )


def _addresses(found: SimpleNamespace) -> dict[str, object]:
    cell = found.cell.area_path
    return {
        "township": cell[:9],
        "village": cell[:12],
        "cell": cell,
        "elsewhere": found.elsewhere.area_path,
        "household": found.household.pk,
        "person": found.person.pk,
        "request": found.request.pk,
        "case": found.case.pk,
        "report": found.report.pk,
        "merge": found.merge,
        "contact": found.contact,
        "task": found.task,
        "team": found.team,
        "trace": found.trace,
        "post": found.post,
        "emergency": found.emergency,
        "order": found.order,
        "departure": found.departure,
        "arrival": found.arrival,
        "waybills": found.waybills,
        **{name: getattr(found, name) for name in ("package", "county_key", "list", "passengers")},
        "traced": found.traced,
        "comparison": found.comparison,
        "compared_list": found.compared_list,
        "compared": found.compared,
        "risk_list": found.risk_list,
        "carried": found.carried.pk,
        "appeal": found.appeal.pk,
        "visitor": found.visitor,
        "venue": found.venue.pk,
        "venue_number": found.venue.venue_number,
        "keeper": found.keeping.account_id,
        "keeping": found.keeping.pk,
        "book": found.book,
        "no_gate": found.no_gate,
        "line": UUID(found.line.uuid),
    }


def _open(site, address: str, who: str, language: str = "zh-hans", client: Client | None = None):
    """The answer to one person (a role, or nobody) at an address of PAGES, in a browser that knows nothing else.

    A page that was opened so before is not opened again: each test changes rows in its own savepoint alone, so what is
    read twice is the same. Several tests look at the same answer, each for something else.
    """
    if client is None and not address.startswith("POST") and (address, who, language) in site.opened:
        return site.opened[address, who, language]
    answer = _opened(site, address, who, language, client or site.client)
    if client is None and not answer.streaming:
        answer.context = answer.templates = answer.wsgi_request = None
        site.opened[address, who, language] = answer
    return answer


def _opened(site, address: str, who: str, language: str, client: Client):
    client.cookies = SimpleCookie({"fangxian_language": language})
    if who != NOBODY:
        client.cookies[settings.SESSION_COOKIE_NAME] = site.sessions[who]
    method, _, path = address.rpartition(" ")
    path = path.format(**_addresses(site.things))
    return client.post(path) if method == "POST" else client.get(path)


def _outcome(answer) -> str:
    """What happened, in a word: opens, sign in, refused, or the status."""
    if answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in?next="):
        return "sign in"
    if answer.status_code == 403:
        return "refused"
    return "opens" if answer.status_code in (200, 302) else str(answer.status_code)


@pytest.mark.parametrize(("address", "who"), [page[1:] for page in PAGES], ids=[page[1] for page in PAGES])
def test_a_page_opens_for_those_it_is_for_and_for_nobody_else(site, address, who):
    asked = _asked(who)
    found = {person: _outcome(_open(site, address, person)) for person in asked}
    wanted = {person: "opens" if person in who else "sign in" if person == NOBODY else "refused" for person in asked}
    assert found == wanted


def _asked(who: set[str]) -> tuple[str, ...]:
    """Everybody. On PostgreSQL, and where all may: nobody, and of each scope one that opens it and one that cannot."""
    if connection.vendor == "sqlite" and who != {NOBODY, *ROLES}:
        return (NOBODY, *ROLES)
    found = {(the_roles().roles[role].scope, role in who): role for role in ROLES}
    return (NOBODY, *found.values())


def test_every_address_of_the_site_is_in_the_table():
    named = {pattern.name for pattern in get_resolver("fangxian.ops.pages.urls").url_patterns}
    assert named == {route for route, _, _ in PAGES} | TRIED_ELSEWHERE


def test_every_refusal_is_said_in_words(site):
    for language, sentence in (("zh-hans", "您的账号不能"), ("en", "Your account may not")):
        answer = _open(site, "/audit", "commander", language)
        assert answer.status_code == 403
        assert sentence in answer.content.decode()


@pytest.mark.once
@pytest.mark.parametrize("address", [address for _, address, _ in PAGES if address.startswith("POST")])
def test_a_button_takes_a_form_of_our_own(site, address):
    switches = {"POST /language", "POST /theme"}  # stand on pages without a session; see views/preferences.py
    answer = _open(site, address, "auditor", client=Client(enforce_csrf_checks=True))
    assert answer.status_code == (302 if address in switches else 403)


def _first(who: set[str]) -> str:
    return next(person for person in (*ROLES, NOBODY) if person in who)


def _followed(site, address: str, who: set[str], language: str):
    """The page itself, where the first address only leads to it."""
    answer = _open(site, address, _first(who), language)
    return answer if answer.status_code == 200 else _open(site, answer.headers["Location"], _first(who), language)


@pytest.mark.once
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("address", "who"), SCREENS, ids=[address for address, _ in SCREENS])
def test_a_page_speaks_one_language_and_carries_no_script_or_style_of_its_own(site, address, who, language):
    html = _followed(site, address, who, language).content.decode()
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}"' in html
    if not address.startswith("/design"):  # which shows both languages side by side
        assert _strays(html, language) == []
    assert ' style="' not in html
    assert "<style" not in html
    assert html.count("<script") == html.count('<script type="module" src="/static/')


@pytest.mark.once
def test_no_page_of_the_site_holds_a_key(site):
    secrets, found = every_secret(), {}
    for _, address, who in PAGES:
        for person in {_first(who), *(who & ON_PHONES)}:
            if names := secrets_in(sent(_open(site, address, person)), secrets):
                found[address, person] = names
    assert found == {}
    assert len(secrets) > 25


HAN = re.compile(r"[\u3400-\u9fff]")
# What is furniture and no data: headings of sections and columns, labels, buttons, links of the rail.
FURNITURE = {"h2", "th", "dt", "label", "legend", "button", "summary", "caption"}


def _strays(html: str, language: str) -> list[str]:
    """Furniture in the other language. Data stays as it is written; a name carries `translate="no"` or is a row's."""
    reader = _Furniture()
    reader.feed(html)
    texts = [" ".join(text.split()) for text in reader.found]
    if language == "en":
        return [text for text in texts if HAN.search(text)]
    return [text for text in texts if re.search(r"[A-Za-z]{3,}", text) and not HAN.search(text)]


class _Furniture(HTMLParser):
    """Collects the text of FURNITURE, without what is marked as not to be translated."""

    VOID = {"input", "meta", "link", "br", "img", "path", "rect", "circle", "option"}

    def __init__(self):
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []

    def handle_starttag(self, tag, attrs):
        if tag in self.VOID:
            return
        given = dict(attrs)
        is_other = "lang" in given and tag != "html"
        is_name = given.get("translate") == "no" or is_other or tag in ("code", "select", "svg")
        is_furniture = tag in FURNITURE and given.get("scope") != "row"
        self._open.append((tag, is_name, is_furniture))
        if is_furniture:
            self.found.append("")

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if any(is_furniture for _, _, is_furniture in self._open) and not any(name for _, name, _ in self._open):
            self.found[-1] += data
