"""Sources, releases and their faults, observations, and the account made from them."""

from __future__ import annotations

from django.db import models

from folkmoot.places.models import Area
from folkmoot.services.models import Service


class Source(models.Model):
    """A published dataset that releases come from; a row of catalogue/sources."""

    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200)
    licence = models.CharField(max_length=120)
    licence_link = models.URLField(max_length=300)
    attribution = models.TextField()
    link = models.URLField(max_length=400)
    reader = models.CharField(max_length=40)
    status_marks = models.JSONField(default=dict, help_text="mark → meaning")
    caveats = models.JSONField(default=list)
    checked = models.DateField()
    definition = models.JSONField(default=dict, help_text="the whole catalogue entry")

    def __str__(self) -> str:
        return self.title


class Measure(models.Model):
    """A definition of something counted; a row of catalogue/measures.

    ``definition`` is the whole validated catalogue entry; the columns are what pages filter by.
    """

    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=160)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="measures")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="measures")
    polarity = models.CharField(max_length=8)
    unit = models.CharField(max_length=60)
    quantity = models.CharField(max_length=16)
    decimals = models.PositiveSmallIntegerField()
    headline = models.PositiveSmallIntegerField(null=True, blank=True)
    definition = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the definition")
    retired = models.BooleanField(default=False, help_text="no longer in the catalogue")

    def __str__(self) -> str:
        return self.title


class Release(models.Model):
    """One immutable published file. A correction is a new release."""

    class State(models.TextChoices):
        HELD = "held", "held: faults not accepted"
        READY = "ready", "read, not yet published"
        PUBLISHED = "published", "published"
        SUPERSEDED = "superseded", "superseded by a later release"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField(help_text="1, 2, 3 within its source")
    sha256 = models.CharField(max_length=64)
    filename = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(help_text="bytes")
    companions = models.JSONField(default=list, help_text="[{name, sha256}] metadata, workbooks")
    source_date = models.DateField(null=True, blank=True, help_text="as the publisher states it")
    definition = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of how the catalogue reads it"
    )
    state = models.CharField(max_length=12, choices=State.choices)
    received_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="next_releases"
    )
    rows_read = models.PositiveIntegerField(default=0)
    rows_used = models.PositiveIntegerField(default=0)
    rows_uncatalogued = models.PositiveIntegerField(default=0)
    rows_left_out = models.PositiveIntegerField(default=0, help_text="by accepted faults")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="release_number_once"),
            models.UniqueConstraint(
                fields=["source"],
                condition=models.Q(state="published"),
                name="one_published_release_per_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} release {self.number}"


class ReleaseFault(models.Model):
    """Faults of one kind and value found in a release, with every row they stand in."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="faults")
    kind = models.CharField(max_length=32, help_text="a key of measures.rules.faults.KINDS")
    column = models.CharField(max_length=80)
    value = models.CharField(max_length=200)
    what = models.TextField()
    remedy = models.TextField()
    rows = models.JSONField(help_text="row numbers in the file, the header being row 1")
    count = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["release", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} ×{self.count}"


class FaultAcceptance(models.Model):
    """An operator's acceptance of one kind of fault in one release, shown on its page."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="acceptances")
    kind = models.CharField(max_length=32)
    reason = models.TextField(help_text="privacy: public, from the catalogue or an office")
    office = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "kind"], name="acceptance_once")]

    def __str__(self) -> str:
        return f"{self.kind} accepted"


class Observation(models.Model):
    """One value of a measure for an area and a period, as one release states it."""

    # No index of their own: the constraint begins with the measure, and the measures of a
    # release are those of its source. Two indexes fewer make the load a third quicker.
    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="observations", db_index=False
    )
    measure = models.ForeignKey(
        Measure, on_delete=models.PROTECT, related_name="observations", db_index=False
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    period = models.CharField(max_length=24, help_text="ISO 8601: 2022-08-01/P1Y or a date")
    period_end = models.DateField(help_text="first day after the period")
    value = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    status = models.CharField(max_length=60, blank=True, help_text="the mark in place of a value")
    row = models.PositiveIntegerField(help_text="row in the file, the header being row 1")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "area", "period", "release"], name="observation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.area_id} {self.period}"


class BodyObservation(models.Model):
    """One value of a measure for a body and a period, as one release states it."""

    # As with observations: the constraint begins with the measure, and that is index enough.
    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="body_observations", db_index=False
    )
    measure = models.ForeignKey(
        Measure, on_delete=models.PROTECT, related_name="body_observations", db_index=False
    )
    body = models.SlugField(max_length=100, db_index=False, help_text="short name of the body")
    period = models.CharField(max_length=24, help_text="ISO 8601: start/length, or a date")
    period_end = models.DateField(help_text="first day after the period")
    value = models.FloatField(null=True)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    status = models.CharField(max_length=60, blank=True, help_text="the mark in place of a value")
    row = models.PositiveIntegerField(help_text="row in the file, the header being row 1")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "body", "period", "release"], name="body_observation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.body} {self.period}"


class Revision(models.Model):
    """What a new release of the same data changed: revised, added or vanished values."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="revisions")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="revisions")
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    body = models.SlugField(
        max_length=100, blank=True, db_default="", db_index=False, help_text="in place of an area"
    )
    period = models.CharField(max_length=24)
    kind = models.CharField(max_length=8, help_text="revised, added or vanished")
    old_value = models.FloatField(null=True)
    new_value = models.FloatField(null=True)
    old_status = models.CharField(max_length=60, blank=True)
    new_status = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["release", "kind"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(area__isnull=False, body="")
                | models.Q(area__isnull=True) & ~models.Q(body=""),
                name="revision_of_area_or_body",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"


class MeasureAccount(models.Model):
    """What the account says of a measure as a whole. One row a measure, replaced in one step."""

    measure = models.OneToOneField(Measure, on_delete=models.CASCADE, related_name="account")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=24, help_text="newest period the account compares")
    period_end = models.DateField()
    basis = models.CharField(max_length=24)
    basis_note = models.CharField(max_length=60, blank=True, help_text="a code, why this basis")
    field = models.PositiveIntegerField(help_text="places compared in the newest period")
    summary = models.JSONField(help_text="variation, nations over time, trends: see rules")
    inputs = models.CharField(max_length=64, help_text="SHA-256 of definition, release and method")
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"account of measure {self.measure_id}"


class Account(models.Model):
    """What the account says of one measure in one place, in its newest period, and its history.

    Written only by the build; pages read it and compute nothing. ``history`` holds every
    period: see ``measures.rules.definition.HISTORY_FIELDS`` for its order.
    """

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="accounts")
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="accounts", db_index=False
    )
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+", db_index=False)
    row = models.PositiveIntegerField(help_text="row in the release's file")
    period = models.CharField(max_length=24)
    period_end = models.DateField()
    newest = models.BooleanField(help_text="whether period is the measure's newest")
    value = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    status = models.CharField(max_length=60, blank=True)
    silence = models.CharField(max_length=24, blank=True, help_text="why there is no value")
    joined = models.CharField(max_length=12, blank=True, help_text="code of the joined area")
    revised_from = models.FloatField(null=True)
    compared = models.BooleanField(help_text="whether this place is of the kinds compared")
    benchmark_nation = models.FloatField(null=True)
    benchmark_region = models.FloatField(null=True)
    benchmark_similar = models.FloatField(null=True)
    benchmark_all = models.FloatField(null=True)
    verdict_nation = models.CharField(max_length=20)
    verdict_region = models.CharField(max_length=20)
    verdict_similar = models.CharField(max_length=20)
    verdict_all = models.CharField(max_length=20)
    similar_count = models.PositiveSmallIntegerField(default=0)
    funnel = models.CharField(max_length=16)
    shrunken = models.FloatField(null=True)
    rank = models.PositiveSmallIntegerField(null=True)
    rank_lower = models.PositiveSmallIntegerField(null=True)
    rank_upper = models.PositiveSmallIntegerField(null=True)
    field = models.PositiveSmallIntegerField(null=True)
    rank_note = models.CharField(max_length=32, blank=True, help_text="a code, why no rank")
    trend = models.CharField(max_length=16)
    trend_method = models.CharField(max_length=20, blank=True)
    trend_since = models.CharField(max_length=24, blank=True, help_text="period it is said from")
    history = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "measure"], name="account_once")]

    def __str__(self) -> str:
        return f"account of {self.measure_id} in {self.area_id}"


class Build(models.Model):
    """What the last build was made from, so that the next can see that nothing changed."""

    inputs = models.CharField(max_length=64, help_text="SHA-256 of catalogue, data and method")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"build of {self.at:%Y-%m-%d %H:%M}"
