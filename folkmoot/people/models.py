"""Persons, their roles and consents, and what signing in needs for a moment.

Everything here is private. What the public record says of a role names offices, never persons:
a ``Role`` keeps its keys when its person is erased, and nothing then leads back to anyone.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from folkmoot.people.rules import ROLES, SPACES


def _seal() -> str:
    return secrets.token_hex(16)


class PersonManager(BaseUserManager["Person"]):
    """Finds a person by address, as Django and allauth expect of the model of persons."""


class Person(AbstractBaseUser):
    """Somebody who has signed in: an address and nothing else. There is no password."""

    # Django's base class brings these two columns; here there is no password to keep, and when
    # somebody was last seen is kept as a day, not as a moment.
    password: Any = None
    last_login: Any = None

    email = models.EmailField(
        max_length=254, unique=True, help_text="privacy: personal, erased with the account"
    )
    created = models.DateTimeField(help_text="when first signed in")
    seen_on = models.DateField(db_index=True, help_text="the last day of signing in")
    warned_on = models.DateField(
        null=True, blank=True, help_text="when told that the unused account will be erased"
    )
    seal = models.CharField(
        max_length=32,
        default=_seal,
        help_text="part of every session of this person; a new one ends them all",
    )

    is_active = True
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = PersonManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_is_lower")
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"

    def has_usable_password(self) -> bool:
        """False: nobody has a password here."""
        return False

    def check_password(self, raw_password: str | None) -> bool:
        """False: no password is ever right."""
        return False

    def get_session_auth_hash(self) -> str:
        """What a session must carry to be of this person: it changes with the seal."""
        return salted_hmac("folkmoot.people.seal", self.seal, algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """No older hashes: a new secret key signs everybody out."""
        return iter(())


class Session(AbstractBaseSession):
    """One signed-in browser, with its person beside it so that both can be erased together."""

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="sessions")

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        """The store that fills ``person`` in."""
        from folkmoot.people.sessions import SessionStore

        return SessionStore


class SignInCode(models.Model):
    """A code sent to an address, of which only a keyed digest is kept. Made in the same way
    whether anybody is known by that address or not."""

    key = models.CharField(max_length=43, unique=True, help_text="names it in the page's address")
    email = models.EmailField(max_length=254, help_text="privacy: personal, erased in a day")
    digest = models.CharField(max_length=64)
    next_path = models.CharField(max_length=500, blank=True, help_text="where to go afterwards")
    created = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sign-in code {self.pk}"


class VerifiedDomain(models.Model):
    """That addresses at ``domain`` belong to ``body``: invitations go nowhere else."""

    body = models.CharField(max_length=80, help_text="key of the body")
    domain = models.CharField(max_length=253)
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="the first day it no longer holds")
    by = models.CharField(max_length=120, help_text="privacy: public office, not a person")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "domain"],
                condition=Q(until__isnull=True),
                name="verified_domain_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="verified_domain_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.domain} of {self.body}"


class Invitation(models.Model):
    """An office's offer of a role to whoever reads mail at an address of its body."""

    email = models.EmailField(
        max_length=254, blank=True, help_text="privacy: personal, erased when it has served"
    )
    role = models.CharField(max_length=20, choices=[(key, key) for key in ROLES])
    body = models.CharField(max_length=80, help_text="key of the body")
    office = models.CharField(max_length=80, help_text="privacy: public office, not a person")
    until = models.DateField(null=True, blank=True, help_text="when the role is to end, if known")
    created = models.DateTimeField()
    expires = models.DateTimeField(db_index=True)
    granted_by = models.CharField(max_length=161, help_text="privacy: public office that invites")
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["email"], name="invitation_email")]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "role", "body", "office"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True) & ~Q(email=""),
                name="invitation_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class Role(models.Model):
    """What somebody may do for an office of a body, between two days.

    ``since`` is the first day and ``until`` the first day no more. The row outlives its person
    as a tombstone: which office granted what to which office, and when.
    """

    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="roles")
    role = models.CharField(max_length=20, choices=[(key, key) for key in ROLES])
    body = models.CharField(max_length=80, help_text="key of the body")
    office = models.CharField(max_length=80, help_text="privacy: public office, not a person")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    granted_by = models.CharField(max_length=161, help_text="privacy: public office that granted")
    space = models.CharField(max_length=10, default="record", choices=[(s, s) for s in SPACES])

    class Meta:
        indexes = [models.Index(fields=["body", "role"], name="role_of_body")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "body", "office", "space"],
                condition=Q(until__isnull=True),
                name="role_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="role_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.body}/{self.office}"


class Consent(models.Model):
    """That a person agreed to one purpose, and when that was taken back."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40)
    given = models.DateTimeField()
    withdrawn = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=Q(withdrawn__isnull=True),
                name="consent_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"consent {self.pk} to {self.purpose}"


class RateEvent(models.Model):
    """That something was tried once, or a puzzle used, known only as a keyed digest."""

    key = models.CharField(max_length=64, help_text="keyed digest of an address, network or proof")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["key", "kind", "at"], name="rate_event_of_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
