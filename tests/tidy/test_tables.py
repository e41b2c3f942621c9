"""What the import linter cannot see: links between tables, and who touches whose models.

A foreign key is written as a string ("people.Person"), so it ties two rooms together without an
import. These tests hold tables to the same order as imports, read from the same list.
"""

import tomllib
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.db import models

from whole_tables import kind_of, made_whole, next_apart, steps_of

ROOT = Path(__file__).resolve().parents[2]
REGISTERS = {"people", "places", "accounts"}  # rooms whose models those above them may name


def depths(contracts: list[dict]) -> dict[str, int]:
    """Each room of ops with its layer, the topmost being 0."""
    layers = next(contract["layers"] for contract in contracts if contract.get("containers") == ["fangxian.ops"])
    return {room.strip(" ()"): depth for depth, line in enumerate(layers) for room in line.split("|")}


DEPTHS = depths(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"])


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("fangxian.")]


def room_of(model: type[models.Model]) -> str:
    return model.__module__.split(".")[2]


def upward_links(model: type[models.Model], depth_of: dict[str, int]) -> list[str]:
    """Foreign keys and many-to-many links of a model into a room that is not its own and not below it."""
    room, found = room_of(model), []
    for field in model._meta.get_fields():
        if not field.is_relation or field.auto_created or not field.related_model:
            continue
        target = field.related_model
        label = target if isinstance(target, str) else target._meta.label  # a str while its room is not installed
        target_room = label.split(".")[0]
        if target_room != room and target_room in depth_of and depth_of[target_room] <= depth_of[room]:
            found.append(
                f"{model._meta.label}.{field.name} links {room} to {target_room}, which is not below it. "
                f"Store the other's public id, or move the link to a procedure."
            )
    return found


def test_foreign_keys_point_down():
    assert [link for model in our_models() for link in upward_links(model, DEPTHS)] == []


def test_a_foreign_key_that_points_up_is_noticed():
    upside_down = {room: -depth for room, depth in DEPTHS.items()}
    found = [link for model in our_models() for link in upward_links(model, upside_down)]
    assert any("people.Household.grid_cell links people to places" in link for link in found)


def strays(graph: grimp.ImportGraph) -> list[str]:
    """Imports of a room's models from outside it, unless the room is a register."""
    return sorted(
        f"{importer} imports {module}: use that room's actions or queries instead"
        for module in graph.modules
        if module.endswith(".models") and module.split(".")[-2] not in REGISTERS
        for importer in graph.find_modules_that_directly_import(module)
        if not importer.startswith(module.rsplit(".", 1)[0] + ".")
    )


def test_models_are_private_to_their_room():
    assert strays(grimp.build_graph("fangxian", cache_dir=None)) == []


def test_a_page_that_reaches_into_a_room_is_noticed():
    graph = grimp.ImportGraph()
    for module in ("fangxian.ops.tasks.models", "fangxian.ops.tasks.actions", "fangxian.ops.pages.views"):
        graph.add_module(module)
    graph.add_import(importer="fangxian.ops.tasks.actions", imported="fangxian.ops.tasks.models")
    graph.add_import(importer="fangxian.ops.pages.views", imported="fangxian.ops.tasks.models")
    assert len(strays(graph)) == 1


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_a_model_says_what_one_row_is(model):
    assert (model.__doc__ or "").startswith("One row "), f'{model._meta.label} begins with "One row is …"'


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_a_model_does_nothing(model):
    forbidden = {"save", "delete", "clean", "full_clean"} & set(vars(model))
    assert forbidden == set(), f"{model._meta.label} overrides {forbidden}: actions write, the database enforces"


def test_there_are_no_signals():
    graph = grimp.build_graph("fangxian", include_external_packages=True, cache_dir=None)
    lines = [
        f"{path.relative_to(ROOT)} connects a signal"
        for path in (ROOT / "fangxian").rglob("*.py")
        if "django.dispatch" in (text := path.read_text("utf-8")) or "django.db.models.signals" in text
    ]
    assert lines == []
    assert "blinker" not in graph.modules


def test_first_migrations_make_each_table_whole():
    """Else mend it by `python tools/whole_tables.py FILE`: making a data folder takes twice as long."""
    paths = sorted((ROOT / "fangxian" / "ops").glob("*/migrations/0001_initial.py"))
    assert [str(path.relative_to(ROOT)) for path in paths if next_apart(path.read_text("utf-8"))] == []


APART = """
operations = [
    migrations.CreateModel(
        name='Wall',
        fields=[('id', models.UUIDField())],
        options={
            'ordering': ['id'],
        },
    ),
    migrations.CreateModel(
        name='Door',
        fields=[('wall', models.ForeignKey(to='house.wall'))],
    ),
    migrations.AddField(
        model_name='door',
        name='key',
        field=models.ForeignKey(to='house.key'),
    ),
    migrations.AddIndex(
        model_name='wall',
        index=models.Index(fields=['墙'], name='a'),
    ),
    migrations.AddConstraint(
        model_name='wall',
        constraint=models.UniqueConstraint(fields=('id',), name='b'),
    ),
    migrations.AddIndex(
        model_name='wall',
        index=models.Index(fields=['id'], name='c'),
    ),
    migrations.AddIndex(
        model_name='door',
        index=models.Index(fields=['key'], name='d'),
    ),
]
"""


def test_what_stands_behind_a_table_is_put_into_it_unless_its_column_comes_later():
    whole = made_whole(APART)
    assert "'indexes': [models.Index(fields=['墙'], name='a'), models.Index(fields=['id'], name='c')]" in whole
    assert "'constraints': [models.UniqueConstraint(fields=('id',), name='b')]" in whole
    assert [kind_of(step) for step in steps_of(whole)] == ["CreateModel", "CreateModel", "AddField", "AddIndex"]
