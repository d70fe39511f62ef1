"""How allauth does things here: mail by the outbox, no stages, few data, named domains only."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.common.errors import NotAllowed
from folkmoot.people import actions
from folkmoot.people.letters import post
from folkmoot.people.models import Person
from folkmoot.people.rules import domain_of, tidy_address
from folkmoot.web.pages.people_access import begin_session


class AccountAdapter(DefaultAccountAdapter):
    """Sessions as this site begins them; mail as this site sends it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """False: whoever proves an address has an account, so there is nothing to sign up to."""
        return False

    def get_login_stages(self) -> list[str]:
        """None: a proof is enough, and a passkey is a proof, not a second one."""
        return []

    def login(self, request: HttpRequest, user: Person) -> None:
        """Begin a session of this site's kind."""
        begin_session(request, user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Leave the letter of that name in the outbox."""
        letter = template_prefix.rpartition("/")[2]
        now = timezone.now()
        with transaction.atomic():
            key = f"{letter.replace('_', '-')}:{secrets.token_hex(8)}"
            post(key=key, letter=letter, to=email, at=now, when=now, name=settings.OIDC_NAME)


class PasskeyAdapter(DefaultMFAAdapter):
    """What a person's own device shows of this site and its account."""

    def _get_site_name(self) -> str:
        return "Folkmoot"

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        """The person's number, as allauth reads it back, and address; both stay on the device."""
        known: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**known, "display_name": user.email, "name": user.email}


class ProviderAdapter(DefaultSocialAccountAdapter):
    """An organisation's sign-in is believed for its own domains, and only for the address."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Person:
        """Keep nothing of what the provider tells but who it is: no name, no picture."""
        sociallogin.account.extra_data = {}
        person: Person = super().populate_user(request, sociallogin, data)
        return person

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, **details: object
    ) -> None:
        """Raises NotAllowed: cancelled, too old, or refused by the provider, it is all one."""
        raise NotAllowed(_("Your organisation did not sign you in, or it took too long."))

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Tie the login to the person at the address that the provider vouches for.

        Raises NotAllowed for an address it has not verified or may not speak for.
        """
        verified = {
            tidy_address(address.email)
            for address in sociallogin.email_addresses
            if address.verified is True
        }
        ours = sorted(a for a in verified if domain_of(a) in settings.OIDC_DOMAINS)
        if not ours:
            raise NotAllowed(
                _("Your organisation did not vouch for an address at one of its own domains.")
            )
        now = timezone.now()
        if sociallogin.is_existing:
            actions.person_seen(person=sociallogin.user, at=now)
            return
        person = actions.person_of_provider(email=ours[0], at=now)
        with transaction.atomic():
            sociallogin.connect(request, person)
