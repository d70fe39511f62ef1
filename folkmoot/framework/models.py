"""Versions of the operating framework, and where each place stands on its standards."""

from __future__ import annotations

from django.db import models

from folkmoot.bodies.models import Body
from folkmoot.framework.models_cases import (
    Case,
    CaseEvent,
    CaseWords,
    InterventionElsewhere,
    RehearsalAct,
)
from folkmoot.measures.models import Measure, Release
from folkmoot.places.models import Area

__all__ = [
    "BodyStanding",
    "Case",
    "CaseEvent",
    "CaseWords",
    "FrameworkVersion",
    "InterventionElsewhere",
    "RehearsalAct",
    "StandardAccount",
    "Standing",
]


class FrameworkVersion(models.Model):
    """One version of an operating framework, as it was put into use: never changed."""

    class Space(models.TextChoices):
        RECORD = "record", "in use"
        REHEARSAL = "rehearsal", "illustrative: for rehearsals only"

    slug = models.SlugField(max_length=60)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=160)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the document")
    document = models.JSONField(help_text="the whole framework: see framework.catalogue")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    adopted_at = models.DateTimeField()
    space = models.CharField(max_length=10, choices=Space.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="framework_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"


class StandardAccount(models.Model):
    """How all places together stand on one standard in its newest period."""

    framework = models.ForeignKey(
        FrameworkVersion, on_delete=models.CASCADE, related_name="accounts"
    )
    standard = models.CharField(max_length=60, help_text="id in the framework")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=24, help_text="the newest, or empty if none is judged")
    period_end = models.DateField(null=True)
    summary = models.JSONField(help_text="places by state and how, failing, in the newest period")
    inputs = models.CharField(max_length=64, help_text="SHA-256 of standard, account and method")
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["framework", "standard"], name="standard_account_once")
        ]

    def __str__(self) -> str:
        return f"{self.standard} of {self.framework_id}"


class Standing(models.Model):
    """Where one place stands on one standard in one period. Written only by the build."""

    framework = models.ForeignKey(
        FrameworkVersion, on_delete=models.CASCADE, related_name="standings", db_index=False
    )
    standard = models.CharField(max_length=60, help_text="id in the framework")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", db_index=False)
    row = models.PositiveIntegerField(null=True, help_text="row in the release's file")
    period = models.CharField(max_length=24)
    period_end = models.DateField()
    newest = models.BooleanField(help_text="whether period is the newest that is judged")
    state = models.CharField(max_length=16, help_text="meets, below, cannot-say, not-in-release")
    how = models.CharField(max_length=16, blank=True, help_text="how sure it is, where below")
    failing = models.BooleanField(help_text="below a minimum that binds and is due")
    due = models.BooleanField(help_text="whether the standard had fallen due")
    shortfall = models.FloatField(null=True, help_text="beyond the line, in the measure's unit")
    consecutive = models.PositiveSmallIntegerField(help_text="published periods below in a row")
    affected = models.PositiveIntegerField(null=True, help_text="cases for which it was not met")
    cases = models.PositiveIntegerField(null=True, help_text="cases counted")
    value = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    status = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "standard", "area", "period"], name="standing_once"
            )
        ]
        indexes = [
            models.Index(fields=["area", "framework", "newest"], name="standing_of_area"),
        ]

    def __str__(self) -> str:
        return f"{self.standard} {self.area_id} {self.period}"


class BodyStanding(models.Model):
    """Where one body stands on one standard in one period. Written only by the build.

    The columns mean what those of ``Standing`` mean. Bodies are counted whole, so no figure of
    theirs has limits.
    """

    framework = models.ForeignKey(
        FrameworkVersion, on_delete=models.CASCADE, related_name="body_standings", db_index=False
    )
    standard = models.CharField(max_length=60, help_text="id in the framework")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", db_index=False)
    row = models.PositiveIntegerField(null=True, help_text="row in the release's file")
    period = models.CharField(max_length=24)
    period_end = models.DateField()
    newest = models.BooleanField(help_text="whether period is the newest that is judged")
    state = models.CharField(max_length=16, help_text="meets, below, cannot-say, not-in-release")
    how = models.CharField(max_length=16, blank=True, help_text="how sure it is, where below")
    failing = models.BooleanField(help_text="below a minimum that binds and is due")
    due = models.BooleanField(help_text="whether the standard had fallen due")
    shortfall = models.FloatField(null=True, help_text="beyond the line, in the measure's unit")
    consecutive = models.PositiveSmallIntegerField(help_text="published periods below in a row")
    affected = models.PositiveIntegerField(null=True, help_text="cases for which it was not met")
    cases = models.PositiveIntegerField(null=True, help_text="cases counted")
    value = models.FloatField(null=True)
    status = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "standard", "body", "period"], name="body_standing_once"
            )
        ]
        indexes = [models.Index(fields=["body", "framework"], name="standing_of_body")]

    def __str__(self) -> str:
        return f"{self.standard} {self.body_id} {self.period}"
