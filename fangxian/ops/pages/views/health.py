"""`/healthz`: whether this install can do its work. JSON for programs, without a sign-in; nothing of the county."""

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fangxian import __version__
from fangxian.ops.realm.current import the_realm

log = logging.getLogger("fangxian.pages")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 `{"ok": true, "realm": "demo", "version": …}`; 503 with a reason code when the database does not answer.

    Reason codes: `database.unreachable` (no connection, or it fails), `database.empty` (its tables are not made).
    """
    about = {"realm": str(the_realm().kind), "version": __version__}
    reason = _fault_of_database()
    if reason:
        log.warning("not healthy: %s", reason)
        return JsonResponse({"ok": False, "reason": reason, **about}, status=503)
    return JsonResponse({"ok": True, **about})


def _fault_of_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return "database.unreachable"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM audit_auditline LIMIT 1")
    except DatabaseError:
        return "database.empty"
    return ""
