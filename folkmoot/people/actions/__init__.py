"""The only writers of this room, by noun. Each is keyword-only and is told who acts and when."""

from folkmoot.people.actions.consents import give_consent, withdraw_consent
from folkmoot.people.actions.erasure import erase_me
from folkmoot.people.actions.holders import (
    import_own_holders,
    look_at_own_holders,
    remove_own_holder,
)
from folkmoot.people.actions.invitations import (
    accept_invitation,
    invite,
    invite_administrator,
    withdraw_invitation,
)
from folkmoot.people.actions.passkeys import add_passkey, remove_passkey
from folkmoot.people.actions.playing import play, take_rehearsal_role
from folkmoot.people.actions.rates import count
from folkmoot.people.actions.retention import apply_retention, erase_short_lived
from folkmoot.people.actions.roles import (
    end_domain,
    end_role,
    grant_role,
    verify_domain,
)
from folkmoot.people.actions.signing_in import (
    ask_for_code,
    person_at,
    person_of_provider,
    person_seen,
    sign_in_by_code,
    sign_out_everywhere,
)

__all__ = [
    "accept_invitation",
    "add_passkey",
    "apply_retention",
    "ask_for_code",
    "count",
    "end_domain",
    "end_role",
    "erase_me",
    "erase_short_lived",
    "give_consent",
    "grant_role",
    "import_own_holders",
    "invite",
    "invite_administrator",
    "look_at_own_holders",
    "person_at",
    "person_of_provider",
    "person_seen",
    "play",
    "remove_own_holder",
    "remove_passkey",
    "sign_in_by_code",
    "sign_out_everywhere",
    "take_rehearsal_role",
    "verify_domain",
    "withdraw_consent",
    "withdraw_invitation",
]
