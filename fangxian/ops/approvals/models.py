"""Tables of the approvals room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import PERSONAL, PSEUDONYMOUS, PUBLIC, days_after, declare, kept
from fangxian.ops.realm.sealed import SealedText

TEN_YEARS = days_after(
    3653, "asked_at", source="机关文件材料归档范围和文书档案保管期限规定 (国家档案局令第8号, 2006): ten years"
)
TEN_YEARS_OF_DECISION = days_after(3653, "decided_at", source=TEN_YEARS.source)


class State(models.TextChoices):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    USED = "used"


SETTLED = (State.APPROVED, State.REJECTED, State.EXPIRED, State.WITHDRAWN, State.USED)


class ApprovalRequest(models.Model):
    """One row is one request that several persons must approve before one action may happen once.

    `digest` binds it to the exact content (SHA-256, hex); `basis` names the law or order it rests on. All
    times are county time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, help_text="what it is about, such as rulebook:<name>:<version>")
    digest = models.CharField(max_length=64)
    area_path = models.CharField(max_length=15, db_index=True)
    title_zh = SealedText()
    title_en = SealedText()
    basis = models.TextField()
    applicant = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    applicant_unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, TEN_YEARS, "id", "kind", "digest", "area_path", "basis", "applicant_unit", "state"),
        kept(PUBLIC, TEN_YEARS, "asked_at", "expires_at", "settled_at", "used_at"),
        kept(PSEUDONYMOUS, TEN_YEARS, "subject", "applicant", "used_by"),
        kept(PERSONAL, TEN_YEARS, "title_zh", "title_en"),
    )

    class Meta:
        ordering = ["-asked_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="approval_expires_later"),
            models.CheckConstraint(
                condition=Q(state=State.PENDING, settled_at__isnull=True)
                | Q(state__in=SETTLED, settled_at__isnull=False),
                name="approval_is_settled_when_settled",
            ),
            models.CheckConstraint(
                condition=Q(state=State.USED, used_at__isnull=False) | (~Q(state=State.USED) & Q(used_at__isnull=True)),
                name="approval_is_used_when_used",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="approval_pending", condition=Q(state=State.PENDING))]


class Decision(models.Model):
    """One row is what one person decided about one request, for which unit, having seen which content.

    The applicant is repeated here so that the database itself can refuse who decides on their own request.
    """

    class Verdict(models.TextChoices):
        APPROVE = "approve"
        REJECT = "reject"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(ApprovalRequest, on_delete=models.CASCADE, related_name="decisions")
    approver = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    applicant = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_kind = models.CharField(max_length=20)
    verdict = models.CharField(max_length=8, choices=Verdict)
    digest = models.CharField(max_length=64)
    reason = SealedText(default="")
    decided_at = models.DateTimeField(help_text="county time")

    privacy = declare(
        kept(PUBLIC, TEN_YEARS_OF_DECISION, "id", "request", "unit", "unit_kind", "verdict", "digest", "decided_at"),
        kept(PSEUDONYMOUS, TEN_YEARS_OF_DECISION, "approver", "applicant"),
        kept(PERSONAL, TEN_YEARS_OF_DECISION, "reason"),
    )

    class Meta:
        ordering = ["decided_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "approver"], name="decision_once_a_person"),
            models.CheckConstraint(condition=~Q(approver=F("applicant")), name="decision_is_not_the_applicants"),
        ]
