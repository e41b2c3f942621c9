"""Somebody's list of today as the page shows it: late first, then today, then later; and one task."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.navigation import address_of, page_of
from fangxian.ops.pages.tasks.words import DONE_AT, DONE_THERE, STATES, finish_said, kind_said
from fangxian.ops.places.queries import places_at

LATE, TODAY, LATER = Said("已过时限", "Late"), Said("今天", "Today"), Said("以后", "Later")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskShown:
    """One task as a line or a page shows it.

    `href` is its own page, `about_href` what it is about, `do_href` where it is done; empty where there is no such
    page. With `do_href` it has no button of its own.
    """

    id: UUID
    title: Said
    kind: Said
    finish: Said
    state: str
    state_said: Said
    place: Said
    due_at: datetime
    is_late: bool
    is_own: bool
    owner: str
    href: str
    about_href: str
    do_href: str


def tasks_shown(rows: Iterable, account_id: UUID, at: datetime) -> list[TaskShown]:
    """Tasks in the order given. One query for all of their places."""
    tasks = list(rows)
    places = places_at({task.area_path for task in tasks})
    return [_shown(task, places.get(task.area_path), account_id, at) for task in tasks]


def grouped(shown: Iterable[TaskShown], midnight: datetime) -> list[tuple[Said, list[TaskShown]]]:
    """The late ones, those of today, and those of later; a group without any is left out."""
    groups: dict[Said, list[TaskShown]] = {LATE: [], TODAY: [], LATER: []}
    for it in shown:
        groups[LATE if it.is_late else TODAY if it.due_at < midnight else LATER].append(it)
    return [(title, tasks) for title, tasks in groups.items() if tasks]


def _shown(task, place, account_id: UUID, at: datetime) -> TaskShown:
    is_open = task.state in ("open", "taken")
    return TaskShown(
        id=task.pk,
        title=Said(task.title_zh, task.title_en),
        kind=kind_said(task.kind),
        finish=finish_said(task.kind),
        state=task.state,
        state_said=STATES[task.state],
        place=place_name(place) if place else Said(task.area_path, task.area_path),
        due_at=task.due_at,
        is_late=task.due_at <= at if is_open else task.closed_at > task.due_at,
        is_own=task.owner_id == account_id,
        owner=task.owner.username if task.owner else "",
        href=reverse("task", args=[task.pk]),
        about_href=page_of(task.about),
        do_href=_done_at(task),
    )


def _done_at(task) -> str:
    if task.kind in DONE_THERE:
        return page_of(task.about)
    return address_of(DONE_AT[task.kind]) if task.kind in DONE_AT else ""
