"""Signatures, and their counts by place and day.

A signature is accepted by one short write (``confirmed_at``); it is counted afterwards, many at a
time, by ``actions/counting.py``, which is the only writer of counts and of ``counted``.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

PENDING, CONFIRMED, TAKEN_BACK, SET_ASIDE = 0, 1, 2, 3
# States of a signature, with what they mean.
SIGNATURE_STATES: dict[int, str] = {
    PENDING: "waits for its signer to confirm",
    CONFIRMED: "confirmed",
    TAKEN_BACK: "taken back by its signer",
    SET_ASIDE: "set aside by moderators, reversibly",
}
# How a signature came.
ONLINE, SPONSOR, CREATOR, PAPER = 0, 1, 2, 3


class Signature(models.Model):
    """One person's name under one petition.

    ``address_key`` and ``person_key`` are keyed digests (of the normalised address; of the
    normalised name with the postcode): they go with the address.
    """

    petition = models.ForeignKey(
        "petitions.Petition", on_delete=models.CASCADE, related_name="signers", db_index=False
    )
    state = models.PositiveSmallIntegerField(default=PENDING)
    origin = models.PositiveSmallIntegerField(default=ONLINE)
    name = models.CharField(max_length=100, blank=True, help_text="privacy: personal")
    email = models.CharField(
        max_length=254, blank=True, help_text="privacy: personal, erased after the petition ends"
    )
    postcode = models.CharField(
        max_length=8, blank=True, help_text="privacy: personal, erased after the petition ends"
    )
    country = models.CharField(max_length=2, blank=True, help_text="where there is no postcode")
    area = models.CharField(max_length=12, blank=True, help_text="district of the postcode")
    constituency = models.CharField(max_length=12, blank=True, help_text="where ONSPD is loaded")
    address_key = models.CharField(
        max_length=32, blank=True, help_text="privacy: personal, a keyed digest, erased"
    )
    person_key = models.CharField(
        max_length=32, blank=True, help_text="privacy: personal, a keyed digest, erased"
    )
    network_key = models.CharField(
        max_length=32, blank=True, help_text="privacy: personal, a keyed digest, erased"
    )
    slot = models.PositiveSmallIntegerField(
        default=1, help_text="1, or 2 for the second name at one address of mail"
    )
    proof = models.CharField(
        max_length=64, blank=True, help_text="digest of the solved puzzle, so that it serves once"
    )
    name_shown = models.BooleanField(default=False)
    tell_me = models.BooleanField(default=False, help_text="wants to hear of the answer")
    signed_at = models.DateTimeField(help_text="when the form was sent, with consent")
    # A moment before signed_at: its address has had its letters, and none is due.
    letter_at = models.DateTimeField(
        null=True, help_text="when the letter to confirm was put in the outbox"
    )
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="taken back")
    tries = models.PositiveSmallIntegerField(default=0, help_text="codes tried")
    # Only the counting changes this: what is confirmed and not counted, or counted and not
    # confirmed any more, is what it has still to do.
    counted = models.BooleanField(default=False, help_text="it is in the counts")
    batch = models.ForeignKey(
        "petitions.Batch", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    paper = models.ForeignKey(
        "petitions.PaperBatch",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            # An address once, or two names to it; whoever was set aside stands too, until they take
            # it back (docs/decisions.md).
            models.UniqueConstraint(
                fields=["petition", "address_key", "slot"],
                condition=Q(state__in=[CONFIRMED, SET_ASIDE]) & ~Q(address_key=""),
                name="signature_once",
            ),
            models.UniqueConstraint(
                # The person leads, so that whoever is on a sheet of paper is found by it too.
                fields=["petition", "person_key", "address_key"],
                condition=Q(state__in=[CONFIRMED, SET_ASIDE]) & ~Q(address_key=""),
                name="signature_one_person",
            ),
            models.UniqueConstraint(
                fields=["proof"], condition=~Q(proof=""), name="signature_proof_once"
            ),
            models.CheckConstraint(condition=Q(slot__in=[1, 2]), name="signature_two_names"),
            models.CheckConstraint(
                condition=Q(state=PENDING) | Q(confirmed_at__isnull=False) | Q(state=TAKEN_BACK),
                name="signature_confirmed_when",
            ),
        ]
        indexes = [
            # PostgreSQL has one of all petitions and origins besides (migration 0016). SQLite knows
            # nothing of how rows are spread, and would rather use that than one of an address.
            models.Index(
                fields=["petition"], condition=Q(origin=SPONSOR), name="signature_of_sponsor"
            ),
            models.Index(
                fields=["petition"], condition=Q(origin=CREATOR), name="signature_of_creator"
            ),
            models.Index(fields=["address_key", "signed_at"], name="signature_of_address"),
            models.Index(
                fields=["petition", "id"],
                condition=Q(counted=False, state=CONFIRMED)
                | Q(counted=True, state__in=[TAKEN_BACK, SET_ASIDE]),
                name="signature_to_count",
            ),
            models.Index(
                fields=["id"],
                condition=Q(state=PENDING, letter_at__isnull=True),
                name="signature_to_write_to",
            ),
            models.Index(
                fields=["signed_at"], condition=Q(state=PENDING), name="signature_unconfirmed"
            ),
            models.Index(
                fields=["petition", "id"],
                condition=Q(state=CONFIRMED, tell_me=True),
                name="signature_to_tell",
            ),
            models.Index(
                fields=["petition", "-id"],
                condition=Q(name_shown=True),
                name="signature_shown",
            ),
            models.Index(
                fields=["network_key", "signed_at"],
                condition=~Q(network_key=""),
                name="signature_of_network",
            ),
            # Those that are looked at for unusual patterns: by when they began to count.
            models.Index(
                fields=["confirmed_at"],
                condition=Q(state=CONFIRMED, origin=ONLINE),
                name="signature_in_order",
            ),
            models.Index(
                fields=["batch"], condition=Q(batch__isnull=False), name="signature_of_batch"
            ),
            models.Index(
                fields=["petition", "person_key"],
                condition=Q(origin=PAPER),
                name="signature_on_paper",
            ),
        ]

    def __str__(self) -> str:
        return f"signature {self.pk}"


class SignatureCount(models.Model):
    """How many counted signatures a petition has from one place on one day."""

    petition = models.ForeignKey(
        "petitions.Petition", on_delete=models.CASCADE, related_name="counts", db_index=False
    )
    kind = models.CharField(max_length=12, help_text="district, constituency, or hour of the day")
    place = models.CharField(
        max_length=12, blank=True, help_text="code, country, two figures of an hour, or unknown"
    )
    day = models.DateField()
    signatures = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "kind", "place", "day"], name="signature_count_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signatures} of petition {self.petition_id} in {self.place}"
