"""What moderators and officers did: decisions, alerts, batches set aside, paper sheets taken in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from folkmoot.people.models import Person


class ModerationDecision(models.Model):
    """One decision on a petition or a question, at first or on appeal, with its clock."""

    petition = models.ForeignKey(
        "petitions.Petition", null=True, on_delete=models.PROTECT, related_name="decisions"
    )
    question = models.ForeignKey(
        "petitions.Question", null=True, on_delete=models.PROTECT, related_name="decisions"
    )
    step = models.CharField(max_length=8, choices=[("first", "first"), ("appeal", "appeal")])
    outcome = models.CharField(max_length=12, help_text="the state that it led to")
    reason = models.CharField(max_length=40, blank=True)
    since = models.DateTimeField(help_text="when it was asked for")
    at = models.DateTimeField()
    office = models.CharField(max_length=161, help_text="privacy: public office, not a person")
    person = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="moderation_decisions",
        help_text="so that nobody decides an appeal against their own decision",
    )  # fmt: skip

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(petition__isnull=False, question__isnull=True)
                | Q(petition__isnull=True, question__isnull=False),
                name="decision_on_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}: {self.outcome}"


class Alert(models.Model):
    """An unusual pattern of signatures, with its evidence in counts. For moderators only."""

    petition = models.ForeignKey(
        "petitions.Petition", on_delete=models.CASCADE, related_name="alerts"
    )
    kind = models.CharField(max_length=12, help_text="network, domain or area")
    key = models.CharField(
        max_length=254, help_text="privacy: not personal, a digest, a domain or a code of a place"
    )
    since = models.DateTimeField(help_text="the burst begins")
    until = models.DateTimeField()
    seen = models.PositiveIntegerField(help_text="signatures in the burst")
    among = models.PositiveIntegerField(
        default=0, help_text="all signatures of the petition in that time"
    )
    expected = models.FloatField(help_text="as many as would be usual")
    raised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True, help_text="a moderator looked at it")
    outcome = models.CharField(max_length=12, blank=True, help_text="set-aside or left")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "kind", "key"],
                condition=Q(closed_at__isnull=True),
                name="alert_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"alert {self.pk} on petition {self.petition_id}"


class Batch(models.Model):
    """Signatures set aside together, and whether they were restored."""

    petition = models.ForeignKey(
        "petitions.Petition", on_delete=models.PROTECT, related_name="batches"
    )
    alert = models.ForeignKey(Alert, null=True, on_delete=models.SET_NULL, related_name="batches")
    kind = models.CharField(max_length=12)
    signatures = models.PositiveIntegerField()
    set_aside_at = models.DateTimeField()
    office = models.CharField(max_length=161, help_text="privacy: public office, not a person")
    restored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"batch {self.pk} of petition {self.petition_id}"


class PaperBatch(models.Model):
    """Sheets signed on paper that an officer checked and took in."""

    petition = models.ForeignKey(
        "petitions.Petition", on_delete=models.PROTECT, related_name="paper_batches"
    )
    rows = models.PositiveIntegerField(help_text="lines on the sheets")
    taken = models.PositiveIntegerField(help_text="that became signatures")
    doubles = models.PositiveIntegerField(help_text="that had signed already")
    on = models.DateField()
    at = models.DateTimeField()
    office = models.CharField(max_length=161, help_text="privacy: public office, not a person")
    sha256 = models.CharField(max_length=64, help_text="of the file, so that it is taken in once")

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "paper batches"
        constraints = [
            models.UniqueConstraint(fields=["petition", "sha256"], name="paper_batch_once")
        ]

    def __str__(self) -> str:
        return f"paper batch {self.pk} of petition {self.petition_id}"
