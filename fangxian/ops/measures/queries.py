"""What others may ask of the measures room."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.db.models import Case, Q, QuerySet, TextField, Value, When

from fangxian.core.policy.emergency import read_emergency_classes
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.policy.vocabulary import EMERGENCY_CLASSES
from fangxian.ops.realm.current import county_data

from .models import Order, ProposedOrder, ProposedRulebook, PublishedRulebook

AREA_DIGITS = (6, 9, 12, 15)


def rulebook_in_force(book: str, at: datetime) -> PublishedRulebook | None:
    """The version of `book` that holds at `at`, or None."""
    return _holding(at).filter(book=book).order_by("-version").first()


def rulebooks_in_force(at: datetime) -> list[PublishedRulebook]:
    """Of each book the version that holds at `at`, by book."""
    newest: dict[str, PublishedRulebook] = {}
    for row in _holding(at).order_by("book", "-version"):
        newest.setdefault(row.book, row)
    return list(newest.values())


def rulebooks_by_disease(at: datetime) -> dict[str, Rulebook]:
    """The rulebook in force for each disease that has one, by the disease's key. One query, which asks for those texts
    alone that this process has not read yet: together they are a hundred thousand letters.
    """
    told = Case(When(digest__in=list(_TEXTS), then=Value("")), default="text", output_field=TextField())
    newest: dict[str, tuple[str, str]] = {}
    for book, disease, digest, text in (
        _holding(at).order_by("book", "-version").values_list("book", "disease", "digest", told)
    ):
        if text:
            _TEXTS[digest] = text
        newest.setdefault(book, (disease, digest))
    return {disease: read_once(_TEXTS[digest]) for disease, digest in newest.values()}


_TEXTS: dict[str, str] = {}  # published text by its digest; it never changes, and a county has a dozen


def beginnings(after: datetime, until: datetime) -> list[datetime]:
    """The moments in `(after, until)` at which a published version comes into force, in their order."""
    found = PublishedRulebook.objects.filter(effective_from__gt=after, effective_from__lt=until)
    return sorted(set(found.values_list("effective_from", flat=True)))


def versions_in_force(at: datetime) -> list[tuple[str, int, str]]:
    """(book, version, digest) of each rulebook in force, by book: cheap enough to ask every second."""
    newest: dict[str, tuple[str, int, str]] = {}
    for row in _holding(at).order_by("book", "-version").values_list("book", "version", "digest"):
        newest.setdefault(row[0], row)
    return list(newest.values())


def periods_with_gate() -> list[tuple[datetime, datetime | None]]:
    """From when until when each newest version of a rulebook that has doors is in force; None: until further notice."""
    rows = [row for row in newest_versions() if read_once(row.text).has_gate]
    return [(row.effective_from, row.effective_until) for row in rows]


def permitted_measures(disease: str, at: datetime) -> set[str]:
    """The measures that the rulebooks in force for a disease permit an order to name."""
    books = [row for row in rulebooks_in_force(at) if row.disease == disease]
    return {measure.key for row in books for measure in read_once(row.text).measures}


def rulebook_proposed(approval: UUID) -> ProposedRulebook | None:
    """The text of which it was asked that it be published."""
    return ProposedRulebook.objects.filter(approval=approval).first()


def newest_versions() -> list[PublishedRulebook]:
    """Of each book the highest version ever published, in force or not, by book."""
    newest: dict[str, PublishedRulebook] = {}
    for row in PublishedRulebook.objects.order_by("book", "-version"):
        newest.setdefault(row.book, row)
    return list(newest.values())


def published_versions(book: str) -> QuerySet[PublishedRulebook]:
    """Every version ever published, newest first."""
    return PublishedRulebook.objects.filter(book=book).order_by("-version")


def versions_followed(rulebook: Rulebook, at: datetime) -> list[PublishedRulebook]:
    """What a rulebook that is not yet published would follow: the version in force, and the newest if another.

    The first version of a book follows the newest of each book for its disease: a rulebook under a new name
    still stands where the old one stood.
    """
    versions = [row for row in (rulebook_in_force(rulebook.id, at), published_versions(rulebook.id).first()) if row]
    if not versions:
        versions = [row for row in newest_versions() if row.disease == rulebook.disease.key]
    return list({row.pk: row for row in versions}.values())


def emergency_classes() -> frozenset[str]:
    """Keys of the venue classes that give emergency care in this realm's county; see `read_emergency_classes`."""
    path = county_data() / "county.toml"
    try:
        return _emergency_classes(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return EMERGENCY_CLASSES


@lru_cache(maxsize=16)
def read_once(text: str | bytes) -> Rulebook:
    """`read_rulebook`, which takes 50 ms of processor, once for each text: the same text is the same rulebook."""
    return read_rulebook(text)


@lru_cache(maxsize=4)
def _emergency_classes(path: Path, _changed_ns: int) -> frozenset[str]:
    return read_emergency_classes(path.read_bytes())


def orders_in_force(at: datetime, *, area_path: str) -> QuerySet[Order]:
    """Orders that hold at `at` for an area: its own and those of every area around it."""
    around = [area_path[:digits] for digits in AREA_DIGITS if digits <= len(area_path)]
    lifted = Q(lifted_at__isnull=True) | Q(lifted_at__gt=at)
    return Order.objects.filter(lifted, begins_at__lte=at, ends_at__gt=at, area_path__in=around)


def orders_of(measures: Collection[str], *, at: datetime) -> list[Order]:
    """The orders of these measures that hold at `at` or begin later, of any area; what ends last first."""
    lifted = Q(lifted_at__isnull=True) | Q(lifted_at__gt=at)
    rows = Order.objects.filter(lifted, ends_at__gt=at, measure__in=measures)
    return list(rows.order_by("-ends_at", "number"))


def orders_running(at: datetime) -> list[Order]:
    """Every order of the county that holds at `at` or begins later; what began first stands first."""
    lifted = Q(lifted_at__isnull=True) | Q(lifted_at__gt=at)
    return list(Order.objects.filter(lifted, ends_at__gt=at).order_by("begins_at", "number"))


def orders_over(at: datetime) -> QuerySet[Order]:
    """Those that were lifted or have lapsed, the newest first."""
    return Order.objects.filter(Q(lifted_at__lte=at) | Q(ends_at__lte=at)).order_by("-begins_at", "number")


def order_with(order: UUID) -> Order | None:
    return Order.objects.filter(pk=order).first()


def order_numbers() -> list[str]:
    """The numbers of orders issued and asked for, the newest first."""
    issued = Order.objects.order_by("-begins_at", "-number").values_list("number", flat=True)[:20]
    return [*ProposedOrder.objects.values_list("number", flat=True)[:20], *issued]


def latest_issuer() -> str:
    """In whose name the latest order was issued; empty before there is one."""
    return Order.objects.order_by("-begins_at", "-number").values_list("issuer", flat=True).first() or ""


def order_proposed(approval: UUID) -> ProposedOrder | None:
    """The order of which a request asks that it be signed."""
    return ProposedOrder.objects.filter(approval=approval).first()


def orders_proposed(approvals: Collection[UUID]) -> dict[UUID, ProposedOrder]:
    """The orders of these requests, by request."""
    return {it.approval: it for it in ProposedOrder.objects.filter(approval__in=approvals)}


def proposals_of(number: str) -> list[UUID]:
    """The requests that an order of this number be signed."""
    return list(ProposedOrder.objects.filter(number=number).values_list("approval", flat=True))


def is_ordered(measure: str, *, disease: str, area_path: str, at: datetime) -> bool:
    """Whether an order in force allows the measure there: no order, no measure."""
    return orders_in_force(at, area_path=area_path).filter(measure=measure, disease=disease).exists()


def _holding(at: datetime) -> QuerySet[PublishedRulebook]:
    until = Q(effective_until__isnull=True) | Q(effective_until__gt=at)
    return PublishedRulebook.objects.filter(until, effective_from__lte=at)
