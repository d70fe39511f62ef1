"""The public record (append-only) and the outbox."""

from __future__ import annotations

from django.db import models


class PublicAct(models.Model):
    """One act of a body or office, for ever. Database rules refuse change and deletion.

    Holds keys and codes only: no free text, no personal data. ``canonical`` is the act as
    canonical JSON and ``sha256`` its digest, so that acts can later be chained.
    """

    office = models.CharField(max_length=120, help_text="privacy: public office, not a person")
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, help_text="text key, for example release:12")
    place = models.CharField(max_length=12, blank=True)
    service = models.CharField(max_length=60, blank=True)
    body = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=80, blank=True, help_text="a code, never free text")
    link = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(db_index=True)
    canonical = models.TextField()
    sha256 = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["place", "-id"]),
            models.Index(fields=["service", "-id"]),
            models.Index(fields=["body", "-id"]),
            models.Index(fields=["subject", "-id"], name="act_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.verb} {self.subject}"


class ActNote(models.Model):
    """Free text that goes with an act. Lives apart so that it can be withdrawn for law."""

    act = models.OneToOneField(PublicAct, on_delete=models.PROTECT, related_name="note")
    text = models.TextField(blank=True, help_text="privacy: may hold personal data; withdrawable")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=80, blank=True, help_text="a code")

    def __str__(self) -> str:
        return f"note on act {self.act_id}"


class Message(models.Model):
    """A message waiting to leave, written in the transaction that caused it."""

    key = models.CharField(max_length=200, unique=True, help_text="one message for one cause")
    kind = models.CharField(max_length=40)
    to = models.CharField(max_length=254, help_text="privacy: personal, erased when sent")
    payload = models.JSONField(help_text="privacy: personal, erased when sent")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    unconfirmed = models.PositiveSmallIntegerField(
        default=0, help_text="attempts whose worker died before it could say what came of them"
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at__isnull=True, failed_at__isnull=True),
                name="message_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Switch(models.Model):
    """That an operator has switched something off, for everyone, until the row goes."""

    feature = models.CharField(max_length=40, primary_key=True, help_text="a key of FEATURES")
    since = models.DateTimeField()

    class Meta:
        verbose_name_plural = "switches"

    def __str__(self) -> str:
        return f"{self.feature} is off"


class Purpose(models.Model):
    """What this database is for, in one row: the record, or a rehearsal of a whole site."""

    rehearsal = models.BooleanField(help_text="what is in it is made up")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="purpose_is_one")]

    def __str__(self) -> str:
        return "a rehearsal" if self.rehearsal else "the record"


class Removal(models.Model):
    """Something that was to be read here was taken away: a name, an answer, an account's words.

    Pages kept from before the newest row are shown no more, so there is a row for each time and
    nothing about what it was. Rows are counted, not numbered: one whose transaction ends late is
    missed by whoever asks for those above a number.
    """

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"a removal at {self.at:%Y-%m-%d %H:%M}"
