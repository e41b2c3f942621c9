"""Every stored field says what it is and when it is erased, exactly once; and the terms can be carried out."""

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import models

from fangxian.ops.realm.privacy import (
    FIELD_WITH_THE_EPIDEMIC,
    FOR_GOOD,
    HEALTH,
    PERSONAL,
    PUBLIC,
    Declaration,
    Fate,
    PrivacyClass,
    days_after,
    declare,
    kept,
)
from fangxian.ops.realm.sealed import SealedText


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("fangxian.")]


def faults(label: str, fields: dict[str, object], declaration: Declaration | None) -> list[str]:
    """What is wrong with a table's declaration.

    Parameters
    ----------
    fields : each concrete field of the table by its name
    """
    if declaration is None:
        return [f"{label} declares no privacy"]
    said = [name for group in declaration.groups for name in group.fields]
    found = [f"{label}.{name} has no class and no term" for name in fields if name not in said]
    found += [f"{label} declares {name}, which it does not have" for name in said if name not in fields]
    found += [
        f"{label}.{name} is declared {said.count(name)} times" for name in sorted(set(said)) if said.count(name) > 1
    ]
    for group in declaration.groups:
        for name in group.fields:
            if name in fields:
                found += _faults_of_field(f"{label}.{name}", fields[name], fields, group)
    return found


def _faults_of_field(name, field, fields, group):
    term = group.term
    if not isinstance(group.privacy_class, PrivacyClass):
        yield f"{name} has a class nobody knows: {group.privacy_class!r}"
    if isinstance(field, SealedText) and group.privacy_class is PUBLIC:
        yield f"{name} is sealed, yet declared public"
    if group.privacy_class in (PERSONAL, HEALTH) and term.fate is Fate.KEPT:
        yield f"{name} is {group.privacy_class} and kept for good: which law says so? Give it a term"
    if term.fate is Fate.FIELD_BLANKED and not field.null and field.get_default() is None:
        yield f"{name} is to be blanked, but can be neither empty nor null"
    has_no_days = term.days is None and not term.on_order
    counts_from_nothing = term.days is not None and term.counted_from not in fields
    if term.fate is not Fate.KEPT and (has_no_days or counts_from_nothing):
        yield f"{name} is erased days after {term.counted_from!r}, which is no field of its row"
    if not term.source.strip():
        yield f"{name} has a term without a source"


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_field_is_classified_once_and_has_a_term_that_can_be_carried_out(model):
    fields = {field.name: field for field in model._meta.concrete_fields}
    assert faults(model._meta.label, fields, getattr(model, "privacy", None)) == []


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_there_is_no_hidden_table_between_two_others(model):
    hidden = [field.name for field in model._meta.local_many_to_many if field.remote_field.through._meta.auto_created]
    assert hidden == [], f"{model._meta.label} has a table nobody declared: write its `through` model"


def stored(**more):
    return SimpleNamespace(null=False, get_default=lambda: None, **more)


SOURCE = "个人信息保护法 §47"
PLANTED = {
    "no declaration": (["id"], None, "declares no privacy"),
    "a field forgotten": (["id", "name"], declare(kept(PUBLIC, FOR_GOOD, "id")), "has no class"),
    "a field twice": (
        ["id"],
        declare(kept(PUBLIC, FOR_GOOD, "id"), kept(PERSONAL, FOR_GOOD, "id")),
        "declared 2 times",
    ),
    "a field that is gone": (["id"], declare(kept(PUBLIC, FOR_GOOD, "id", "name")), "does not have"),
    "health data kept for good": (["symptoms"], declare(kept(HEALTH, FOR_GOOD, "symptoms")), "which law"),
    "a term counted from nothing": (
        ["id"],
        declare(kept(PUBLIC, days_after(60, "ends_on", source=SOURCE), "id")),
        "no field of its row",
    ),
    "a field that cannot be blank": (
        ["phone"],
        declare(kept(PERSONAL, FIELD_WITH_THE_EPIDEMIC, "phone")),
        "neither empty",
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_wrong_declaration_is_noticed(planted):
    names, declaration, said = PLANTED[planted]
    found = faults("room.Table", {name: stored() for name in names}, declaration)
    assert any(said in fault for fault in found), found
