"""What the worker does: by request (KINDS), many times a second (PULSES), and by the county's clock (CHORES).

Functions stand here as dotted text, not as imports. Jobs lies near the bottom of the house, so that every
room may ask for one, while what a job runs stands above it; an import would point up. The text is read by
the worker alone, and a test resolves every line of it.
"""

from dataclasses import dataclass

# A job's function is called with the running job (see worker.RunningJob); what it returns, JSON-able, is
# kept as its result. It may be run again from the start at any time, so it must be harmless to repeat.
KINDS: dict[str, str] = {
    "documents.render": "fangxian.ops.documents.rendering.render_documents",
    "procedures.print_posters": "fangxian.ops.procedures.print_all_posters.make_run",
    "procedures.import_list": "fangxian.ops.procedures.import_list.import_list",
    "procedures.import_passengers": "fangxian.ops.procedures.import_passengers.import_passengers",
    "procedures.hash_documents": "fangxian.ops.procedures.hash_documents.hash_documents_anew",
    "procedures.recolour_everybody": "fangxian.ops.procedures.recolour.recolour_everybody",
    "procedures.match_waybills": "fangxian.ops.procedures.parcels_matching.match_waybills",
    "procedures.confirm_parcels": "fangxian.ops.procedures.parcels_confirm.confirm_in_background",
    "procedures.propose_contacts": "fangxian.ops.procedures.propose_contacts.look_for_contacts",
    "procedures.rescreen": "fangxian.ops.procedures.rescreen.rescreen",
    "procedures.compare_sources": "fangxian.ops.procedures.compare_sources.compare_sources",
    "procedures.import_doses": "fangxian.ops.procedures.import_doses.import_doses",
    "procedures.import_priority_places": "fangxian.ops.procedures.import_priority_places.import_places",
    "procedures.import_roster": "fangxian.ops.procedures.import_roster.import_roster",
    "procedures.import_round_staff": "fangxian.ops.procedures.import_round_staff.import_round_staff",
    "procedures.apply_risk_list": "fangxian.ops.procedures.take_risk_list.apply_risk_list",
    "situation.find_sources": "fangxian.ops.situation.sources_kept.look_for_sources",
    "situation.plan_sites": "fangxian.ops.situation.sites_planned.plan_in_background",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """A short thing done every `every_s` seconds of wall time: called without arguments, cheap when idle.

    One that is urgent waits for none of the others, of which some ask whoever may not answer. One that looks for what
    was written, and for little else, is passed over for `rests_s` seconds where nobody has written anything.
    """

    function: str
    every_s: float
    is_urgent: bool = False
    rests_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Something due every `every_s` seconds of county time, counted from `offset_s` after county midnight.

    Called as `function(at=…, by="program:worker")` when the worker starts and whenever a new slot begins,
    at most once a wall second, whatever a drill's clock does. Harmless to repeat.
    """

    function: str
    every_s: int
    offset_s: int = 0


PULSES = (
    Pulse(function="fangxian.ops.changes.actions.number_pending", every_s=0.2, rests_s=10),
    Pulse(function="fangxian.ops.procedures.recolour.recolour_due", every_s=0.5, rests_s=1),
    Pulse(function="fangxian.ops.procedures.settle_visitors.know_visitors", every_s=0.5, rests_s=10),
    # A red colour is to be refused at every gate within a second of its commit. The second one matters at the end.
    Pulse(function="fangxian.ops.procedures.publish_snapshot.publish_to_gates", every_s=0.1, is_urgent=True, rests_s=1),
    Pulse(
        function="fangxian.ops.procedures.publish_snapshot.finish_base", every_s=86_400, is_urgent=True
    ),  # at the end
    Pulse(function="fangxian.ops.procedures.watch_gates.watch_gates", every_s=2),
    Pulse(function="fangxian.ops.procedures.put_clock_right.look_after_clock", every_s=2),
    Pulse(function="fangxian.ops.situation.live.write_live", every_s=1),
    Pulse(function="fangxian.ops.audit.actions.record_views", every_s=60),
    Pulse(function="fangxian.ops.audit.actions.seal_waiting", every_s=0.25, rests_s=10),
    Pulse(function="fangxian.ops.audit.actions.keep_head_of_end", every_s=60),  # after sealing, so also at the end
)
CHORES = (
    Chore(function="fangxian.ops.procedures.rotate_keys.rotate_due", every_s=3600),
    Chore(function="fangxian.ops.procedures.recolour.recolour_missing", every_s=600),
    Chore(function="fangxian.ops.procedures.settle_visitors.forget_visitors", every_s=60),
    Chore(function="fangxian.ops.procedures.parcels_release.release_tested", every_s=300),
    Chore(function="fangxian.ops.procedures.release_results.follow_members", every_s=60, offset_s=20),
    Chore(function="fangxian.ops.procedures.settle_departures.settle_departures", every_s=300, offset_s=120),
    Chore(function="fangxian.ops.procedures.watch_posts.watch_posts", every_s=600),
    Chore(function="fangxian.ops.procedures.watch_hygiene.watch_hygiene", every_s=600, offset_s=300),
    Chore(function="fangxian.ops.procedures.watch_boxes.watch_boxes", every_s=300, offset_s=60),
    Chore(function="fangxian.ops.procedures.fevers.note_fevers_at_doors", every_s=60),
    # In the morning, when the phones that were without a network have sent yesterday's scans.
    Chore(function="fangxian.ops.procedures.silent_tasks.open_silent", every_s=86_400, offset_s=6 * 3600),
    Chore(function="fangxian.ops.procedures.silent_tasks.close_spoken", every_s=600),
    Chore(function="fangxian.ops.tasks.actions.escalate_overdue", every_s=60),
    Chore(function="fangxian.ops.procedures.rescreen.rescreen_after_rulebook", every_s=60),
    Chore(function="fangxian.ops.procedures.rescreen.ask_about_marks", every_s=600, offset_s=300),
    Chore(function="fangxian.ops.approvals.actions.expire_overdue", every_s=60),
    Chore(function="fangxian.ops.procedures.hand_over.call_for_receipts", every_s=600),
    Chore(function="fangxian.ops.procedures.settle_work.settle_work", every_s=300),
    # Often, so that whoever is confirmed at noon is asked today; once a day would do for the rest.
    Chore(function="fangxian.ops.contacts.actions.following.open_follow_ups", every_s=600),
    Chore(function="fangxian.ops.contacts.actions.following.recheck_quality", every_s=86_400, offset_s=4 * 3600),
    Chore(function="fangxian.ops.visits.actions.archiving.archive_due", every_s=3600, offset_s=360),
    Chore(function="fangxian.ops.visits.columns.refresh_columns", every_s=3600, offset_s=480),
    Chore(function="fangxian.ops.visits.actions.archiving.merge_late", every_s=86_400, offset_s=2 * 3600),
    Chore(function="fangxian.ops.visits.actions.forgetting.rewrite_without_erased", every_s=86_400, offset_s=9000),
    Chore(function="fangxian.ops.procedures.erasure.erase_what_is_due", every_s=86_400, offset_s=3 * 3600),
)
