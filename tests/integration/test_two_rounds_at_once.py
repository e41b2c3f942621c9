"""Two rounds hear of one person at the same moment, on a database that several write to at once."""

from datetime import timedelta
from threading import Barrier, Thread, local

import pytest
from django.db import connection

from fangxian.ops.lab.actions import refolding
from fangxian.ops.lab.queries import discrepancies_of
from fangxian.ops.realm.current import county_now

from .lab_hand import Device, a_round
from .two_townships import NAME, build

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_somebody_sampled_in_both_within_the_hour_is_seen_though_neither_saw_the_others_swab(monkeypatch):
    build()
    one, other = a_round(), a_round()
    both, of_thread, look = Barrier(2), local(), refolding.same_in_others

    def look_when_both_have_written(*asked):
        if not hasattr(of_thread, "has_looked"):
            of_thread.has_looked = True
            both.wait(30)
        return look(*asked)

    monkeypatch.setattr(refolding, "same_in_others", look_when_both_have_written)
    at = county_now() - timedelta(minutes=30)
    first, second = Device(one, began_at=at), Device(other, "phone-2", site=other.west, began_at=at)

    def send(phone, tube):
        try:
            phone.sends(phone.swab(tube, NAME))
        finally:
            connection.close()

    threads = [Thread(target=send, args=it) for it in ((first, "10010001"), (second, "20020002"))]
    for it in threads:
        it.start()
    for it in threads:
        it.join()
    assert "twice_other_round" in {it.kind for there in (one, other) for it in discrepancies_of(there.round)}
