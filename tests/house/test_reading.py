"""Looking never writes: every address is asked under a database that refuses to be changed."""

import re

import pytest
from django.db import connection, transaction

from folkmoot.measures.models import Measure, Source
from tests.house.addresses import EXAMPLES, FORMS, FORMS_OF_FIGURES, routes

READS = re.compile(r"\s*(SELECT|SAVEPOINT|RELEASE|ROLLBACK|EXPLAIN|BEGIN|COMMIT|SET)\b", re.I)


class Wrote(Exception):
    """A statement that could change something."""


def only_reading(execute, sql, params, many, context):
    if not READS.match(sql) or re.search(r"\bFOR UPDATE\b", sql):
        raise Wrote(sql)
    return execute(sql, params, many, context)


def test_every_address_has_an_example():
    assert sorted(EXAMPLES) == sorted(routes())


@pytest.mark.parametrize("address", [a for some in EXAMPLES.values() for a in some])
def test_looking_writes_nothing(built, client, address):
    named = {
        "measure": Measure.objects.filter(accounts__isnull=False).first().slug,
        "source": Source.objects.filter(releases__isnull=False).first().slug,
    }
    with connection.execute_wrapper(only_reading):
        answer = client.get(address.format(**named))
        if answer.streaming:
            b"".join(answer.streaming_content)

    assert answer.status_code in {200, 301, 302, 404}
    # A page sets a cookie only for the token of a form that changes something.
    assert set(answer.cookies) == ({"csrftoken"} if address in FORMS | FORMS_OF_FIGURES else set())


def test_a_planted_write_is_caught(db):
    from folkmoot.services.models import Service

    with connection.execute_wrapper(only_reading), pytest.raises(Wrote), transaction.atomic():
        Service.objects.create(slug="a", title="A", summary="A", position=1)
    with connection.execute_wrapper(only_reading), pytest.raises(Wrote), transaction.atomic():
        connection.cursor().execute("DELETE FROM services_service")
    with connection.execute_wrapper(only_reading):
        assert Service.objects.count() == 0
