"""Who is to come to a sampling site, for a phone at its tables."""

import gzip
import hashlib
import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from fangxian.ops.audit.actions import log_views
from fangxian.ops.field.queries import FieldDevice
from fangxian.ops.lab.refusals import no_site
from fangxian.ops.pages.views.field import of_a_phone
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.field_tables import roster_of_site

ROSTER_SEEN = "field.roster"


@require_GET
@of_a_phone
@sensitive_variables()
def roster(request: HttpRequest, device: FieldDevice) -> HttpResponse:
    """The roster of `?site=`; 304 where it is as the phone has it (`If-None-Match`), 409 with the refusal."""
    try:
        site = UUID(request.GET.get("site", ""))
    except ValueError:
        raise no_site() from None
    found = roster_of_site(device.account, site)
    text = json.dumps(found.told, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    at = localtime(county_now()).isoformat(timespec="milliseconds")
    headers = {"ETag": tag, "Vary": "Accept-Encoding, Authorization", "X-Known-At": at}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    log_views(viewer=device.account_id, subjects=found.subjects, why=ROSTER_SEEN)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        text, headers["Content-Encoding"] = gzip.compress(text, mtime=0), "gzip"
    return HttpResponse(text, content_type="application/json", headers=headers)
