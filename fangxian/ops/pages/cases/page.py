"""What the page of a case is laid out from: identity masked or in full, facts, clocks, tables, ways on."""

from django.urls import NoReverseMatch, reverse

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.cases import vocabulary
from fangxian.ops.merges.queries import merges_of_case
from fangxian.ops.pages.cases.tables import cards_of_case, clocks_said, links_table, results_table
from fangxian.ops.pages.cases.words import case_trail, class_said, occupation_said, state_said, trail
from fangxian.ops.pages.county.merges import merges_table
from fangxian.ops.pages.county.person_tables import looks_table
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.words import masked
from fangxian.ops.situation.ages import age_on
from fangxian.ops.situation.case_files import CaseFile
from fangxian.ops.situation.looks import looks_at
from fangxian.ops.situation.merge_files import merges_shown


def case_context(file: CaseFile, account: Account) -> dict:
    """Everything the page shows but the deeds."""
    row, looks = file.case, looks_at(f"case:{file.case.pk}")
    return {
        "file": file,
        "row": row,
        "at": file.at,
        "identity": identity(file, account),
        "state": state_said(row.state),
        "case_class": class_said(row.case_class),
        "found_by": vocabulary.FOUND_BY.get(row.found_by),
        "outcome": vocabulary.OUTCOMES.get(row.outcome),
        "where": whereabouts(file.trail) if len(file.trail) > 1 else None,
        "clocks": clocks_said(file.clocks, file.at, may_stamp=file.may_investigate),
        "results": results_table(file),
        "cards": cards_of_case(file.reports),
        "links": links_table(file),
        "ways": _ways(file),
        "merges": merges_of(file),
        "looks": looks_table(looks),
        "n_looks": looks.n_all,
        "lead": Said(f"{file.disease.zh} · {class_said(row.case_class).zh}", f"{file.disease.en} · {row.case_class}"),
        "trail": trail((Said(row.number, row.number), "")),
    }


def merges_of(file: CaseFile):
    """The merges the case had part in, for whoever investigates it; None where there was none."""
    rows = merges_shown(merges_of_case(file.case.pk)) if file.may_investigate else []
    return merges_table(rows) if rows else None


def identity(file: CaseFile, account: Account) -> dict:
    """Who the case is: in full for whoever investigates it, masked for whoever only sees that there is one."""
    row, in_full = file.case, file.may_investigate
    person = row.person_id if row.person_id and may(account, "people.view", row.area_path) else None
    return {
        "in_full": in_full,
        "name": row.name if in_full else masked(row.name, "name"),
        "sex": vocabulary.SEXES.get(row.sex),
        "born_on": row.born_on if in_full else None,
        "age": age_on(row.born_on, file.at.date()) if row.born_on else None,
        "document_kind": vocabulary.DOCUMENTS.get(row.document_kind),
        "document": row.document_number if in_full else masked(row.document_number, "identity"),
        "phone": row.phone if in_full else masked(row.phone, "phone"),
        "address": row.address if in_full else masked(row.address, "address"),
        "workplace": row.workplace if in_full else masked(row.workplace, "address"),
        "occupation": occupation_said(row.occupation),
        "person_href": reverse("person", args=[person]) if person else "",
    }


def page_trail(file: CaseFile, here: Said) -> list:
    return case_trail(file.case, here)


def _ways(file: CaseFile) -> dict[str, str]:
    """Where one goes on from a case. An address another room does not have (yet) is left out."""
    pk = file.case.pk
    found = {
        "interview": _address("case-interview", pk) if file.may_investigate else "",
        "timeline": _address("case-timeline", pk) if file.may_investigate else "",
        "story": _address("case-story", pk) if file.may_investigate else "",
        "name": _address("case-contact-new", pk) if file.may_investigate else "",
        "contacts": f"{contacts}?case={pk}" if (contacts := _address("contacts")) else "",
        "tree": f"{tree}?disease={file.case.disease}&from={pk}"
        if (tree := _address("transmission")) and file.links
        else "",
        "link": f"{_address('transmission-link')}?infected={file.case.number}" if file.may_investigate else "",
        "report": f"{_address('case-report-new')}?corrects={file.reports[0].pk}" if file.reports else "",
    }
    return {name: href for name, href in found.items() if href}


def _address(route: str, *args) -> str:
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""
