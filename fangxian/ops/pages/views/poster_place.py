"""Where the venue of a poster stands, for the phone that has just scanned it.

The phone compares its own position with this one and tells nobody where it is. It asks without a cookie and by the
poster's text, which cannot be guessed: so the answer goes to whoever saw the poster, and of them it says nothing.
"""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from fangxian.ops.accounts.limits import may_ask_for_place
from fangxian.ops.places.queries import venue_of_poster
from fangxian.ops.places.wire import place_told

KEPT_S = 3600  # by the phone alone; a venue does not walk


@require_safe
def poster_place(request: HttpRequest, poster: str) -> JsonResponse:
    """`{"place": {latitude, longitude, radius_m}}`, or null where none is on record, or no such poster is in force."""
    if not may_ask_for_place(request):
        return JsonResponse({"place": None}, status=429, headers={"Cache-Control": "no-store", "Retry-After": "60"})
    venue = venue_of_poster(poster)
    place = place_told(venue) if venue else None
    kept = f"private, max-age={KEPT_S}" if place else "no-store"
    return JsonResponse({"place": place}, headers={"Cache-Control": kept})
