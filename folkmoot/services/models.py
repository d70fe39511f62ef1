"""The catalogue of public services, as the database keeps it."""

from __future__ import annotations

from django.db import models


class Service(models.Model):
    """A public service. A service in one place is a matter."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    summary = models.TextField()
    position = models.PositiveSmallIntegerField()
    words = models.JSONField(default=list, help_text="other words people use for it")

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title
