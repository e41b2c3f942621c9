"""Lists of risk areas as the national service gives them out, brought and in effect; for tests of other things."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from fangxian.ops.procedures.take_risk_list import apply_risk_list, upload_risk_list

NOON = datetime(2022, 4, 7, 4, tzinfo=UTC)
FUSHAN, ZONE = ("山西省", "临汾市", "浮山县"), ("吉林省", "长春市", "经开区")
HERE, THERE = (FUSHAN, "天坛镇文昌社区甲院"), (ZONE, "乙院")


def feed(hours, *, high=(), medium=(), low=(), since=NOON):
    """A list of the hour, of (names, place) for each level."""
    local = since + timedelta(hours=8 + hours)
    told = {"end_update_time": f"{local:%Y-%m-%d} {local.hour}时"}
    for name, rows in (("high", high), ("middle", medium), ("low", low)):
        told[f"{name[0]}count"] = len(rows)
        told[f"{name}list"] = [
            {"province": names[0], "city": names[1], "county": names[2], "communitys": [place]} for names, place in rows
        ]
    return json.dumps({"data": told}).encode()


def brought(content, by, **more):
    """Bring a list and do what the worker would: what came of the bringing, and what the job counted."""
    taken = upload_risk_list(content=content, file_name="list.json", by=by, **more)
    if taken.job is None:
        return taken, None
    job = SimpleNamespace(arguments=taken.job.arguments, owner=taken.job.owner, step=_say_nothing)
    return taken, apply_risk_list(job)


def _say_nothing(_done, _total, _said=None):
    """How far it is."""
