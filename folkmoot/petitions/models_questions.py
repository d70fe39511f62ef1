"""Public questions to an office about a matter."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from folkmoot.bodies.models import Body
from folkmoot.people.models import Person
from folkmoot.petitions.rules.questions import STATES
from folkmoot.places.models import Area
from folkmoot.services.models import Service


class Question(models.Model):
    """What somebody asks of an office in public; once it is let through, an answer is owed."""

    state = models.CharField(
        max_length=10, default="moderation", choices=[(key, key) for key in STATES]
    )
    reason = models.CharField(max_length=40, blank=True, help_text="a key of rules.reasons")
    text = models.TextField(help_text="privacy: personal, public once it is let through")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="questions")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="questions")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="questions")
    office = models.CharField(
        max_length=80, blank=True, help_text="privacy: public office, not a person; or empty"
    )
    asker = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="questions"
    )
    asker_name = models.CharField(
        max_length=100, blank=True, help_text="privacy: personal, shown only if asked for"
    )
    name_shown = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal_text = models.TextField(
        blank=True, help_text="privacy: personal, for moderators only, erased when it is decided"
    )
    duty = models.CharField(max_length=200, blank=True, help_text="key of the duty that arose")
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="when its words were erased for law; it stays hidden"
    )
    erased_reason = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="a key of common.acts.LEGAL_REASONS",
    )
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="when the asker was written to about the answer"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "hidden"]) | ~Q(reason=""),
                name="question_refused_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="asked") | ~Q(duty=""), name="question_asked_is_owed"
            ),
        ]
        indexes = [
            models.Index(fields=["area", "service", "state"], name="question_of_matter"),
            models.Index(fields=["body", "state"], name="question_of_body"),
            models.Index(
                fields=["id"],
                condition=Q(state="asked", told_at__isnull=True),
                name="question_to_tell_of",
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"
