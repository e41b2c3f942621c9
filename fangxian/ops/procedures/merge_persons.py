"""Two records of one person become one (合并档案).

1. the merged one's gate number becomes an alias          people
2. what was known of it is known of the one that goes on  movement
3. the code of that one is computed                       recolour
4. the merged one has none any more; gates are told of both numbers    movement
5. its cases are cases of the one that goes on            cases
6. so are the cases it was a contact of                   contacts
7. and the parcels it touched, and its rides              parcels, rides
"""

from django.db import transaction

from fangxian.ops.cases.actions import carry_cases_over
from fangxian.ops.contacts.actions import carry_contacts_over
from fangxian.ops.movement.actions.codes import merge_codes
from fangxian.ops.movement.actions.evidence import carry_over
from fangxian.ops.parcels.actions.tracing import carry_parcels_over
from fangxian.ops.people.actions import merge
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now
from fangxian.ops.rides.actions import carry_rides_over

from .recolour import recolour


@transaction.atomic
def merge_persons(*, kept: Person, merged: Person, reason: str, by: str) -> None:
    """Let one record go on for two, with the evidence of both.

    Refuses
    -------
    people.merge_with_itself, people.already_merged
    """
    merge(kept=kept, merged=merged, reason=reason, by=by)
    carry_over(kept=kept.pk, merged=merged.pk, by=by)
    recolour([kept.pk], county_now(), by=by)
    merge_codes(kept=kept.pk, merged=merged.pk, by=by)
    carry_cases_over(kept=kept.pk, merged=merged.pk, by=by)
    carry_contacts_over(kept=kept.pk, merged=merged.pk, by=by)
    carry_parcels_over(kept=kept.pk, merged=merged.pk, by=by)
    carry_rides_over(kept=kept.pk, merged=merged.pk, by=by)
