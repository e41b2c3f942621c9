"""The pages of tracing parcels, from the depot's list to people who are told, tested and free again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fangxian.ops.accounts.models import Account
from fangxian.ops.parcels.models import Declaration, Handling, Trace, Traced
from fangxian.ops.parcels.queries import counts_of, undecided, undecided_of

from .parcel_hand import a_dirty_list, a_trace, depot, lead, upload, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, small_county):
    client.force_login(lead())
    return client


def test_a_trace_is_opened_and_a_list_taken_in_by_pages(signed_in):
    told = {"depot": str(depot().pk), "disease": "covid-19", "since_on": "2022-04-07", "why": "分拨中心检出阳性"}
    answer = signed_in.post(reverse("parcels-open"), told)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    trace = Trace.objects.get()
    page = signed_in.get(answer["Location"])
    assert page.status_code == 200
    file = SimpleUploadedFile("运单.csv", a_dirty_list(60).content)
    answer = signed_in.post(reverse("parcels-trace", args=[trace.pk]), {"file": file})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    form = signed_in.get(answer["Location"])
    assert form.status_code == 200
    columns = {name: field.initial for name, field in form.context["form"].fields.items()}
    assert "recipient" in columns.values()
    answer = signed_in.post(answer["Location"], columns)
    assert answer.status_code == 302
    waiting = signed_in.get(answer["Location"])
    assert waiting["Refresh"] == "3"
    work()
    done = signed_in.get(answer["Location"])
    assert done.context["counts"].n_waybills == 60
    for name in ("parcels-undecided", "parcels-waybills", "parcels-people", "parcels-couriers", "parcels-trace"):
        assert signed_in.get(reverse(name, args=[trace.pk])).status_code == 200, name
