"""The two spaces that cases live in: the record, and rehearsals, which nothing joins to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.common.errors import FolkmootError
from folkmoot.framework.cases.queries import CaseFile, case_file
from folkmoot.people.models import Person
from folkmoot.people.queries import roles_of, run_of
from folkmoot.people.rules import CENTRE, HeldRole
from folkmoot.web.pages.error import error_response

RECORD, REHEARSAL = "record", "rehearsal"
ROBOTS = "noindex, nofollow, noarchive"


@dataclass(frozen=True, slots=True)
class Space:
    """Where a page of cases stands. ``base`` begins its addresses."""

    key: str
    base: str

    @property
    def rehearsal(self) -> bool:
        """Whether nothing here is an act of anybody."""
        return self.key == REHEARSAL

    def trail(self) -> list[tuple[str, str]]:
        """The way here from the home page."""
        if self.rehearsal:
            return [(_("Rehearsal space"), "/rehearsal/")]
        return [(_("Stepping in, or not"), "/interventions/")]

    def file(self, person: Person | None, case: int) -> tuple[CaseFile, dt.date]:
        """A case as it stands, and the day that it stands on. Raises NotFound.

        In the record the day is today. A rehearsal has its own clock, which is never before the
        last thing done, and nobody but whoever rehearses can see it.
        """
        today = timezone.localdate()
        run = run_of(person) if self.rehearsal and person is not None else ""
        file = case_file(case, today, space=self.key, run=run)
        if not self.rehearsal:
            return file, today
        last = max([today, *(event.on for event in file.events)])
        return (file if last == today else case_file(case, last, space=self.key, run=run)), last

    def centres(self, person: Person) -> list[HeldRole]:
        """The roles by which somebody acts for the centre here today."""
        held = roles_of(person, timezone.localdate(), space=self.key)
        return [role for role in held if role.role == CENTRE]


IN_RECORD = Space(RECORD, "/interventions/")
IN_REHEARSAL = Space(REHEARSAL, "/rehearsal/interventions/")
SPACES = {space.key: space for space in (IN_RECORD, IN_REHEARSAL)}


def unlisted(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that no search engine may keep: errors too carry the header."""

    @wraps(page)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = page(request, *args, **kwargs)
        except FolkmootError as error:
            response = error_response(request, error)
        response.headers["X-Robots-Tag"] = ROBOTS
        return response

    return answer
