"""Roles granted, ended and run out by many at once, and what the record then says."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from folkmoot.common.errors import Conflict, NotFound
from folkmoot.common.models import PublicAct
from folkmoot.people import actions
from folkmoot.people.models import Role
from folkmoot.people.queries import day_of
from tests.rooms import people_invented as invented
from tests.rooms.people_invented import LEEDS, LEEDS_DOMAIN
from tests.rooms.test_people_roles import admin

__all__ = ["admin"]

DAY = dt.timedelta(days=1)


def at_once(tries):
    """Everything at the same moment; what each gave or raised."""

    def run(attempt):
        try:
            return attempt()
        except (Conflict, NotFound) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tries)) as pool:
        return list(pool.map(run, tries))


def test_an_invitation_accepted_by_many_at_once_gives_one_role(committing, at):
    admin = invented.administrator(at)
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    who = invented.person(at, LEEDS_DOMAIN)
    row = actions.invite(
        actor=admin, email=who.email, role="officer", body=LEEDS, office="clerk", at=at
    )

    came = at_once([lambda: actions.accept_invitation(person=who, invitation=row.pk, at=at)] * 6)

    assert sum(isinstance(one, Role) for one in came) == 1
    assert Role.objects.filter(person=who).count() == 1
    subject = f"role:officer/{LEEDS}/clerk"
    assert PublicAct.objects.filter(verb="grant-role", subject=subject).count() == 1


def test_a_role_granted_or_ended_by_many_at_once_is_so_once(committing, at):
    admin = invented.administrator(at)
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    who = invented.person(at, LEEDS_DOMAIN)
    grant = lambda: actions.grant_role(  # noqa: E731 - the same call, many times
        actor=admin, person=who, role="officer", body=LEEDS, office="clerk", at=at
    )
    assert sum(isinstance(one, Role) for one in at_once([grant] * 5)) == 1
    role = Role.objects.get(person=who)

    came = at_once([lambda: actions.end_role(actor=admin, role=role.pk, at=at)] * 5)

    assert sum(isinstance(one, Role) for one in came) == 1
    assert PublicAct.objects.filter(verb="end-role").count() == 1


def ends_in_the_record():
    rows = PublicAct.objects.filter(verb="end-role").order_by("pk")
    return list(rows.values_list("office", "subject", "reason", "at"))


def until(admin, day, office="clerk", at=None):
    """Somebody whose role at Leeds ends on ``day``."""
    who = invented.person(at, LEEDS_DOMAIN)
    return actions.grant_role(
        actor=admin, person=who, role="officer", body=LEEDS, office=office, at=at, until=day
    )


def test_a_role_that_ends_by_its_day_is_recorded_once_when_things_are_tidied(admin, at):
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    today = day_of(at)
    until(admin, today + 3 * DAY, at=at)
    until(admin, None, at=at)
    by_hand = until(admin, today + 9 * DAY, at=at)
    take = {"person": admin, "role": "officer", "body": LEEDS, "office": "clerk", "at": at}
    actions.take_rehearsal_role(**take)

    assert actions.apply_retention(at=at + 2 * DAY).ended == 0
    assert ends_in_the_record() == []
    late = at + 5 * DAY
    assert actions.apply_retention(at=late).ended == 1
    subject = f"role:officer/{LEEDS}/clerk"
    assert ends_in_the_record() == [("rule", subject, "date-reached", late)]
    assert actions.apply_retention(at=late + DAY).ended == 0

    # One that somebody ended has its act already, and it stands for no other.
    actions.end_role(actor=admin, role=by_hand.pk, at=late)
    assert actions.apply_retention(at=at + 20 * DAY).ended == 0
    until(admin, today + 30 * DAY, at=at)
    until(admin, today + 30 * DAY, office="leader", at=at)
    assert actions.apply_retention(at=at + 30 * DAY).ended == 2
    assert [one[2] for one in ends_in_the_record()] == ["date-reached", "", *["date-reached"] * 2]
    # After two years it leads to nobody, and is still not said again.
    assert actions.apply_retention(at=at + 900 * DAY).ended == 0
    assert Role.objects.filter(body=LEEDS, person__isnull=True, space="record").count() == 4


def test_roles_that_ended_are_recorded_once_by_two_runs_at_once(committing, at):
    admin = invented.administrator(at)
    actions.verify_domain(actor=admin, body=LEEDS, domain=LEEDS_DOMAIN, at=at)
    for office in ("clerk", "clerk", "leader"):
        until(admin, day_of(at) + DAY, office, at=at)

    came = at_once([lambda: actions.apply_retention(at=at + DAY).ended] * 4)

    assert sorted(came) == [0, 0, 0, 3]
    assert len(ends_in_the_record()) == 3
