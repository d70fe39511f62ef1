"""The JSON shapes of who answers, what is owed, what is required and what was done."""

from __future__ import annotations

import datetime as dt

from ninja import Schema
from pydantic import Field

from folkmoot.api.columns import shape_of
from folkmoot.api.rows_bodies import WHO_MEANINGS, BodyRow, HolderRow, OfficeRow, RemitRow
from folkmoot.api.rows_body_standings import BodyStandingRow
from folkmoot.api.rows_framework import StandardRow, StandingRow
from folkmoot.api.rows_record import DUTY_MEANINGS, ActRow
from folkmoot.bodies.answer_rows import WhoRow
from folkmoot.duties.queries import DutyLine

BodyOut = shape_of(BodyRow, "BodyOut", "A public body. Never a person.")
OfficeOut = shape_of(OfficeRow, "OfficeOut", "An office of a body, and who holds it.")
HolderOut = shape_of(HolderRow, "HolderOut", "Who holds, or held, a public office.")
RemitOut = shape_of(RemitRow, "RemitOut", "Who answers for a service in a kind of area.")
WhoOut = shape_of(WhoRow, "WhoOut", "Who answers for a service in a place.", WHO_MEANINGS)
StandardOut = shape_of(StandardRow, "StandardOut", "What is required or asked for.")
StandingOut = shape_of(StandingRow, "StandingOut", "Where a place stands on a standard.")
BodyStandingOut = shape_of(
    BodyStandingRow, "BodyStandingOut", "Where a body stands on a standard. No rank."
)
DutyOut = shape_of(DutyLine, "DutyOut", "An answer owed, as it stands today.", DUTY_MEANINGS)
ActOut = shape_of(ActRow, "ActOut", "One act of an office in the public record.")


class BodyDetail(Schema):
    """A body with its offices today and who holds them."""

    body: BodyOut  # type: ignore[valid-type]  # made from the row's own fields
    offices: list[OfficeOut]  # type: ignore[valid-type]  # made from the row's own fields


class AnswerOut(Schema):
    """The words of an answer, or of a correction to it; empty where they were withdrawn for law."""

    number: int = Field(description="1 is the answer; more are corrections beside it")
    text: str
    office: str
    on: dt.date
    withdrawn: bool
    withdrawn_reason: str


class DutyDetail(Schema):
    """An answer owed with everything that was answered."""

    duty: DutyOut  # type: ignore[valid-type]  # made from the row's own fields
    answers: list[AnswerOut]
    reports: int = Field(description="how many reported the error that it is about")
