"""A browser with form tokens checked, and the ways in, for the walks of signing in."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.test import Client


def new_browser() -> Client:
    """A browser that checks form tokens as real ones make Django do, over https."""
    return Client(enforce_csrf_checks=True, headers={"referer": "https://testserver/"})


def get(client: Client, path: str) -> Any:
    return client.get(path, secure=True)


def post(client: Client, page: str, path: str, **fields: str) -> Any:
    """Post a form that stands on ``page``, with its token."""
    text = get(client, page).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert token, f"no form on {page}"
    return client.post(path, {**fields, "csrfmiddlewaretoken": token.group(1)}, secure=True)


def code_mailed() -> str:
    found = re.search(r"\d{4} \d{4}", mail.outbox[-1].body)
    assert found
    return found.group()


def sign_in(client: Client, email: str, next_path: str = "") -> Any:
    page = f"/sign-in/?next={next_path}" if next_path else "/sign-in/"
    asked = post(client, page, "/sign-in/", email=email, next=next_path)
    assert asked.status_code == 302, asked.content.decode()
    return post(client, asked["Location"], asked["Location"], code=code_mailed())
