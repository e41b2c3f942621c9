"""Setting county time in a demo or drill (设定县时间). A live county's clock is the wall's and is never set.

1. one line says from what to what     audit
2. the realm's card gets the clock     realm
"""

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.clock import CountyClock
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.folder import Realm


@transaction.atomic
def set_clock(*, clock: CountyClock, by: str) -> Realm:
    """Let county time run as `clock` says; programs that run already notice within a second.

    Refuses
    -------
    realm.live_clock
    """
    realm = the_realm()
    if not realm.is_synthetic:
        raise Refusal(
            "realm.live_clock",
            zh="这是真实运行的数据域，县时间就是北京时间，不能改。只有演示或演练数据域的时间可以设定。",
            en="This realm is live: its county time is the wall's and cannot be set. Only a demo's or a drill's "
            "clock can.",
        )
    record("realm.clock_set", by=by, facts={"from": realm.clock.as_card(), "to": clock.as_card()})
    return realm.with_clock(clock)
