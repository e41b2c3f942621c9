"""What a table told changes who is in a tube that has a result, or brings whoever is called back (召回复采): at once.

1. whoever is in a tube with a result now is told of it                       release_results
2. whoever was called back and is sampled anew is no doubt                    call_backs

What is cut short here the worker makes good within a minute.
"""

from collections.abc import Sequence
from dataclasses import replace

from fangxian.ops.lab.doubts import TWICE, explained_since
from fangxian.ops.lab.wire import Answer, NewEvent

from .release_results import follow_labels

CHANGES_WHO = frozenset({"swab", "unswab", "rename_tube", "void_tube"})


def follow_table(*, events: Sequence[NewEvent], answers: Sequence[Answer], by: str) -> list[Answer]:
    """Follow what these events changed; the answers, without the doubt that somebody called back was sampled again.

    Only what is new is followed: an upload that is repeated costs nothing. Call it where nothing else is being written.
    """
    fresh = {it.id for it in answers if it.what in ("taken", "doubtful")}
    told = [it for it in events if it.kind in CHANGES_WHO and it.fault is None and str(it.id) in fresh]
    if told:
        follow_labels(labels={it.tube for it in told} | {it.renamed for it in told}, by=by)
    doubted = [it.id for it in answers if it.what == "doubtful" and not TWICE.isdisjoint(it.doubts)]
    explained = explained_since(doubted) if doubted else frozenset()
    return [_without(it) if it.id in explained else it for it in answers]


def _without(answer: Answer) -> Answer:
    doubts = tuple(it for it in answer.doubts if it not in TWICE)
    return replace(answer, what="doubtful" if doubts else "taken", doubts=doubts)
