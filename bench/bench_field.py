"""What a whole shift costs that comes up at once: 3,000 records of a checkpoint, until the phone says “都送到了”.

    .venv/bin/python bench/bench_field.py [--records 3000] [--database sqlite,postgres]

    sent      as the app sends them: 250 at a time, each answered before the next; a shift of eight hours, now over
    again     the same once more, as after an answer that was lost: every one is a repeat
    a fever   one in a hundred had one: it is evidence, the code follows, somebody is told

Of every hundred people 50 showed a code, 30 a document, and 20 said who they are. Processor and wall seconds of the
server; the longest a single request held, which is the longest that another writer waited. What the phone does itself
(unsealing, removing what was sent) is not in it, and the browser test prints none: see `web/src/sync/sender.ts`.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from bench.imports.page import machine  # noqa: E402

DATABASES = ("sqlite", "postgres")
AT_ONCE = 250  # web/src/core/fieldOutbox.ts
SHIFT_H = 8
BY_CODE, BY_DOCUMENT = 50, 80  # of a hundred, up to


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=3_000, help="a shift's (default: %(default)s)")
    parser.add_argument("--database", default=",".join(DATABASES), help="with commas between (default: %(default)s)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside:
        _inside(chosen.records)
        return
    print(*machine(), sep="\n", flush=True)
    for database in chosen.database.split(","):
        _in_a_county(database, chosen.records)


def _in_a_county(database: str, n: int) -> None:
    """One database, in a process and a folder of its own: a program has one realm."""
    from private_postgres import PrivatePostgres

    with (
        tempfile.TemporaryDirectory(prefix="fangxian-bench-", dir="/var/tmp") as folder,
        PrivatePostgres(durable=True) if database == "postgres" else nullcontext() as server,
    ):
        kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        told = kept | {"FANGXIAN_DATA": f"{folder}/realm", "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
        told |= {"DATABASE_URL": server.url} if server else {}
        build = [sys.executable, "-m", "fangxian.cli", "county", "build", "fushan", "--scale", "0.02"]
        subprocess.run(build, env=told, cwd=ROOT, check=True, capture_output=True)
        print(f"\n{database}, {n:,} records", flush=True)
        subprocess.run([sys.executable, __file__, "--records", str(n), "--inside"], env=told, cwd=ROOT, check=True)


def _inside(n: int) -> None:
    import django

    django.setup()
    from fangxian.ops.accounts.models import Account
    from fangxian.ops.field.actions import enrol_device
    from fangxian.ops.posts.queries import kept_by

    officer = Account.objects.get(username="checkpoint-1")
    post = str(kept_by(officer).first().pk)
    _, secret = enrol_device(account=officer, name="first")
    _sent(secret, [])  # a server that runs has read its program already
    for name, fevers, again in (("sent", 0, False), ("again", 0, True), ("a fever", 1, False)):
        if not again:
            _, secret = enrol_device(account=officer, name=name)
            records = _records(post, n, fevers)
        print(f"  {name:8}  {_sent(secret, records)}", flush=True)


def _records(post: str, n: int, fevers: int) -> list[dict]:
    """A shift that ends now, evenly; `fevers` of a hundred have 38.2 °C."""
    from fangxian.ops.people.models import Person
    from fangxian.ops.procedures.issue_codes import person_qrs
    from fangxian.ops.realm.current import county_now

    rng, at = random.Random(1), county_now()
    people = list(Person.objects.filter(merged_into=None)[:1000])
    found = []
    for number in range(1, n + 1):
        passed_at = at - timedelta(hours=SHIFT_H) * (n - number) / n
        who, draw = rng.choice(people), rng.randrange(100)
        body = {"post": post, "temperature_tenths": 382 if rng.randrange(100) < fevers else 365, "said": "verify"}
        if draw < BY_CODE:
            body["shown"] = who.pk
        elif draw < BY_DOCUMENT:
            body["document"] = who.document_number
        else:
            body |= {"name": f"过客{number}", "phone": f"154{number:08}"}
        found.append({"number": number, "passed_at": passed_at, "body": body})
    # Codes are made a hundred at a time for about when they were shown: each holds for some minutes.
    for start in range(0, n, 50):
        some = [it for it in found[start : start + 50] if "shown" in it["body"]]
        if some:
            texts = person_qrs(sorted({it["body"]["shown"] for it in some}), at=some[0]["passed_at"])
            for it in some:
                it["body"]["shown"] = texts[it["body"]["shown"]]
    return [_record(it["number"], it["passed_at"].isoformat(timespec="milliseconds"), it["body"]) for it in found]


def _record(number: int, at: str, body: dict) -> dict:
    return {"number": number, "kind": "passing", "recorded_at": at, "device_at": at, "sure": True, "body": body}


def _sent(secret: str, records: list[dict]) -> str:
    from django.test import Client
    from django.urls import reverse

    from fangxian.ops.realm.current import county_now

    client, outcomes, longest_s = Client(SERVER_NAME="127.0.0.1"), [], 0.0
    clock, cpu = time.perf_counter(), time.process_time()
    for start in range(0, len(records) or 1, AT_ONCE):
        some = records[start : start + AT_ONCE]
        body = {"protocol": 1, "app": "bench", "sent_at": county_now().isoformat(), "intents": some}
        began = time.perf_counter()
        answer = client.post(
            reverse("field-intents"), json.dumps({**body, "n_waiting": len(records) - start}),
            content_type="application/json", headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip
        longest_s = max(longest_s, time.perf_counter() - began)
        outcomes += [it["outcome"] for it in answer.json()["outcomes"]]
    cpu_s, wall_s = time.process_time() - cpu, time.perf_counter() - clock
    became = ", ".join(f"{outcomes.count(it):,} {it}" for it in sorted(set(outcomes)))
    each = f"{cpu_s / max(1, len(records)) * 1000:.2f} ms each"
    return f"processor {cpu_s:.2f} s ({each})  wall {wall_s:.2f} s  longest request {longest_s:.2f} s  {became}"


if __name__ == "__main__":
    main()
