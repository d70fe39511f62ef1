"""Bodies, their offices, who holds them, and which of them answers for what."""

from __future__ import annotations

from django.db import models

from folkmoot.places.models import Area


class Body(models.Model):
    """A public body: a council, a force, a board, a department. Never a person."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=140)
    kind = models.CharField(max_length=32, help_text="a key of bodies.rules.BODY_KINDS")
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="bodies"
    )
    nation = models.CharField(max_length=12, blank=True, help_text="code of its nation")
    homepage = models.URLField(blank=True)
    started = models.DateField(null=True, blank=True)
    ended = models.DateField(null=True, blank=True, help_text="its last day")
    note = models.TextField(blank=True, help_text="what to know before trusting this entry")
    source = models.CharField(max_length=200, help_text="the file it came from")

    class Meta:
        ordering = ["name", "slug"]
        verbose_name_plural = "bodies"
        indexes = [models.Index(fields=["kind", "name"], name="body_kind_name")]

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """A post in a body, whoever holds it; also the body as a whole (kind ``whole``)."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="offices")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=40, help_text="a key of bodies.rules.OFFICE_KINDS")
    law = models.CharField(max_length=200, blank=True, help_text="title of its legal basis")
    law_link = models.URLField(blank=True)
    seats = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 where one person holds it at a time; empty: several"
    )
    code = models.CharField(max_length=12, blank=True, help_text="code of its constituency")
    position = models.PositiveSmallIntegerField(default=0, help_text="order within the body")
    started = models.DateField(null=True, blank=True)
    ended = models.DateField(null=True, blank=True, help_text="its last day")

    class Meta:
        ordering = ["body_id", "position", "slug"]
        constraints = [models.UniqueConstraint(fields=["body", "slug"], name="office_once")]

    def __str__(self) -> str:
        return self.title


class OfficeArea(models.Model):
    """That an office acts for an area other than its body's, and in what capacity.

    A mayor who holds police powers acts for the force's area; a member of parliament acts for
    each district of which the constituency holds a part.
    """

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="acts_for")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="offices_for")
    capacity = models.CharField(max_length=32, help_text="a key of bodies.rules.CAPACITIES")
    share = models.FloatField(default=1.0, help_text="share of the area, 0–1, as the source has it")
    law = models.CharField(max_length=200, blank=True)
    law_link = models.URLField(blank=True)
    since = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "area", "capacity"], name="office_area_capacity_once"
            )
        ]
        indexes = [models.Index(fields=["area", "capacity"], name="office_area_capacity")]

    def __str__(self) -> str:
        return f"{self.office_id} for {self.area_id}: {self.capacity}"


class Holder(models.Model):
    """Who holds an office, from when, as a named source says on a day."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="holders")
    name = models.CharField(max_length=120, help_text="privacy: public, holds a public office")
    party = models.CharField(
        max_length=80, blank=True, help_text="privacy: public, as declared for a public office"
    )
    since = models.DateField(help_text="as the source states it")
    until = models.DateField(null=True, blank=True, help_text="the last day")
    source = models.CharField(max_length=300)
    as_at = models.DateField(help_text="the day for which the source was right")

    class Meta:
        ordering = ["office_id", "-since", "name"]
        constraints = [
            models.UniqueConstraint(fields=["office", "name", "since"], name="holder_once"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="holder_since_before_until",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.office_id}"


class Remit(models.Model):
    """One line of the catalogue: who answers for a service in a kind of area, or that none does."""

    service = models.SlugField(max_length=60, help_text="a service's slug, or a key of its own")
    title = models.CharField(max_length=120, help_text="the service's title")
    area_kind = models.CharField(max_length=32, help_text="a key of bodies.rules.AREA_KINDS")
    nation = models.CharField(max_length=12, blank=True, help_text="only there; empty: everywhere")
    position = models.PositiveSmallIntegerField()
    form = models.CharField(max_length=12, help_text="remit, gap, overlap or elsewhere")
    role = models.CharField(max_length=12, blank=True, help_text="a key of bodies.rules.ROLES")
    who = models.CharField(
        max_length=120, blank=True, help_text="who it is, in relation to a place"
    )
    called = models.CharField(max_length=160, blank=True, help_text="words where it is no one body")
    posts = models.JSONField(default=list, help_text="kinds of office, the first that exists")
    laws = models.JSONField(default=list, help_text="titles and links")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True, help_text="the last day")
    decides = models.TextField(blank=True)
    delivers = models.TextField(blank=True)
    no_say = models.TextField(blank=True)
    words = models.TextField(blank=True, help_text="of a gap or an overlap")
    checked = models.DateField()

    class Meta:
        ordering = ["service", "area_kind", "position"]
        constraints = [
            models.UniqueConstraint(fields=["service", "area_kind", "position"], name="remit_once"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True)
                | models.Q(since__isnull=True)
                | models.Q(until__gte=models.F("since")),
                name="remit_since_before_until",
            ),
        ]
        indexes = [models.Index(fields=["area_kind", "service"], name="remit_area_kind")]

    def __str__(self) -> str:
        return f"{self.service} in {self.area_kind}: {self.who or self.form}"
