"""Another version of a rulebook comes into force (发布规则): one person asks, two of two units approve.

1. the text is read and checked beside the version in force, or refused    measures
2. somebody who drafts rulebooks asks for the approvals                    approvals
3. with the second approval exactly that text is published                 measures
4. everybody is judged anew by it, and codes are computed                  rescreen, recolour (by the worker)
"""

from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.actions import approve, request_approval
from fangxian.ops.measures.actions import PUBLISHING, keep_proposal, publish_rulebook, publishable
from fangxian.ops.measures.queries import rulebook_proposed
from fangxian.ops.realm.current import the_realm

DRAFT = "rulebook.draft"


@transaction.atomic
def propose_rulebook(*, text: bytes, basis: str, by: Account) -> UUID:
    """Ask that a text be published; the id of the request. The same text again is the same request while it waits.

    Refuses
    -------
    accounts.not_yours, rulebook.not_publishable, rulebook.version_exists, approvals.*, and whatever reading refuses
    """
    county = the_realm().division_code
    require(by, DRAFT, county)
    book = publishable(text)
    title = Said(
        f"发布规则手册：{book.title.zh}，第 {book.version} 版",
        f"Publish rulebook: {book.title.en}, version {book.version}",
    )
    request = request_approval(
        kind=PUBLISHING, subject=f"rulebook:{book.id}:{book.version}"[:80], digest=book.digest, title=title,
        basis=basis, area_path=county, applicant=by,
    )  # fmt: skip
    keep_proposal(text=text, approval=request.pk, by=f"account:{by.pk}")
    return request.pk


@transaction.atomic
def approve_rulebook(*, approval: UUID, by: Account, digest: str, reason: str = "") -> bool:
    """One person approves; whether it is published now. With the second one it is, and everybody is judged anew.

    Refuses
    -------
    approvals.*, rulebook.not_publishable, rulebook.version_exists
    """
    request = approve(request=approval, approver=by, digest=digest, reason=reason)
    if str(request.state) != "approved":
        return False
    row = rulebook_proposed(approval)
    if row is None:
        raise ValueError("an approval of kind rulebook.publish without its text")
    publish_rulebook(text=row.text.encode(row.encoding), approval=approval, by=f"account:{by.pk}")
    return True
