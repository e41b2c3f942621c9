"""What sources of sheets share: who and where a row is about, and whose record the reader may see.

To add a source: write `rows(asked)`, its columns, and a line in `sheet_sources.SOURCES`. Rows come from queries that
keep to the account's scope; a name, phone or number stands in full only where the account may see that person's record,
as on pages (`seen_by`).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.cases.vocabulary import SEXES
from fangxian.ops.people.models import Person
from fangxian.ops.places.queries import DivisionName, grid_cells_in_order
from fangxian.ops.realm.areas import GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.sheets.sources import column, masked
from fangxian.ops.sheets.wire import Kind

from .ages import age_on
from .venues import names_down_to_units

SEE_PEOPLE = "people.view"
AT_ONCE = 500


class Near:
    """Names of the county's townships, units and grids by path, and its day; two queries for all rows of a sheet."""

    def __init__(self, at: datetime) -> None:
        self.today = localtime(at).date()
        self._names: dict[str, DivisionName] = dict(names_down_to_units())
        for cell in grid_cells_in_order():
            self._names[cell.area_path] = DivisionName(cell.area_path, cell.name_zh, cell.name_en)

    def part(self, area_path: str, digits: int) -> Said | None:
        found = self._names.get(area_path[:digits]) if len(area_path) >= digits else None
        return Said(found.name_zh, found.name_en) if found else None


class OfPerson(NamedTuple):
    """A row about one person; `is_seen`: whether the reader may see that person's record."""

    it: Any
    person: Person | None
    area_path: str
    is_seen: bool
    near: Near
    more: Any = None


def seen_by(account: Account, persons: Collection[UUID]) -> set[UUID]:
    """Those of these people whose record the account may see."""
    rows = within_scope(Person.objects.filter(pk__in=persons), account, SEE_PEOPLE)
    return set(rows.order_by().values_list("pk", flat=True))


def persons_of(persons: Collection[UUID]) -> dict[UUID, Person]:
    return {it.pk: it for it in Person.objects.filter(pk__in=persons).select_related("household")}


def chunks(rows: QuerySet, n: int = AT_ONCE) -> Iterator[list]:
    """Rows in their order, some hundred in memory at a time. Their ids are held: what comes meanwhile is left out."""
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), n):
        part = ids[start : start + n]
        found = {it.pk: it for it in rows.model.objects.filter(pk__in=part)}
        yield [found[pk] for pk in part if pk in found]


def in_parts(rows: Iterator[Any], n: int = AT_ONCE) -> Iterator[list]:
    left = iter(rows)
    while part := list(islice(left, n)):
        yield part


def _full(read: Callable[[Person], object]) -> Callable[[OfPerson], object]:
    return lambda row: read(row.person) if row.person and row.is_seen else None


def _name(row: OfPerson) -> str | None:
    if row.person is None:
        return None
    return row.person.name if row.is_seen else masked(row.person.name)


def _age(row: OfPerson) -> int | None:
    return age_on(row.person.born_on, row.near.today) if row.person and row.person.born_on else None


def _place(digits: int) -> Callable[[Any], Said | None]:
    return lambda row: row.near.part(row.area_path, digits)


WHERE = (
    column("township", "乡镇", "township", _place(TOWNSHIP_DIGITS), Kind.TEXT, "镇街 乡镇街道 所属乡镇 乡（镇）"),
    column("unit", "村（社区）", "village", _place(VILLAGE_DIGITS), Kind.TEXT, "村 社区 村社区 村居 行政村 所属村"),
    column("grid", "网格", "grid", _place(GRID_DIGITS), Kind.TEXT, "所属网格 网格名称"),
)  # fmt: skip
WHO = (
    column("name", "姓名", "name", _name, Kind.TEXT, "人员姓名 返乡人员姓名 居民姓名 本人姓名"),
    column("sex", "性别", "sex", lambda row: SEXES.get(row.person.sex) if row.person else None),
    column("age", "年龄", "age", _age, Kind.NUMBER, "周岁"),
    column("document_number", "身份证号", "identity number", _full(lambda it: it.document_number), Kind.EXACT,
           "身份证号码 身份证 证件号 证件号码 公民身份号码"),
    column("phone", "联系电话", "phone", _full(lambda it: it.phone), Kind.EXACT,
           "电话 手机 手机号 手机号码 联系方式 电话号码"),
    column("address", "住址", "address", _full(lambda it: it.household.address if it.household else None), Kind.TEXT,
           "家庭住址 地址 户籍地址 居住地址 详细地址"),
)  # fmt: skip


def whose(row: OfPerson) -> Sequence[str]:
    return (f"person:{row.person.pk}",) if row.person else ()
