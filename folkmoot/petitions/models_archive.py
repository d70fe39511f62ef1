"""Petitions that were made elsewhere, kept so that nobody asks again without knowing."""

from __future__ import annotations

from django.db import models


class ArchivedPetition(models.Model):
    """A real petition of another site, as that site published it."""

    source = models.CharField(max_length=60, help_text="a key of catalogue/archives")
    number = models.PositiveIntegerField(help_text="its number there")
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=30, help_text="as published there")
    signatures = models.PositiveIntegerField(null=True, blank=True)
    link = models.URLField(max_length=300, blank=True)
    period = models.CharField(max_length=60, blank=True, help_text="as published there")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="archived_petition_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.number}"
