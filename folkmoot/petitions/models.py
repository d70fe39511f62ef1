"""Petitions: what is asked of whom, when it reaches what, and how many asked it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from folkmoot.bodies.models import Body
from folkmoot.people.models import Person
from folkmoot.petitions.models_answers import Commitment, CommitmentMark, Opinion, PetitionAnswer
from folkmoot.petitions.models_archive import ArchivedPetition
from folkmoot.petitions.models_meetings import Meeting
from folkmoot.petitions.models_moderation import Alert, Batch, ModerationDecision, PaperBatch
from folkmoot.petitions.models_questions import Question
from folkmoot.petitions.models_signing import Signature, SignatureCount
from folkmoot.petitions.models_watching import Breakdown
from folkmoot.petitions.rules.states import DRAFT, STATES
from folkmoot.places.models import Area
from folkmoot.services.models import Service

__all__ = [
    "Alert",
    "ArchivedPetition",
    "Batch",
    "BodyScheme",
    "Breakdown",
    "Commitment",
    "CommitmentMark",
    "Meeting",
    "ModerationDecision",
    "Opinion",
    "PaperBatch",
    "Petition",
    "PetitionAnswer",
    "Question",
    "Signature",
    "SignatureCount",
    "Threshold",
]


class Petition(models.Model):
    """What somebody asks of the body that answers for a matter. Its words are never changed after
    it is opened; a moderator may hide them, and what is hidden may be erased for law."""

    state = models.CharField(max_length=10, default=DRAFT, choices=[(key, key) for key in STATES])
    reason = models.CharField(
        max_length=40, blank=True, help_text="why it is in a side state: a key of rules.reasons"
    )
    title = models.CharField(max_length=100, help_text="what is asked for")
    background = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    words_hidden = models.BooleanField(
        default=False, help_text="only the title (or not even that) may be shown"
    )
    title_hidden = models.BooleanField(default=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="petitions")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="petitions")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="petitions")
    office = models.CharField(
        max_length=80, blank=True, help_text="privacy: public office, not a person; or empty"
    )
    creator = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="petitions"
    )
    creator_name = models.CharField(
        max_length=100, blank=True, help_text="privacy: personal, shown only if asked for"
    )
    creator_shown = models.BooleanField(default=False)
    sponsor_key = models.CharField(
        max_length=32, unique=True, help_text="secret part of the address that sponsors are given"
    )
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True, help_text="began to seek sponsors")
    sponsors_until = models.DateField(null=True, blank=True)
    moderation_since = models.DateTimeField(null=True, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal_text = models.TextField(
        blank=True, help_text="privacy: personal, for moderators only, erased when it is decided"
    )
    opened_on = models.DateField(null=True, blank=True)
    term = models.PositiveSmallIntegerField(default=180, help_text="days that it is to be open")
    closes_on = models.DateField(null=True, blank=True, help_text="the last day to sign")
    ended_on = models.DateField(
        null=True, blank=True, help_text="when it was closed, withdrawn, merged or referred"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from"
    )
    referred_to = models.ForeignKey(
        Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    continues = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="continued_by",
        help_text="the petition that was referred, of which this is the copy for another body",
    )  # fmt: skip
    hidden_from = models.CharField(
        max_length=10, blank=True, help_text="the state to which it would go back"
    )
    scheme = models.CharField(max_length=120, blank=True, help_text="whose thresholds it has")
    scheme_version = models.CharField(max_length=40, blank=True)
    population = models.PositiveIntegerField(
        null=True, blank=True, help_text="residents on the day it opened, as the thresholds count"
    )
    title_hidden_before = models.BooleanField(
        null=True,
        blank=True,
        help_text="whether its title was hidden already when it was last hidden",
    )
    # Kept by the counting of signatures (actions/counting.py), under a lock of this row.
    signatures = models.PositiveIntegerField(default=0, help_text="counted and not taken back")
    counted_at = models.DateTimeField(null=True, blank=True)
    last_day = models.PositiveIntegerField(
        default=0, help_text="signatures of the last 24 hours when last counted: for trending"
    )
    addresses_erased_at = models.DateTimeField(null=True, blank=True)
    # Both are null until then, and not "", so that adding them rebuilt no table.
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="when its words were erased for law; it stays hidden"
    )
    erased_reason = models.CharField(  # noqa: DJ001
        max_length=40, null=True, blank=True, help_text="a key of common.acts.LEGAL_REASONS"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="petition_state"),
            models.CheckConstraint(
                condition=Q(closes_on__isnull=True) | Q(closes_on__gte=F("opened_on")),
                name="petition_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["open", "closed"])
                | Q(opened_on__isnull=False, closes_on__isnull=False),
                name="petition_open_has_its_days",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "hidden"]) | ~Q(reason=""),
                name="petition_refused_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="merged") | Q(merged_into__isnull=False),
                name="petition_merged_into_one",
            ),
            models.CheckConstraint(
                condition=~Q(state="referred") | Q(referred_to__isnull=False),
                name="petition_referred_to_a_body",
            ),
        ]
        indexes = [
            models.Index(fields=["area", "service", "state"], name="petition_of_matter"),
            models.Index(fields=["body", "state"], name="petition_of_body"),
            models.Index(fields=["state", "-signatures"], name="petition_by_signatures"),
            models.Index(fields=["state", "closes_on"], name="petition_closing"),
            models.Index(fields=["counted_at"], name="petition_counted"),
        ]

    def __str__(self) -> str:
        return f"petition {self.pk}"


class Threshold(models.Model):
    """How many signatures make which answer owed: stamped when a petition opens, for ever."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="thresholds")
    kind = models.CharField(max_length=20, help_text="answer, hearing or debate")
    needed = models.PositiveIntegerField()
    share = models.FloatField(null=True, blank=True, help_text="of the residents, where it is one")
    days = models.PositiveSmallIntegerField(help_text="days within which it is owed")
    reached_at = models.DateTimeField(null=True, blank=True)
    duty = models.CharField(max_length=200, blank=True, help_text="key of the duty that arose")
    # Looked up from the threshold alone, and no meeting is ever deleted: so it needs no index.
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="at which a debate is due, where one was known when it was reached",
    )  # fmt: skip

    class Meta:
        ordering = ["petition_id", "needed", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["petition", "kind"], name="threshold_once"),
            models.CheckConstraint(condition=Q(needed__gte=1), name="threshold_of_somebody"),
            models.CheckConstraint(
                condition=Q(reached_at__isnull=True, duty="")
                | (Q(reached_at__isnull=False) & ~Q(duty="")),
                name="threshold_reached_with_its_duty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.needed} of petition {self.petition_id}"


class BodyScheme(models.Model):
    """The thresholds that a body adopted for petitions to it, from a day on."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="petition_schemes")
    version = models.PositiveSmallIntegerField()
    since = models.DateField()
    levels = models.JSONField(help_text="a list of {kind, number or share, days}")
    source = models.URLField(help_text="where the body published its scheme")
    adopted_at = models.DateTimeField()
    by = models.CharField(max_length=161, help_text="privacy: public office, not a person")

    class Meta:
        ordering = ["body_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["body", "version"], name="scheme_version_once")
        ]

    def __str__(self) -> str:
        return f"scheme {self.version} of body {self.body_id}"
