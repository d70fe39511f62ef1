"""Areas, how they nest and succeed one another, who is similar, and official postcodes."""

from __future__ import annotations

from django.db import models


class Area(models.Model):
    """A geography with a GSS code. "Place" on pages."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140, unique=True)
    kind = models.CharField(max_length=32, help_text="a key of places.rules.KINDS")
    nation = models.CharField(max_length=12, blank=True, help_text="code of its nation")
    edition = models.CharField(max_length=20, help_text="boundary edition, for example 2025-04")
    started = models.DateField(null=True, blank=True)
    ended = models.DateField(null=True, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    homepage = models.URLField(blank=True)
    other_names = models.JSONField(default=list, help_text="names to find it by, Welsh included")
    source = models.CharField(max_length=120, help_text="the file it came from")

    class Meta:
        indexes = [models.Index(fields=["kind", "name"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class AreaLink(models.Model):
    """``child`` belongs to, or was succeeded by, ``parent``."""

    child = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="links_up")
    parent = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="links_down")
    role = models.CharField(max_length=12, choices=[("part-of", "part of"), ("became", "became")])
    share = models.FloatField(default=1.0, help_text="share of the child inside the parent, 0–1")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "parent", "role"], name="area_link_once")
        ]
        indexes = [models.Index(fields=["parent", "role"])]

    def __str__(self) -> str:
        return f"{self.child_id} {self.role} {self.parent_id}"


class SimilarArea(models.Model):
    """``other`` is the ``position``-th most similar place to ``area`` in a published list."""

    list_key = models.CharField(max_length=24, help_text="a key of places.rules.SIMILAR_LISTS")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="similar_to")
    other = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["list_key", "area", "position"], name="similar_position_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.list_key} {self.area_id} #{self.position}"


class OfficialPostcode(models.Model):
    """A row of the official ONSPD or NSPL file, where an operator has loaded it."""

    postcode = models.CharField(max_length=8, primary_key=True, help_text="without the space")
    district = models.CharField(max_length=12)
    constituency = models.CharField(
        max_length=12, blank=True, help_text="of the House of Commons; empty where not given"
    )
    ended = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.postcode


class PostcodeEdition(models.Model):
    """Which official postcode file is loaded; at most one row, swapped in whole."""

    name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
