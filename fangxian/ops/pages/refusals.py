"""Where a refusal becomes a page, or JSON for a page's script: the sentence is shown, the code logged, nothing else."""

import logging

from django.http import JsonResponse
from django.shortcuts import render

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.words import in_words

log = logging.getLogger("fangxian.refusals")

# Statuses other than 409 (the request was understood and cannot be carried out as things stand).
STATUS = {"not_found": 404, "not_yours": 403, "not_allowed": 403, "may_not_appoint": 403, "too_many": 429}


class RefusalMiddleware:
    """Turns any `Refusal` that leaves a view into a designed page with the right status."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, Refusal):
            return None
        log.info("refused %s", exception.code)
        status = _status(exception.code.rpartition(".")[2])
        context = {"sentence": in_words(exception.said), "refusal_code": exception.code}
        return render(request, "errors/refused.html", context, status=status)


def _status(last: str) -> int:
    """By the last part of a code; `plate_not_found` is `not_found` of a room that keeps several things."""
    return STATUS["not_found"] if last.endswith("_not_found") else STATUS.get(last, 409)


def refused_json(refusal: Refusal, status: int) -> JsonResponse:
    """A refusal for a page's script, in both languages: the page knows which one it speaks."""
    log.info("refused %s", refusal.code)
    return JsonResponse({"refusal": refusal.code, "zh": refusal.said.zh, "en": refusal.said.en}, status=status)
