"""Our lists in the columns of WHO Go.Data's cleaned CSV export, which the epidemiologist's tools read."""

from collections.abc import Callable, Mapping

from fangxian.ops.procedures.listed_people import Fields

SEXES = {"male": "MALE", "female": "FEMALE"}
CLASSES = {
    "confirmed": "CONFIRMED",
    "asymptomatic": "CONFIRMED",
    "clinical": "PROBABLE",
    "suspected": "SUSPECT",
    "excluded": "NOT_A_CASE_DISCARDED",
}
OUTCOMES = {"recovered": "RECOVERED", "died": "DECEASED", "alive": "ALIVE"}
STATES = {
    "proposed": "UNDER_FOLLOW_UP",
    "traced": "UNDER_FOLLOW_UP",
    "transferred": "UNDER_FOLLOW_UP",
    "in_quarantine": "UNDER_FOLLOW_UP",
    "confirmed": "LOST_TO_FOLLOW_UP",
    "released": "FOLLOW_UP_COMPLETED",
    "rejected": "FOLLOW_UP_COMPLETED",
    "handed_over": "FOLLOW_UP_COMPLETED",
    "became_case": "BECAME_CASE",
    "died": "DIED",
}
DAYS = {word: word.upper() for word in ("seen_ok", "seen_not_ok", "missed", "not_attempted", "not_performed")}
CERTAINTIES = {"high": "3 - High", "medium": "2 - Medium", "low": "1 - Low"}
OPEN = ("UNDER_FOLLOW_UP", "LOST_TO_FOLLOW_UP")

Column = tuple[str, Callable[[Fields], str]]


def _of(name: str) -> Callable[[Fields], str]:
    return lambda fields: fields.get(name, "")


def _in(words: Mapping[str, str], name: str) -> Callable[[Fields], str]:
    return lambda fields: words.get(fields.get(name, ""), "")


def _day(name: str) -> Callable[[Fields], str]:
    return lambda fields: fields.get(name, "")[:10]


def _whether(truth: Callable[[Fields], bool]) -> Callable[[Fields], str]:
    return lambda fields: "TRUE" if truth(fields) else "FALSE"


_WHO: tuple[Column, ...] = (
    ("address", _of("address")),
    ("telephone", _of("phone")),
    ("firstName", _of("name")),
    ("gender", _in(SEXES, "sex")),
    ("age", _of("age")),
    ("dob", _of("born_on")),
    ("occupation", _of("occupation")),
    ("document_kind", _of("document_kind")),
    ("document_number", _of("document_number")),
    ("admin_2_name", _of("township")),
)
GODATA: Mapping[str, tuple[Column, ...]] = {
    "cases.list": (
        ("uuid", _of("outer_id")),
        ("case_id", _of("outer_number")),
        *_WHO,
        ("classification", _in(CLASSES, "case_class")),
        ("outcome_id", _in(OUTCOMES, "outcome")),
        ("date_of_reporting", _day("reported_at")),
        ("date_of_onset", _of("onset_on")),
        ("date_of_outcome", _of("outcome_on")),
        ("date_become_case", _of("confirmed_on")),
        ("hospitalization_centername", _of("hospital")),
    ),
    "contacts.list": (
        ("uuid", _of("outer_id")),
        ("contact_id", _of("outer_number")),
        ("active", _whether(lambda it: STATES.get(it.get("state", "")) in OPEN)),
        ("contact_status", _in(STATES, "state")),
        *_WHO,
        ("date_of_reporting", _day("entered_at")),
        ("date_of_last_contact", _day("last_exposure_at")),
        ("date_of_followup_end", _of("release_on")),
        ("was_case", _whether(lambda it: it.get("state") == "became_case")),
    ),
    "contacts.follow_ups": (
        ("uuid", _of("outer_id")),
        ("contact_id", _of("contact_number")),
        ("contact_uuid", _of("contact")),
        ("followup_status", _in(DAYS, "state")),
        ("date_of_followup", _of("on")),
        ("performed", _whether(lambda it: it.get("state") in ("seen_ok", "seen_not_ok", "missed"))),
        ("seen", _whether(lambda it: it.get("state") in ("seen_ok", "seen_not_ok"))),
        ("temperature", _of("temperature_c")),
        ("comment", _of("note")),
    ),
    "contacts.relationships": (
        ("uuid", _of("outer_id")),
        ("source_uuid", _of("from_id")),
        ("target_uuid", _of("to_id")),
        ("date_of_last_contact", _day("last_exposure_at")),
        ("exposure_type", _of("exposure")),
        ("context_of_exposure", _of("setting")),
        ("certainty_level", _in(CERTAINTIES, "certainty")),
    ),
}
