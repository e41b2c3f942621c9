"""Ages on a day. Everything that counts the young and the old counts them here."""

from datetime import date

CHILDREN_UNDER, ELDERS_FROM = 15, 65  # years; the census's groups


def latest_birthday(years: int, on: date) -> date:
    """The latest date of birth of somebody who is at least `years` old on `on`.

    Whoever was born on the 29th of February comes of age on the 1st of March of a common year.
    """
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # the 29th of February, in a year without one
        return date(on.year - years, 2, 28)


def age_on(born_on: date, on: date) -> int:
    """Whole years of age; 0 for whoever is not born yet."""
    had_birthday = (on.month, on.day) >= (born_on.month, born_on.day)
    return max(0, on.year - born_on.year - (not had_birthday))
