"""A case as its page shows it: who, where it stands, its clocks, results, cards, links, and who it may also be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.cases import queries as cases
from fangxian.ops.cases.questionnaire import questionnaire_of
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.places.models import Division, GridCell
from fangxian.ops.places.queries import path_down_to

OPENED, SHOWN = "cases.case_page", "cases.case_shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """Everything of one case. Rows are those of the cases room.

    Attributes
    ----------
    may_investigate : whether the reader works on it; whoever does not sees the identity masked
    rulebook : of the disease, in force at `at`; None when there is none
    likely : other cases that are perhaps the same person's
    n_answered, n_needed : of the questionnaire's needed questions
    """

    case: Any
    may_investigate: bool
    rulebook: Rulebook | None
    clocks: Sequence
    results: Sequence
    reports: Sequence
    links: Sequence
    likely: Sequence
    n_answered: int
    n_needed: int
    trail: list[Division | GridCell]
    at: datetime

    @property
    def disease(self) -> Said:
        return self.rulebook.disease.name if self.rulebook else Said(self.case.disease, self.case.disease)

    @property
    def specimens(self) -> Mapping[str, Said]:
        return {it.key: it.name for it in self.rulebook.specimens} if self.rulebook else {}

    @property
    def definition(self) -> Said | None:
        """What the rulebook says makes a case of this class."""
        defined = self.rulebook.case_definitions if self.rulebook else ()
        return next((it.definition for it in defined if it.case_class == self.case.case_class), None)

    @property
    def case_classes(self) -> list[str]:
        return [it.case_class for it in self.rulebook.case_definitions] if self.rulebook else []


def case_file(case_id: UUID, account: Account, *, at: datetime) -> CaseFile:
    """A case's record.

    Refuses
    -------
    cases.case.not_found, cases.case.not_yours
    """
    row = seen_case(case_id, account)
    questionnaire = questionnaire_of(row.disease)
    answers = cases.values_of(cases.answers_of(row.pk).values())
    missing = questionnaire.missing(answers)
    needed = [it for section in questionnaire.sections for it in questionnaire.shown(section, answers) if it.needed]
    return CaseFile(
        case=row,
        may_investigate=may(account, cases.INVESTIGATE, row.area_path),
        rulebook=rulebooks_by_disease(at).get(row.disease),
        clocks=cases.clocks_of(row.pk),
        results=cases.results_of(row.pk),
        reports=cases.reports_of(row.pk),
        links=cases.links_of(row.pk),
        likely=cases.likely_same(row) if row.same_as_id is None else (),
        n_answered=len(needed) - len(missing),
        n_needed=len(needed),
        trail=path_down_to(row.area_path),
        at=at,
    )


def seen_case(case_id: UUID, account: Account):
    """The case, if the account may see it.

    Refuses
    -------
    cases.case.not_found, cases.case.not_yours
    """
    row = cases.case_with(case_id)
    if row is None:
        raise Refusal(
            "cases.case.not_found",
            zh="没有这个病例，或者它已按期清除。病例的地址由系统给出；请从病例列表里打开。",
            en="There is no such case, or it was erased at its term. Its address is given by the program: open it from "
            "the list of cases.",
        )
    if not cases.may_see(account, case_id):
        raise Refusal(
            "cases.case.not_yours",
            zh="这个病例不在您的辖区，没有打开，也没有显示任何内容。您可以查看自己辖区的病例；如果工作需要，请联系县"
            "疾控中心。",
            en="This case is not of your area; it was not opened and nothing of it was shown. You can see the cases of "
            "your own area: if your work needs it, ask the county CDC.",
        )
    return row


def worked_case(case_id: UUID, account: Account):
    """The case, if the account investigates there.

    Refuses
    -------
    cases.case.not_found, cases.case.not_yours, cases.case.not_allowed
    """
    row = seen_case(case_id, account)
    if not may(account, cases.INVESTIGATE, row.area_path):
        raise Refusal(
            "cases.case.not_allowed",
            zh="您可以查看病例 {number}，但不能改动它，这一步没有办。改动由流调员办理；请把情况告诉县疾控中心。",
            en="You can see case {number} but not change it, so nothing was done. Investigators change cases: tell the "
            "county CDC what you know.",
            number=row.number,
        )
    return row


def seen_report(report_id: UUID, account: Account):
    """A report card, if the account may see it: one of its area, or one its clinic or hospital filed.

    Refuses
    -------
    accounts.not_yours, cases.report.not_found
        The latter also for a card of somebody else: that there is one is not for whoever may not see it.
    """
    require(account, cases.REPORT)
    row = cases.reports_within(account).select_related("corrects").filter(pk=report_id).first()
    if row is None:
        raise Refusal(
            "cases.report.not_found",
            zh="没有这张报告卡，或者它不是您单位填报的。您可以查看本单位、本辖区的报告卡；请从列表里打开。",
            en="There is no such report card, or another unit filed it. You can see those of your unit and your area: "
            "open it from the list.",
        )
    return row
