"""What came of a petition: the answer's outcome, promises with dates, what people made of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from folkmoot.duties.models import Duty


class PetitionAnswer(models.Model):
    """An answer given to a petition. Its words are the duty's (``DutyAnswer``)."""

    petition = models.ForeignKey(
        "petitions.Petition", on_delete=models.PROTECT, related_name="answers"
    )
    duty = models.OneToOneField(Duty, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, help_text="a key of rules.answering.OUTCOMES")
    at = models.DateTimeField()
    told_through = models.BigIntegerField(
        default=0, help_text="the last signature whose signer was written to about this"
    )
    telling_at = models.DateTimeField(
        null=True, blank=True, help_text="when the next letter to a signer may leave"
    )
    told_at = models.DateTimeField(null=True, blank=True, help_text="when all had been written to")
    # Counted by count_opinions (actions/telling.py), never while somebody waits.
    said_yes = models.PositiveIntegerField(null=True, help_text="signers: it answered")
    said_no = models.PositiveIntegerField(null=True, help_text="signers: it did not answer")
    opinions_at = models.DateTimeField(null=True, blank=True, help_text="when they were counted")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"answer {self.pk} to petition {self.petition_id}"


class Commitment(models.Model):
    """What a body said it will do, and by when."""

    answer = models.ForeignKey(PetitionAnswer, on_delete=models.PROTECT, related_name="commitments")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(
        max_length=300, help_text="privacy: not personal, the body's own public words"
    )
    due = models.DateField()
    reminded_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["answer_id", "number"]
        constraints = [models.UniqueConstraint(fields=["answer", "number"], name="commitment_once")]

    def __str__(self) -> str:
        return f"commitment {self.number} of answer {self.answer_id}"


class CommitmentMark(models.Model):
    """What the body, or the petition's creator, says became of a commitment. The latest holds."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="marks")
    by = models.CharField(max_length=8, choices=[("body", "body"), ("creator", "creator")])
    mark = models.CharField(max_length=8, help_text="kept, late or broken")
    office = models.CharField(
        max_length=161, blank=True, help_text="privacy: public office, not a person"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["commitment_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mark__in=["kept", "late", "broken"]), name="commitment_mark_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.by} says {self.mark} of commitment {self.commitment_id}"


class Opinion(models.Model):
    """Whether one signer thinks that an answer answered the question. Only counts are shown."""

    answer = models.ForeignKey(PetitionAnswer, on_delete=models.CASCADE, related_name="opinions")
    signature = models.ForeignKey(
        "petitions.Signature", on_delete=models.CASCADE, related_name="opinions"
    )
    answered = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "signature"], name="opinion_once")]
        indexes = [models.Index(fields=["answer", "at"], name="opinion_since")]

    def __str__(self) -> str:
        return f"opinion {self.pk} of answer {self.answer_id}"
