"""Identity numbers are hashed under another key (证件号散列换钥), once the one in use has leaked.

1. retired, and another in use: gates look under both from then on            retire_keys
2. everybody's hash is made anew, some hundred at a time                      movement
3. gates take a base that has no other                                        movement, publish_snapshot
4. two days later gates are not given the leaked key any more                 realm

At no moment is anybody unknown at a door for it: a number is found by whichever key its hash was made with.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.core.policy.byte_document import document_hash
from fangxian.core.refusal import Said
from fangxian.ops.audit.actions import record
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.jobs.queries import done_of
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.movement.actions.codes import ask_for_base, write_documents
from fangxian.ops.movement.queries import n_with_documents, with_documents
from fangxian.ops.people.queries import document_numbers
from fangxian.ops.realm import rotation
from fangxian.ops.realm.current import keys_changed, the_realm
from fangxian.ops.realm.keys import Key, Purpose

KIND, AT_ONCE = "procedures.hash_documents", 500
LINGERS = Parameter(
    value=2,
    unit="days",
    low=2,
    high=30,
    meaning="How long gates look under a leaked key of identity numbers too, once nothing is hashed with it",
    source="twice as long as a base lasts: by then every gate that runs has read one without it",
)
HASHING = Said("证件号按新密钥重新散列：{done} / {total}", "Hashing identity numbers anew: {done} of {total}")


def ask_to_hash(*, key: Key, by: str) -> None:
    """Have the worker hash everybody's number anew since this key leaked; asked for again, it does so once."""
    enqueue(kind=KIND, arguments={"key": key.name}, by=by, unique_key=key.name)


def hash_documents_anew(job: RunningJob) -> dict[str, Any]:
    """The job; from the start again it makes the same hashes."""
    total, done, after = n_with_documents(), 0, 0
    while some := with_documents(after, limit=AT_ONCE):
        key = the_realm().keys.current(Purpose.DOCUMENTS).secret
        numbers = document_numbers([person for _, person in some])
        done += write_documents(
            hashes={person: document_hash(number, key) for person, number in numbers.items()}, by=job.owner
        )
        after = some[-1][0]
        job.step(done, total, HASHING.with_facts(done=done, total=total))
    ask_for_base(by=job.owner)
    return {"n_hashed": done}


def end_leaked(*, by: str) -> None:
    """A chore of the worker: gates are not given a leaked key any more under which no base has hashes. What was to be
    hashed anew and was not asked for, or failed, is asked for."""
    leaked = [key for key in the_realm().keys.retired(Purpose.DOCUMENTS) if not key.ended_at]
    if over := _over(leaked, datetime.now(UTC)):
        _end(over, by)
    for key in leaked:
        if key not in over:
            ask_to_hash(key=key, by=by)


@transaction.atomic
def _end(keys: list[Key], by: str) -> None:
    with rotation.changing(the_realm().path / "keys") as (ring, write):
        record("keys.ended", by=by, facts={"keys": [key.name for key in keys]})
        write(rotation.ended(ring, keys, datetime.now(UTC)))
    keys_changed()


def _over(leaked: list[Key], wall: datetime) -> list[Key]:
    old = [key for key in leaked if wall - datetime.fromisoformat(key.retired_at) >= timedelta(days=LINGERS.value)]
    hashed = {job.unique_key for job in done_of(KIND)} if old else set()
    return [key for key in old if key.name in hashed]
