"""Checks of test classes: one that asks for more tests than it has days, or of nobody, would be a rule in name only."""

from collections.abc import Iterator
from difflib import get_close_matches

from fangxian.core.policy.findings import Finding, found
from fangxian.core.policy.rulebook import Rulebook


def find_in_test_classes(rulebook: Rulebook) -> Iterator[Finding]:
    """Findings about who is tested how often. (`Rulebook` → findings)"""
    known = [it.key for it in rulebook.venue_classes]
    for row in rulebook.test_classes:
        if row.n_test_days > row.n_days:
            yield found(
                row,
                "rulebook.more_tests_than_days",
                f"写的是 {row.n_days} 天 {row.n_test_days} 检：一天只算一次，做不到。请改 n_days 或 n_test_days。",
                f"it asks for {row.n_test_days} tests in {row.n_days} days; a day counts once, so nobody can. Change "
                f"n_days or n_test_days.",
            )
        for key in row.venue_classes:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                yield found(
                    row,
                    "rulebook.test_class_nowhere",
                    f"场所类别 {key} 不在 venue_classes 里，这一条对那里谁都不起作用。"
                    f"{f'是否应为 {near[0]}？' if near else '请先在 venue_classes 里写上它。'}",
                    f"the venue class {key} is not among venue_classes, so nobody there is meant. "
                    f"{f'Did you mean {near[0]}?' if near else 'Add it to venue_classes first.'}",
                )
