"""The county's own spreadsheets: the forms there are, uploading one, saying what its columns are, filling one in."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import accounts_by_id, may
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.sheets.forms import (
    ColumnsForm,
    FillForm,
    UploadForm,
    VersionForm,
    WithdrawForm,
    say_beside,
)
from fangxian.ops.pages.sheets.tables import fills_table, preview_table, sheet_trail, templates_table, versions_table
from fangxian.ops.pages.sheets.words import DONE, PLACEHOLDERS
from fangxian.ops.pages.tables import Paging
from fangxian.ops.places.queries import places_at
from fangxian.ops.procedures.fill_sheet import (
    KEEP,
    Wanted,
    choose_sheet,
    columns_proposed,
    confirm_sheet,
    fill_sheet,
    keep_sheet,
    keep_sheet_version,
    may_fill,
    require_keeping,
    rows_to_check,
    withdraw_sheet,
)
from fangxian.ops.realm.areas import GRID_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.sheets.layout import with_rows
from fangxian.ops.sheets.queries import (
    Template,
    TemplateVersion,
    content_of,
    fills_of,
    package_of,
    template_with,
    templates,
    versions_in_use,
    versions_of,
)
from fangxian.ops.sheets.sources import Source
from fangxian.ops.sheets.wire import read_columns, read_layout
from fangxian.ops.situation.sheet_sources import SOURCES, source_named, sources_for
from fangxian.ops.situation.venues import names_down_to_units

A_PAGE = 50
OF_NAME = ("sheets.no_name", "sheets.name_taken")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sheets(request: HttpRequest) -> HttpResponse:
    """GET shows the forms there are, and a form to bring one. POST takes one."""
    if request.method != "POST":
        return _list(request)
    require_keeping(request.user)
    form = UploadForm(request.POST, request.FILES, sources=_sources())
    if form.is_valid():
        told = form.cleaned_data
        try:
            kept = keep_sheet(
                content=told["file"].read(),
                name=told["name"],
                source=source_named(told["source"]),
                by=request.user,
            )
        except Refusal as refusal:
            say_beside(form, "name" if refusal.code in OF_NAME else "file", refusal)
        else:
            return _to_columns(kept.row, kept.is_repeat)
    return _list(request, form, status=400)


def _list(request: HttpRequest, form: UploadForm | None = None, status: int = 200) -> HttpResponse:
    if not sources_for(request.user) and not _may_keep(request.user):
        require(request.user, next(iter(SOURCES.values())).permission, the_realm().division_code)
    rows = templates()
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    shown = list(rows[paging.slice])
    context = {
        "table": templates_table(shown, versions_in_use([it.pk for it in shown]), _sources(), paging),
        "n": paging.total,
        "placeholders": PLACEHOLDERS,
        "form": (form or UploadForm(sources=_sources())) if _may_keep(request.user) else None,
        "at": county_now(),
    }
    return render(request, "pages/sheets/sheets.html", context, status=status)


@login_required
@never_cache
@require_safe
def sheet(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """One form: filling it in, what was taken out, its versions."""
    return _one(request, _template(request, template_id))


def _one(request: HttpRequest, row: Template, status: int = 200, **forms: object) -> HttpResponse:
    source, keeps = source_named(row.source), _may_keep(request.user) and row.withdrawn_at is None
    in_use = versions_in_use([row.pk]).get(row.pk)
    versions, fills = versions_of(row.pk), fills_of(row.pk)
    paging = Paging.of(request, total=fills.count(), size=A_PAGE)
    shown = list(fills[paging.slice])
    places = {path: place_name(it) for path, it in places_at({it.area_path for it in shown}).items()}
    areas = _areas(request.user, source) if in_use and row.withdrawn_at is None else []
    context = {
        "row": row,
        "source": source,
        "in_use": in_use,
        "waits": next((it for it in versions[:1] if it.confirmed_at is None), None) if keeps else None,
        "empty": _empty(in_use) if in_use else [],
        "fill": forms.get("fill") or (_fill_form(source, areas) if areas else None),
        "fills": fills_table(shown, places, _who(shown), paging),
        "versions": versions_table(versions, in_use),
        "version_form": (forms.get("version") or VersionForm()) if keeps else None,
        "withdraw": (forms.get("withdraw") or WithdrawForm()) if keeps else None,
        "done": DONE.get(request.GET.get("done", "")),
        "trail": sheet_trail(row),
        "at": county_now(),
    }
    return render(request, "pages/sheets/sheet.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def columns(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """GET shows what each column of the newest version is taken for. POST looks again, or confirms it."""
    require_keeping(request.user)
    row = template_with(template_id)
    version = versions_of(row.pk)[0]
    if request.method == "POST" and request.POST.get("do") == "sheet":
        return _choose(request, row, version)
    form = _columns_form(version, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _columns_page(request, row, version, form)
    if not form.is_valid():
        return _columns_page(request, row, version, form, status=400)
    rows = {name: form.cleaned_data[name] for name in ("head_last", "body_last")}
    try:
        if request.POST.get("do") == "look":
            return _columns_page(request, row, version, form)
        source = source_named(row.source)
        confirm_sheet(version=version.pk, source=source, columns=form.meanings, **rows, by=request.user)
    except Refusal as refusal:
        say_beside(form, None, refusal)
        return _columns_page(request, row, version, form, status=400)
    return HttpResponseRedirect(reverse("sheet", args=[row.pk]) + "?done=confirmed")


def _choose(request: HttpRequest, row: Template, version: TemplateVersion) -> HttpResponse:
    try:
        source = source_named(row.source)
        choose_sheet(version=version.pk, sheet=request.POST.get("sheet", ""), source=source, by=request.user)
    except Refusal as refusal:
        form = _columns_form(version, {**_columns_form(version, None).initial})
        say_beside(form, None, refusal)
        return _columns_page(request, row, version, form, status=400)
    return _to_columns(version)


def _columns_form(version: TemplateVersion, data: object) -> ColumnsForm:
    layout = read_layout(version.layout)
    source = source_named(version.template.source)
    return ColumnsForm(data, layout=layout, fields=source.fields, proposed=columns_proposed(version, layout, source))


def _columns_page(
    request: HttpRequest, row: Template, version: TemplateVersion, form: ColumnsForm, status: int = 200
) -> HttpResponse:
    source, layout, package = source_named(row.source), read_layout(version.layout), package_of(version)
    told = form.meanings if form.is_bound and form.is_valid() else columns_proposed(version, layout, source)
    areas = _areas(request.user, source)
    preview = None
    if areas:
        if form.is_bound and form.is_valid() and not form.errors:
            rows = {name: form.cleaned_data[name] for name in ("head_last", "body_last")}
            layout = with_rows(package, layout, **rows)
        wanted = Wanted(area_path=areas[0][0], last_on=localtime(county_now()).date(), n_days=max(7, source.n_days))
        shown = rows_to_check(
            version=version, source=source, layout=layout, columns=told, wanted=wanted, by=request.user
        )
        preview = preview_table(layout.heads, shown)
    context = {
        "row": row,
        "version": version,
        "source": source,
        "layout": layout,
        "form": form,
        "preview": preview,
        "where": areas[0][1] if areas else None,
        "sheet_names": [it.name for it in package.sheets] if version.confirmed_at is None else [],
        "is_repeat": request.GET.get("done") == "again",
        "trail": sheet_trail(row, Said("核对各列", "Columns")),
        "at": county_now(),
    }
    return render(request, "pages/sheets/columns.html", context, status=status)


@login_required
@never_cache
@require_POST
@sensitive_variables()
def fill(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """The form filled in, sent as it is written. Asked for, so that it is no link to send."""
    row = _template(request, template_id)
    source = source_named(row.source)
    form = _fill_form(source, _areas(request.user, source), request.POST)
    if not form.is_valid():
        return _one(request, row, status=400, fill=form)
    told = form.cleaned_data
    today = localtime(county_now()).date()
    wanted = Wanted(area_path=told["area"], last_on=min(told["on"], today), n_days=int(told["days"] or 1))
    try:
        filled = fill_sheet(template=row.pk, source=source, wanted=wanted, by=request.user)
    except Refusal as refusal:
        if refusal.code.startswith("accounts."):
            raise
        say_beside(form, None, refusal)
        return _one(request, row, status=400, fill=form)
    answer = StreamingHttpResponse(filled.pieces, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filled.file_name)
    return answer


@login_required
@never_cache
@require_POST
def version(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Another version of a form."""
    require_keeping(request.user)
    row = template_with(template_id)
    form = VersionForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            source, content = source_named(row.source), form.cleaned_data["file"].read()
            kept = keep_sheet_version(template=row.pk, content=content, source=source, by=request.user)
        except Refusal as refusal:
            say_beside(form, "file", refusal)
        else:
            return _to_columns(kept.row, kept.is_repeat)
    return _one(request, row, status=400, version=form)


@login_required
@never_cache
@require_POST
def withdraw(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """From now on nobody fills a form in."""
    require_keeping(request.user)
    row = template_with(template_id)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            withdraw_sheet(template=row.pk, why=form.cleaned_data["why"], by=request.user)
        except Refusal as refusal:
            say_beside(form, "why", refusal)
        else:
            return HttpResponseRedirect(reverse("sheet", args=[row.pk]) + "?done=withdrawn")
    return _one(request, row, status=400, withdraw=form)


@login_required
@never_cache
@require_safe
def empty_form(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """The form itself, empty: of the version in use, else of the newest."""
    row = _template(request, template_id)
    found = versions_in_use([row.pk]).get(row.pk)
    if found is None:
        raise Http404
    answer = HttpResponse(content_of(found), content_type=XLSX)
    name = f"{row.name}-{found.number}.xlsx"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer


def _empty(version: TemplateVersion) -> list[str]:
    """The heads of the columns with which nothing is done."""
    layout, told = read_layout(version.layout), read_columns(version.columns)
    used = {n for n, it in enumerate(told, start=1) if it.field or it.text} | set(layout.formulas)
    return [head for n, head in enumerate(layout.heads, start=1) if head and n not in used]


def _template(request: HttpRequest, template_id: UUID) -> Template:
    """A form, for whoever keeps them or may fill it in."""
    row = template_with(template_id)
    source = source_named(row.source)
    if not _may_keep(request.user) and not areas_of(request.user, source.permission):
        require(request.user, source.permission, the_realm().division_code)
    return row


def _to_columns(row: TemplateVersion, is_repeat: bool = False) -> HttpResponse:
    again = "?done=again" if is_repeat else ""
    return HttpResponseRedirect(reverse("sheet-columns", args=[row.template_id]) + again)


def _may_keep(account: Account) -> bool:
    return may(account, KEEP, the_realm().division_code)


def _sources() -> dict[str, Said]:
    return {key: it.said for key, it in SOURCES.items()}


def _fill_form(source: Source, areas: Sequence[tuple[str, Said]], data: object = None) -> FillForm:
    return FillForm(data, areas=areas, today=localtime(county_now()).date(), n_days=source.n_days)


def _areas(account: Account, source: Source) -> list[tuple[str, Said]]:
    """The areas of which an account may have a sheet, its own first."""
    own = areas_of(account, source.permission)
    around = [it[:VILLAGE_DIGITS] for it in own if len(it) == GRID_DIGITS]
    within = [path for path in names_down_to_units() if any(path.startswith(it) for it in own)]
    paths = [it for it in dict.fromkeys([*own, *around, *within]) if may_fill(account, source, it)]
    places = places_at(paths)
    return [(it, place_name(places[it])) for it in paths if it in places]


def _who(fills: Sequence) -> object:
    """The account's name behind each "account:<id>"."""
    ids = {UUID(it.filled_by.partition(":")[2]) for it in fills if it.filled_by.startswith("account:")}
    names = {f"account:{pk}": account.username for pk, account in accounts_by_id(ids).items()}
    return lambda by: names.get(by, by)
