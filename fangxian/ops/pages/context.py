"""What every page needs to know about where it is."""

from fangxian.ops.realm.current import the_realm


def shell(request) -> dict:
    """The realm, county time and whether the people in it are invented (then the page carries a watermark)."""
    realm = the_realm()
    return {"realm": realm, "county_now": realm.clock.now(), "is_synthetic": realm.is_synthetic}
