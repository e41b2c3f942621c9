"""What others may ask of the sheets room."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F, Max, QuerySet

from fangxian.ops.realm.current import the_realm

from . import refusals
from .models import Fill, HeadMeaning, Template, TemplateVersion
from .package import Package, open_package

__all__ = ["Fill", "Template", "TemplateVersion"]


def templates() -> QuerySet[Template]:
    """The forms, those in use first, with when each was last filled in (`filled_at`)."""
    rows = Template.objects.annotate(filled_at=Max("versions__fills__filled_at"))
    return rows.order_by(F("withdrawn_at").asc(nulls_first=True), "name", "id")


def template_with(template: UUID) -> Template:
    """Refuses `sheets.not_found`."""
    row = Template.objects.filter(pk=template).first()
    if row is None:
        raise refusals.not_found()
    return row


def versions_of(template: UUID) -> list[TemplateVersion]:
    """The versions of a form, the newest first."""
    return list(TemplateVersion.objects.filter(template=template).order_by("-number"))


def versions_in_use(templates: Collection[UUID]) -> dict[UUID, TemplateVersion]:
    """Of each form the newest version somebody has confirmed."""
    rows = TemplateVersion.objects.filter(template__in=templates, confirmed_at__isnull=False)
    return {row.template_id: row for row in rows.order_by("number")}


def version_with(version: UUID) -> TemplateVersion:
    """Refuses `sheets.not_found`."""
    row = TemplateVersion.objects.filter(pk=version).select_related("template").first()
    if row is None:
        raise refusals.not_found()
    return row


def package_of(version: TemplateVersion) -> Package:
    return open_package(content_of(version))


def content_of(version: TemplateVersion) -> bytes:
    """The form itself; once it is confirmed, with nothing in its rows."""
    return the_realm().files.get(version.file)


def remembered(source: str, heads: Collection[str]) -> dict[str, str]:
    """Head → field as it was last confirmed for a source; "" for one left empty on purpose."""
    rows = HeadMeaning.objects.filter(source=source, head__in=list(heads))
    return dict(rows.values_list("head", "field"))


def fills_of(template: UUID) -> QuerySet[Fill]:
    """When a form was taken out filled in, the newest first."""
    return Fill.objects.filter(version__template=template).select_related("version").order_by("-filled_at", "id")
