"""Who infected whom: putting it on record, or saying anew how sure it is."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.cases.actions.links import link_cases
from fangxian.ops.cases.queries import case_numbered, may_see
from fangxian.ops.cases.wire import NewLink
from fangxian.ops.pages.transmission.forms import LinkForm
from fangxian.ops.pages.words import in_words, said
from fangxian.ops.realm.current import county_now

INVESTIGATE = "cases.investigate"
ENDS = ("infector", "infected")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """GET shows the form, with the numbers the address names; POST puts the link on record."""
    require(request.user, INVESTIGATE)
    named = {end: request.GET.get(end, "") for end in ENDS}
    form = LinkForm(request.POST if request.method == "POST" else None, initial=named)
    if form.is_bound and form.is_valid() and (infector := _put_on_record(form, request.user)):
        told = urlencode({"disease": infector.disease, "from": infector.pk, "done": "linked"})
        return HttpResponseRedirect(f"{reverse('transmission')}?{told}")
    context = {"form": form, "of_case": _named(named["infected"], request.user), "at": county_now()}
    return render(request, "pages/transmission/link.html", context, status=400 if form.errors else 200)


def _named(number: str, account: Account):
    """The case from whose page somebody comes, if it is one of theirs."""
    case = case_numbered(number) if number else None
    return case if case is not None and may_see(account, case.pk) else None


def _put_on_record(form: LinkForm, account: Account):
    """The case that infected the other, once they are linked; None with what is wrong beside its field."""
    cases = {end: _investigated(form, end, account) for end in ENDS}
    if form.errors:
        return None
    told = {name: form.cleaned_data[name] for name in ("setting", "certainty", "basis")}
    try:
        link_cases(links=[NewLink(**{end: case.pk for end, case in cases.items()}, **told)], by=f"account:{account.pk}")
    except Refusal as refusal:
        form.add_error("infected", in_words(refusal.said))
        return None
    return cases["infector"]


def _investigated(form: LinkForm, end: str, account: Account):
    """The case of the number in a field, if this account investigates there. Another's is not told from none."""
    number = form.cleaned_data[end].strip()
    case = case_numbered(number)
    if case is not None and may(account, INVESTIGATE, case.area_path):
        return case
    form.add_error(
        end,
        said(
            f"您调查的病例里没有编号 {number}。应为在册、在您辖区的病例；请到病例列表核对编号。",
            f"Among the cases you investigate there is none with the number {number}. It should be on record and in "
            "your area: check the number in the list of cases.",
        ),
    )
    return None
