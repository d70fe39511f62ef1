"""Whatever is asked of the API, it answers as its own description says, and never with a 5xx."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings

from folkmoot.common import switches
from folkmoot.wsgi import application

# Read while tests are collected, when there is no database to ask whether it is switched off.
switches.assume_on()
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keeps the test's connection open between requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("built", "one_connection")
@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_api_keeps_its_word(case: schemathesis.Case) -> None:
    # Called without a server, nothing undoes compression; a real client asks for it.
    case.call_and_validate(headers={"Accept-Encoding": "identity"})
