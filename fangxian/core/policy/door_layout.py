"""Which inputs, values and venue classes a rulebook's doors have, in the order in which they are stored."""

from collections.abc import Set
from dataclasses import replace

from fangxian.core.policy.rulebook import DoorRule, Rulebook, TogetherRule
from fangxian.core.policy.vocabulary import DOOR_VALUES

UNLISTED = "unlisted"  # the class of a venue whose class the rulebook does not know; always class 0


def door_values(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """Each input of a door decision with its values in stored order; the first is "not known"."""
    values = dict(DOOR_VALUES)
    values["test_age"] = ("none", *(band.key for band in rulebook.test_bands), "older")
    values["temperature"] = ("not-taken", *(band.key for band in rulebook.temperature_bands))
    for extra in rulebook.door_inputs:
        values[extra.key] = extra.values
    return values


def venue_class_keys(rulebook: Rulebook) -> tuple[str, ...]:
    """Venue classes in stored order: `unlisted` first, then the rulebook's own."""
    return (UNLISTED, *(venue_class.key for venue_class in rulebook.venue_classes))


def missing_emergency(rulebook: Rulebook, emergency_classes: Set[str]) -> tuple[str, ...]:
    """Classes with emergency care that a rulebook with doors leaves out: they would fall back to `unlisted`."""
    return tuple(sorted(emergency_classes - set(venue_class_keys(rulebook)))) if rulebook.has_gate else ()


def with_emergency(rulebook: Rulebook, emergency_classes: Set[str]) -> Rulebook:
    """The rulebook with these classes marked as giving emergency care, whatever it says itself."""
    marked = (replace(v, emergency_care=v.emergency_care or v.key in emergency_classes) for v in rulebook.venue_classes)
    return replace(rulebook, venue_classes=tuple(marked))


def covered_venues(rulebook: Rulebook, row: DoorRule | TogetherRule) -> tuple[str, ...]:
    """The venue classes a door row speaks of, in stored order. "*" leaves out emergency care."""
    emergency = {v.key for v in rulebook.venue_classes if v.emergency_care}
    named = set(row.venues)
    if "*" in named:
        named |= set(venue_class_keys(rulebook)) - emergency
    return tuple(key for key in venue_class_keys(rulebook) if key in named and key not in row.except_venues)
