"""How a county's demo begins: read before anything else of the county is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fangxian.core.drill.county.toml_file import read_toml
from fangxian.core.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrder:
    """The order under which the demo's measure holds; plainly marked as no real order."""

    number: str
    disease: str
    measure: str
    issuer: str
    basis: str
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """County time at which the demo's clock starts, its zone, and its order, if it has one."""

    division_code: str
    starts_at: datetime
    zone: str
    order: DemoOrder | None


def read_demo(county: bytes) -> Demo:
    """The [demo] section of a county.toml.

    Raises
    ------
    Refusal
        `county.unreadable`: the file is no TOML; names the line. `county.demo_missing`: the section is not
        there, or an entry is missing or of the wrong kind.
    """
    told = read_toml(county, "county.toml")
    try:
        demo = told["demo"]
        starts_at = demo["starts_at"]
        if starts_at.tzinfo is None:
            raise ValueError("starts_at has no offset")
        order = _order(demo["order"]) if "order" in demo else None
        return Demo(division_code=told["county"]["code"], starts_at=starts_at, zone=demo["zone"], order=order)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refusal(
            "county.demo_missing",
            zh="county.toml 的 [demo] 一节不完整：{reason}。应有 starts_at（带时区的时间）和 zone。请补上后重试。",
            en="The section [demo] of county.toml is incomplete: {reason}. It should have starts_at (a time with its "
            "offset) and zone. Add them and try again.",
            reason=f"{type(error).__name__}: {error}",
        ) from None


def _order(told: dict[str, Any]) -> DemoOrder:
    return DemoOrder(
        number=told["number"],
        disease=told["disease"],
        measure=told["measure"],
        issuer=told["issuer_zh"],
        basis=told["basis_zh"],
        lasts=timedelta(days=told["days"]),
    )
