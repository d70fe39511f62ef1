"""Answers owed, the answers, and reports of errors in figures."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from folkmoot.bodies.models import Body
from folkmoot.people.rules import SPACES

_OPEN = Q(ended="", ended_on__isnull=True, ended_at__isnull=True, ended_by="", waived_reason="")
_STAMPED = Q(ended_on__isnull=False, ended_at__isnull=False) & ~Q(ended_by="")


class Duty(models.Model):
    """An answer owed by a body, or an office of it. Only an answer or a public waiver ends one.

    Database rules refuse every other change, and deletion in the space of the record.
    """

    space = models.CharField(max_length=10, choices=[(s, s) for s in SPACES], default="record")
    key = models.CharField(max_length=200, help_text="one duty for one cause in a space")
    kind = models.CharField(max_length=20, help_text="a key of duties.rules.KINDS")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="duties")
    office = models.CharField(
        max_length=80, blank=True, help_text="privacy: public office, not a person; or empty"
    )
    subject = models.CharField(max_length=200, help_text="text key of what must be answered")
    place = models.CharField(max_length=12, blank=True)
    service = models.CharField(max_length=60, blank=True)
    rule = models.CharField(max_length=120)
    rule_version = models.CharField(max_length=40)
    owed_to = models.CharField(
        max_length=100, blank=True, help_text="privacy: public body, the centre that may waive it"
    )
    since = models.DateField()
    due = models.DateField()
    ended = models.CharField(
        max_length=8, blank=True, choices=[("answered", "answered"), ("waived", "waived")]
    )
    ended_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(
        max_length=161, blank=True, help_text="privacy: public office, not a person"
    )
    waived_reason = models.CharField(
        max_length=40, blank=True, help_text="a key of common.reasons.WAIVERS"
    )

    class Meta:
        ordering = ["due", "pk"]
        verbose_name_plural = "duties"
        constraints = [
            models.UniqueConstraint(fields=["space", "key"], name="duty_once"),
            models.CheckConstraint(condition=Q(due__gte=F("since")), name="duty_due_after_since"),
            models.CheckConstraint(
                condition=_OPEN
                | (Q(ended="answered", waived_reason="") & _STAMPED)
                | (Q(ended="waived") & ~Q(waived_reason="") & _STAMPED),
                name="duty_answered_or_waived_or_neither",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("since")),
                name="duty_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(space__in=SPACES), name="duty_in_a_known_space"),
        ]
        indexes = [
            models.Index(fields=["space", "body", "due"], name="duty_of_body"),
            models.Index(fields=["space", "subject"], name="duty_about"),
            models.Index(fields=["space", "place", "service"], name="duty_of_matter"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} owed by {self.body_id}: {self.key}"


class DutyAnswer(models.Model):
    """The words of an answer, or of a correction to it (``number`` 2 and on), side by side.

    Lives apart from the duty so that it can be withdrawn for law. Its words are never changed:
    database rules let them only be taken away.
    """

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="answers")
    number = models.PositiveSmallIntegerField(help_text="1 is the answer; more are corrections")
    text = models.TextField(blank=True, help_text="privacy: may hold personal data; withdrawable")
    office = models.CharField(max_length=161, help_text="privacy: public office, not a person")
    on = models.DateField()
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=80, blank=True, help_text="a code")

    class Meta:
        ordering = ["duty_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["duty", "number"], name="duty_answer_once"),
            models.CheckConstraint(
                condition=(Q(withdrawn_at__isnull=True, withdrawn_reason="") & ~Q(text=""))
                | (Q(withdrawn_at__isnull=False, text="") & ~Q(withdrawn_reason="")),
                name="duty_answer_has_words_or_a_tombstone",
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.number} to duty {self.duty_id}"


class FigureReport(models.Model):
    """What somebody wrote to report an error in a figure. Only that it came is public."""

    figure = models.CharField(max_length=200, help_text="text key of the row of a release")
    duty = models.ForeignKey(
        Duty, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports"
    )
    text = models.TextField(blank=True, help_text="privacy: personal, erased after a year")
    contact = models.EmailField(
        max_length=254, blank=True, help_text="privacy: personal, erased when it has been told"
    )
    received_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["figure"], name="report_of_figure")]

    def __str__(self) -> str:
        return f"report {self.pk} on {self.figure}"
