"""What everybody may see of who signed: tables by place and by day, as they were last made."""

from __future__ import annotations

from django.db import models


class Breakdown(models.Model):
    """The newest table of a petition's signatures by place and by day, with nothing in it that
    may not be shown. It is kept because the next one may show only what is safe beside it."""

    petition = models.OneToOneField(
        "petitions.Petition", on_delete=models.CASCADE, related_name="breakdown"
    )
    kind = models.CharField(max_length=12, help_text="district or constituency, for ever")
    day = models.DateField(help_text="signatures to the end of this day")
    signatures = models.PositiveIntegerField(default=0, help_text="of all places, to that day")
    places = models.JSONField(
        default=dict, help_text="code → people of each place that is shown; empty code: elsewhere"
    )
    exact = models.JSONField(
        default=list, help_text="codes of places whose figure is of that day, not of one before"
    )
    days = models.JSONField(
        default=list, help_text="[day, people, or null where it is not shown], in order"
    )
    counted = models.PositiveIntegerField(
        default=0, help_text="people of all days, some of whom may be taken out since"
    )

    class Meta:
        ordering = ["petition_id"]

    def __str__(self) -> str:
        return f"places and days of petition {self.petition_id} on {self.day}"
