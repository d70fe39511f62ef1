"""Cases of stepping in, or not: their history, their words, and what is recorded elsewhere."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from folkmoot.bodies.models import Body
from folkmoot.duties.models import Duty
from folkmoot.framework.cases.rules import (
    ENDED,
    LAPSED,
    NOTICED,
    REFUSED,
    RUNNING,
    STATES,
    STOPPED,
    WITHDRAWN,
)
from folkmoot.people.rules import SPACES
from folkmoot.places.models import Area

_NOTICED = Q(notice_on__isnull=False, reply_due__isnull=False, body__isnull=False)
_DECIDED = Q(decided_on__isnull=False)
_IN_FORCE = _DECIDED & Q(starts__isnull=False, ends__isnull=False)
_OVER = Q(ended_on__isnull=False) & ~Q(ending="")
_NOT_OVER = Q(ended_on__isnull=True, ending="")
_NOT_BEGUN = Q(starts__isnull=True, ends__isnull=True) & _NOT_OVER
_UNDECIDED = Q(decided_on__isnull=True) & _NOT_BEGUN


class Case(models.Model):
    """A proposal of the centre to step in, and its course. ``run`` parts rehearsals.

    Database rules refuse to change what it is about, to change one that is closed, and to delete
    one of the record.
    """

    space = models.CharField(max_length=10, choices=[(s, s) for s in SPACES])
    run = models.CharField(max_length=32, blank=True, help_text="whose rehearsal, as a digest")
    framework = models.ForeignKey(
        "framework.FrameworkVersion", on_delete=models.PROTECT, related_name="cases"
    )
    step = models.CharField(max_length=60, blank=True, help_text="id on the ladder")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=60)
    centre = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="cases_as_centre")
    body = models.ForeignKey(
        Body, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    outside = models.BooleanField(help_text="an emergency outside the framework, for ever")
    power = models.CharField(max_length=60, blank=True, help_text="id of the power used, if so")
    state = models.CharField(max_length=10, choices=list(STATES.items()))
    proposed_on = models.DateField()
    notice_on = models.DateField(null=True, blank=True)
    reply_due = models.DateField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True, help_text="its last day at the latest")
    ended_on = models.DateField(null=True, blank=True)
    ending = models.CharField(max_length=20, blank=True, help_text="a key of reasons.ENDINGS")
    last_on = models.DateField(help_text="day of the newest thing done")
    begun_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="grows with every change")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "run", "area", "service", "step"],
                condition=Q(state__in=(NOTICED, RUNNING)),
                name="case_open_once",
            ),
            models.CheckConstraint(
                condition=(Q(space="record", run="")) | (Q(space="rehearsal") & ~Q(run="")),
                name="case_of_the_record_has_no_run",
            ),
            models.CheckConstraint(
                condition=(Q(outside=False, power="") & ~Q(step=""))
                | (Q(outside=True, step="") & ~Q(power="")),
                name="case_by_a_step_or_by_a_power",
            ),
            models.CheckConstraint(
                condition=Q(state=REFUSED, outside=False, notice_on__isnull=True) & _UNDECIDED
                | Q(state__in=(NOTICED, WITHDRAWN, LAPSED), outside=False) & _NOTICED & _UNDECIDED
                | Q(state=STOPPED, outside=False) & _NOTICED & _DECIDED & _NOT_BEGUN
                | Q(state=RUNNING) & _IN_FORCE & _NOT_OVER
                | Q(state=ENDED) & _IN_FORCE & _OVER,
                name="case_has_what_its_state_needs",
            ),
            models.CheckConstraint(
                condition=Q(reply_due__isnull=True) | Q(reply_due__gte=F("notice_on")),
                name="case_reply_after_notice",
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="case_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["space", "area", "service"], name="case_of_matter"),
            models.Index(fields=["space", "state", "-id"], name="case_in_state"),
        ]

    def __str__(self) -> str:
        return f"{self.step or self.power} in {self.area_id}: {self.state}"


class CaseEvent(models.Model):
    """One thing done in a case, for ever: keys, codes, days, and the finding it rests on."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=12, help_text="a key of cases.rules.VERB_OF")
    office = models.CharField(max_length=161, help_text="privacy: public office, not a person")
    reason = models.CharField(max_length=40, blank=True, help_text="a code of common.reasons")
    on = models.DateField()
    at = models.DateTimeField()
    finding = models.JSONField(null=True, blank=True, help_text="see cases.trace")
    labels = models.JSONField(default=list, help_text="what the act carries: pre-election periods")
    duty = models.ForeignKey(
        Duty, null=True, blank=True, on_delete=models.CASCADE, related_name="+",
        help_text="the answer that was given by it",
    )  # fmt: skip

    class Meta:
        ordering = ["case_id", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="case_event_once")]

    def __str__(self) -> str:
        return f"{self.what} in case {self.case_id}"


class CaseWords(models.Model):
    """The words of one thing done in a case. Live apart so that they can be withdrawn for law."""

    class Part(models.TextChoices):
        REASONS = "reasons", "reasons"
        EQUALITY = "equality", "equality statement"

    event = models.ForeignKey(CaseEvent, on_delete=models.CASCADE, related_name="words")
    part = models.CharField(max_length=10, choices=Part.choices)
    text = models.TextField(blank=True, help_text="privacy: may hold personal data; withdrawable")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=80, blank=True, help_text="a code")

    class Meta:
        ordering = ["event_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "part"], name="case_words_once"),
            models.CheckConstraint(
                condition=(Q(withdrawn_at__isnull=True, withdrawn_reason="") & ~Q(text=""))
                | (Q(withdrawn_at__isnull=False, text="") & ~Q(withdrawn_reason="")),
                name="case_words_or_a_tombstone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} of event {self.event_id}"


class RehearsalAct(models.Model):
    """What would have been an act of an office, had it not been a rehearsal.

    It is in no way part of the public record: nothing that reads that reads this.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="rehearsal_acts")
    office = models.CharField(max_length=161, help_text="privacy: public office, not a person")
    verb = models.CharField(max_length=60)
    reason = models.CharField(max_length=80, blank=True)
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["case_id", "pk"]

    def __str__(self) -> str:
        return f"rehearsed: {self.office} {self.verb}"


class InterventionElsewhere(models.Model):
    """A real intervention as another source tells it, with the gaps that the source has."""

    row = models.PositiveIntegerField(unique=True, help_text="row in the file, the header being 1")
    council = models.CharField(max_length=140, help_text="as found")
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    started = models.CharField(max_length=60, blank=True, help_text="as found")
    ended = models.CharField(max_length=60, blank=True, help_text="ended, or planned to; as found")
    starts_on = models.DateField(null=True, help_text="where the whole day is known")
    ends_on = models.DateField(null=True, help_text="where the whole day is known")
    note = models.CharField(max_length=300, blank=True, help_text="as found")
    source_seen = models.CharField(max_length=300)
    source = models.CharField(max_length=200, help_text="the file it came from")

    class Meta:
        ordering = ["row"]
        verbose_name_plural = "interventions elsewhere"

    def __str__(self) -> str:
        return f"{self.council}, {self.started}"
