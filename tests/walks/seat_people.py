"""Seat people in a site of their own, as its administrator would: ``ROLE BODY OFFICE ADDRESS``."""

from __future__ import annotations

import os
import sys


def main(seats: list[tuple[str, str, str, str]]) -> None:
    """Grant each role to whoever reads mail at the address, whose domain is the body's."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.settings")
    import django

    django.setup()
    from django.utils import timezone

    from folkmoot.people import actions

    at = timezone.now()
    first = actions.person_of_provider(email="administrator@folkmoot.example.org", at=at)
    invitation = actions.invite_administrator(email=first.email, at=at)
    actions.accept_invitation(person=first, invitation=invitation.pk, at=at)
    for role, body, office, address in seats:
        domain = address.rpartition("@")[2]
        actions.verify_domain(actor=first, body=body, domain=domain, at=at)
        who = actions.person_of_provider(email=address, at=at)
        actions.grant_role(actor=first, person=who, role=role, body=body, office=office, at=at)


if __name__ == "__main__":
    words = sys.argv[1:]
    main([tuple(words[n : n + 4]) for n in range(0, len(words), 4)])  # type: ignore[misc]
