"""What waits for a second laboratory."""

from collections.abc import Sequence

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.pages.tables import Column, Table

ROUTES = {"case": "result-of-case", "person": "result-of-person"}


def retests_table(tasks: Sequence) -> Table:
    """The samples to be tested again, those due first, each a way to its form."""
    return Table(
        caption=Said("待复核", "To be tested again"),
        columns=(
            Column("what", Said("要做什么", "What is to be done"), read=_title, wide=True),
            Column("due_at", Said("最迟", "Due"), kind="time"),
        ),
        rows=tasks,
        href=_address,
        empty=Said("没有待复核的标本。", "No sample waits for a second test."),
    )


def _title(task) -> Said:
    return Said(task.title_zh, task.title_en)


def _address(task) -> str:
    kind, _, name = task.about.partition(":")
    return reverse(ROUTES[kind], args=[name])
