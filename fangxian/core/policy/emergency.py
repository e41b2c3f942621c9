"""Which classes of venue give emergency care in a county: said by the county, never by a rulebook of itself."""

import tomllib

from fangxian.core.policy.vocabulary import EMERGENCY_CLASSES
from fangxian.core.refusal import Refusal


def read_emergency_classes(county: bytes) -> frozenset[str]:
    """The classes in `[rulebooks] emergency_classes` of a county.toml. (file bytes → keys of venue classes)

    Absence means the common ones, `vocabulary.EMERGENCY_CLASSES`.

    Raises
    ------
    Refusal
        `county.emergency_classes_wrong`: not a list of keys, or an empty one. Nothing is then taken for granted,
        since a door that need not admit the sick is what this list exists to prevent.
    """
    try:
        told = tomllib.loads(county.decode("utf-8")).get("rulebooks", {})
        classes = told.get("emergency_classes", sorted(EMERGENCY_CLASSES))
        if not isinstance(classes, list) or not classes or not all(isinstance(key, str) and key for key in classes):
            raise ValueError(f"emergency_classes = {classes!r}")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError, ValueError) as error:
        raise Refusal(
            "county.emergency_classes_wrong",
            zh="county.toml 没有说清哪些场所提供急诊：{reason}。[rulebooks] 的 emergency_classes 应是场所类别的列表，"
            '至少一类，例如 ["hospital", "health-centre"]。请改正；没有急诊单位的县不存在。',
            en="county.toml does not say which venues give emergency care: {reason}. emergency_classes in [rulebooks] "
            'should list at least one class of venue, such as ["hospital", "health-centre"]. Mend it; no county is '
            "without emergency care.",
            reason=str(error)[:200],
        ) from None
    return frozenset(classes)
