"""Addresses of everything about people: signing in, the account, roles, privacy.

Other pages import ``signed_in``, ``proved_recently`` and ``person_of`` from here.
"""

from __future__ import annotations

from django.urls import path

from folkmoot.web.pages.people_access import person_of, proved_recently, signed_in
from folkmoot.web.pages.people_account import (
    account,
    consent,
    erase,
    invitation_answer,
    my_data,
    my_data_download,
    role_end,
)
from folkmoot.web.pages.people_notices import accessibility, privacy
from folkmoot.web.pages.people_passkeys import (
    passkey_add,
    passkey_new,
    passkey_remove,
    passkeys,
)
from folkmoot.web.pages.people_roles import domain, invitation_withdraw, roles
from folkmoot.web.pages.people_sign_in import (
    passkey_begin,
    passkey_sign_in,
    provider_back,
    provider_begin,
    sign_in,
    sign_in_code,
    sign_out,
)

__all__ = ["person_of", "proved_recently", "signed_in", "urlpatterns"]

# Names are those by which allauth looks for the pages it leads to.
urlpatterns = [
    path("sign-in/", sign_in, name="account_login"),
    path("sign-in/code/<slug:key>/", sign_in_code),
    path("sign-in/passkey/begin/", passkey_begin),
    path("sign-in/passkey/", passkey_sign_in),
    path("sign-in/with/<slug:provider_id>/", provider_begin, name="openid_connect_login"),
    path("sign-in/with/<slug:provider_id>/back/", provider_back, name="openid_connect_callback"),
    path("sign-out/", sign_out, name="account_logout"),
    path("account/", account),
    path("account/invitations/<int:number>/", invitation_answer),
    path("account/consent/", consent),
    path("account/data/", my_data),
    path("account/data/download/", my_data_download),
    path("account/data/erase/", erase),
    path("account/passkeys/", passkeys),
    path("account/passkeys/new/", passkey_new),
    path("account/passkeys/add/", passkey_add),
    path("account/passkeys/<int:number>/remove/", passkey_remove),
    path("account/roles/", roles),
    path("account/roles/<int:number>/end/", role_end),
    path("account/roles/invitations/<int:number>/withdraw/", invitation_withdraw),
    path("account/roles/domains/", domain),
    path("privacy/", privacy),
    path("accessibility/", accessibility),
]
