"""Rehearsals are forgotten: after their time, or with the person who tried them out."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from folkmoot.duties.models import Duty
from folkmoot.framework.cases.course import subject_of
from folkmoot.framework.models import Case
from folkmoot.people import retention
from folkmoot.people.models import Person
from folkmoot.people.queries import run_of


@transaction.atomic
def erase_rehearsals(at: dt.datetime) -> int:
    """Erase every rehearsal that was begun so long ago, with all that was owed in it; how many."""
    old = at - retention.REHEARSAL_CASES.after
    return _erase(Case.objects.filter(space="rehearsal", begun_at__lte=old))


@transaction.atomic
def forget_run(person: Person) -> int:
    """Erase everything that a person tried out; how many cases."""
    return _erase(Case.objects.filter(space="rehearsal", run=run_of(person)))


def _erase(cases: QuerySet[Case, Case]) -> int:
    keys = list(cases.select_for_update().values_list("pk", flat=True))
    Case.objects.filter(space="rehearsal", pk__in=keys).delete()
    subjects = [subject_of(key) for key in keys]
    Duty.objects.filter(space="rehearsal", subject__in=subjects).delete()
    return len(keys)
