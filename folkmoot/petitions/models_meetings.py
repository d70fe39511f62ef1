"""When a body's full council meets, as the body itself stated it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from folkmoot.bodies.models import Body


class Meeting(models.Model):
    """One day on which the full council of a body meets. Never changed and never deleted: a meeting
    that does not take place is called off, and one that is moved is stated anew."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="meetings")
    on = models.DateField()
    source = models.URLField(help_text="where the body published the date")
    stated_at = models.DateTimeField()
    by = models.CharField(max_length=161, help_text="privacy: public office, not a person")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="when it was called off")
    withdrawn_by = models.CharField(
        max_length=161, blank=True, help_text="privacy: public office, not a person"
    )

    class Meta:
        ordering = ["body_id", "on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "on"],
                condition=Q(withdrawn_at__isnull=True),
                name="meeting_stated_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by="")),
                name="meeting_called_off_by_an_office",
            ),
        ]

    def __str__(self) -> str:
        return f"meeting of body {self.body_id} on {self.on}"
