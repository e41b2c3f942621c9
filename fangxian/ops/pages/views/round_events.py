"""What phones at sampling tables recorded comes in: up to 500 events an upload, each with its own answer."""

import json
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils.timezone import localtime
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from fangxian.core.refusal import Said
from fangxian.ops.field.queries import FieldDevice
from fangxian.ops.field.refusals import not_readable
from fangxian.ops.lab.field_queries import doubted_of
from fangxian.ops.lab.wire import Answer
from fangxian.ops.lab.words import DISCREPANCIES
from fangxian.ops.pages.views.field import of_a_phone
from fangxian.ops.procedures.take_table_events import take_table_events
from fangxian.ops.realm.current import county_now


@require_POST
@of_a_phone
@sensitive_variables()
def table_events(request: HttpRequest, device: FieldDevice) -> JsonResponse:
    """Take `{"round": id, "events": [...]}`; the answers, by the events' ids.

    Refuses field.not_readable, lab.round.not_found, lab.events_not_a_list, lab.too_many_events.
    """
    try:
        told = json.loads(request.body)
        round_id, rows = UUID(told["round"]), told["events"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise not_readable(type(error).__name__) from None
    answers = take_table_events(round=round_id, rows=rows, device=f"phone:{device.pk}", by=device.account)
    return JsonResponse({"at": localtime(county_now()).isoformat(), "answers": [_told(it) for it in answers]})


@require_GET
@of_a_phone
@sensitive_variables()
def table_doubts(request: HttpRequest, device: FieldDevice) -> JsonResponse:
    """What does not go together now of what this phone told: its events' ids with their doubts, and no others have any.

    A phone that has nothing to send asks now and then: a doubt may come of what another phone told.
    """
    found = doubted_of(f"phone:{device.pk}")
    answers = [Answer(str(pk), "doubtful", doubts=tuple(sorted(kinds))) for pk, kinds in sorted(found.items())]
    return JsonResponse({"at": localtime(county_now()).isoformat(), "answers": [_told(it) for it in answers]})


def _told(answer: Answer) -> dict[str, object]:
    told: dict[str, object] = {"id": answer.id, "what": answer.what}
    if answer.refusal is not None:
        told |= {"refusal": answer.refusal.code, "said": _both(answer.refusal.said)}
    if answer.doubts:
        told["doubts"] = [{"kind": it, "said": _both(DISCREPANCIES[it][0])} for it in answer.doubts]
    return told


def _both(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}
