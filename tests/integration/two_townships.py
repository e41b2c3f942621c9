"""A county small enough to count by hand: two townships, two units, three grid cells, five people, two venues."""

from datetime import date, timedelta
from types import SimpleNamespace

from fangxian.core.identity import check_character
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.accounts.roles import ScopeKind, the_roles
from fangxian.ops.people.models import Attachment, Household, Person
from fangxian.ops.people.tails import index_of_tail
from fangxian.ops.places.models import Division, Door, GridCell, SchoolClass, Venue
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.sealed import index_of

TOWN, OTHER_TOWN = "141027100", "141027101"
UNIT, OTHER_UNIT = "141027100001", "141027101200"
CELL, BESIDE, OTHER_CELL = f"{UNIT}001", f"{UNIT}002", f"{OTHER_UNIT}001"
NAME, PHONE = "孟浩然", "15400000001"


def build() -> SimpleNamespace:
    """Its rows. The first household has three members; in the second an elder lives alone; the third is far away."""
    lay_divisions()
    cells = lay_cells()
    home, alone, far = (
        household(cells[0], 1, "东街12号"),
        household(cells[0], 2, "东街14号"),
        household(cells[2], 1, "乔家5号"),
    )
    persons = [
        person(home, 0, NAME, date(1980, 3, 1), phone=PHONE),
        person(home, 1, "李静", date(1982, 5, 2), relation="spouse", sex="female", phone=PHONE),
        person(home, 2, "孟小", date(2014, 6, 3), relation="child"),
        person(alone, 0, "王老", date(1940, 1, 4)),
        person(far, 0, "赵远", date(1970, 7, 5), phone="15400000009"),
    ]
    school = venue(cells[0], 1, "浮山县第一小学", "school")
    put_to_school(persons[2], school)
    return SimpleNamespace(
        at=county_now(),
        cells=cells,
        unit=Unit.objects.create(name_zh="东街居委会", name_en="Dongjie", kind="community", area_path=UNIT),
        home=home,
        alone=alone,
        far=far,
        head=persons[0],
        persons=persons,
        stranger=persons[4],
        school=school,
        shop=venue(cells[2], 2, "乔家便民店", "convenience_shop", status="applied"),
    )


def lay_divisions():
    for path, kind, zh, en, shape in (
        ("141027", "county", "浮山县", "Fushan County", square(0, 0, 400)),
        (TOWN, "township", "天坛镇", "Tiantan Town", square(0, 0, 200)),
        (OTHER_TOWN, "township", "响水河镇", "Xiangshuihe Town", square(200, 0, 200)),
        (UNIT, "community", "东街居委会", "Dongjie Residents' Committee", square(0, 0)),
        (OTHER_UNIT, "village", "乔家村委会", "Qiaojia Village", square(200, 0)),
    ):
        Division.objects.create(area_path=path, kind=kind, name_zh=zh, name_en=en, edition="2021", shape=shape)


def lay_cells():
    told = (
        (CELL, "community", "东街第1网格", "Dongjie grid 1"),
        (BESIDE, "community", "东街第2网格", "Dongjie grid 2"),
        (OTHER_CELL, "rural", "乔家网格", "Qiaojia grid"),
    )
    return [
        GridCell.objects.create(area_path=path, kind=kind, name_zh=zh, name_en=en, shape=square(10 * n, 0, 10))
        for n, (path, kind, zh, en) in enumerate(told)
    ]


def put_to_school(pupil, school):
    began_on = county_now().date() - timedelta(days=9)
    school_class = SchoolClass.objects.create(venue=school, stage="primary", grade=1, number=1, name="一年级(1)班")
    Attachment.objects.create(
        person=pupil, venue=school, school_class=school_class, role="pupil", area_path=CELL, begins_on=began_on
    )


def square(x, y, side=100):
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side]]


def document(born_on, sequence):
    body = f"999027{born_on:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


def household(cell, number, address):
    return Household.objects.create(
        area_path=cell.area_path, number=number, grid_cell=cell, address=address, on_record_since=county_now()
    )


def person(home, place, name, born_on, *, relation="head", sex="male", phone=""):
    n = Person.objects.count() + 1
    number = document(born_on, n)
    return Person.objects.create(
        gate_number=n,
        area_path=home.area_path,
        household=home,
        place_in_household=place,
        relation=relation,
        name=name,
        document_kind="resident_18",
        document_number=number,
        document_index=index_of("document_number", number),
        document_tail=index_of_tail(number),
        phone_tail=index_of_tail(phone),
        phone=phone,
        phone_index=index_of("phone", phone),
        sex=sex,
        born_on=born_on,
        on_record_since=county_now(),
    )


def venue(cell, number, name, trade, status="verified"):
    made = Venue.objects.create(
        venue_number=number,
        name=name,
        trade=trade,
        venue_class=trade,
        area_path=cell.area_path,
        grid_cell=cell,
        status=status,
        opened_at=county_now(),
    )
    Door.objects.create(venue=made, number=1, name="正门")
    return made


def account_of(county, role, area_path=None, *, venue=None, name=None):
    """An account appointed to a role; without an area, over the one of its kind that holds the household."""
    scope = the_roles().roles[role].scope
    own = {ScopeKind.COUNTY: "141027", ScopeKind.TOWNSHIP: TOWN, ScopeKind.VILLAGE: UNIT, ScopeKind.GRID: CELL}
    account = Account.objects.create(
        username=name or f"{role}-{Account.objects.count()}",
        display_name="岗位",
        unit=county.unit,
        unit_since=county.at - timedelta(days=90),
        verified_at=county.at,
    )
    area = area_path if area_path is not None else own.get(scope, CELL if scope is ScopeKind.VENUE else "")
    Appointment.objects.create(
        account=account,
        role=role,
        area_path=area,
        venue=(venue or county.school.pk) if scope is ScopeKind.VENUE else None,
        begins_at=county.at - timedelta(days=30),
    )
    return account


def sign_in(client, county, role, area_path=None, **told):
    """The client, signed in as a new account in a role, which stays at hand as `client.account`."""
    client.account = account_of(county, role, area_path, **told)
    client.force_login(client.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def shown(response):
    """The page's text without the thin spaces that are set between Chinese and figures."""
    return response.content.decode().replace("\u2009", "")
