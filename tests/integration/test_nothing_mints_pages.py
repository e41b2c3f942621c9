"""No page of the site holds a key, whoever opens it; what else is sent to phones: test_nothing_mints.py."""

import pytest

from .key_search import every_secret, secrets_in, sent
from .test_every_page import NOBODY, PAGES, _first, _open, site  # noqa: F401  its county, with an account for each role

ON_PHONES = {"resident", "door_keeper", "venue_owner", "grid_worker", NOBODY}


@pytest.mark.once
@pytest.mark.django_db
def test_no_page_of_the_site_holds_a_key(site):  # noqa: F811
    secrets, found = every_secret(), {}
    for _, address, who in PAGES:
        for person in {_first(who), *(who & ON_PHONES)}:
            if names := secrets_in(sent(_open(site, address, person)), secrets):
                found[address, person] = names
    assert found == {}
    assert len(secrets) > 25
