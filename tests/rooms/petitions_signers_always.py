"""What always holds of petitions and those who signed them, beside what the actions said that they
did (``petitions_signers_machine.py``)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction
from hypothesis.stateful import invariant

from folkmoot.common.models import PublicAct
from folkmoot.duties.models import Duty, DutyAnswer
from folkmoot.petitions.actions import counting
from folkmoot.petitions.models import Petition, Signature, SignatureCount, Threshold
from folkmoot.petitions.models_signing import CONFIRMED, SET_ASIDE
from folkmoot.petitions.queries_page import newest_names
from folkmoot.petitions.rules.states import CLOSED, OPEN

# Two live at each address, two and two in each place.
PEOPLE = [
    ("Ada Oak", "oak@example.org", "LS1 1UR"),
    ("Ben Oak", "oak@example.org", "LS1 1UR"),
    ("Cai Elm", "elm@example.org", "EX1 1AA"),
    ("Dot Elm", "Elm@Example.org", "EX1 1AA"),
    ("Eve Ash", "ash@example.org", "LS2 7EW"),
    ("Fay Ash", "ash@example.org", "BS1 5TR"),
]


@dataclass
class Told:
    """What the actions said that they did."""

    forms: dict[int, str] = field(default_factory=dict)  # signature: whose
    petition: dict[int, int] = field(default_factory=dict)
    stands: set[int] = field(default_factory=set)
    aside: dict[int, set[int]] = field(default_factory=dict)  # batch: its signatures
    shown: dict[int, str] = field(default_factory=dict)
    # Whoever was erased where it was over: nothing is left to know them by.
    nobody: set[int] = field(default_factory=set)

    def of(self, petition: int) -> set[int]:
        return {number for number in self.stands if self.petition[number] == petition}

    def gone(self, number: int) -> None:
        self.stands.discard(number)
        self.shown.pop(number, None)
        for batch in self.aside.values():
            batch.discard(number)


class AlwaysSo:
    """Looked at after each step of a machine, which has its own ``told``, ``at`` and ``numbers``,
    and remembers in ``reached`` and ``ended`` what was owed and how it ended."""

    @invariant()
    def whoever_confirmed_stands_and_nobody_else(self):
        rows = dict(Signature.objects.values_list("pk", "state"))
        assert {n for n, state in rows.items() if state == CONFIRMED} == self.told.stands
        aside = {n for batch in self.told.aside.values() for n in batch}
        assert {n for n, state in rows.items() if state == SET_ASIDE} == aside

    @invariant()
    def nobody_stands_twice(self):
        for petition in self.numbers:
            standing = self.told.of(petition) - self.told.nobody
            whose = Counter(self.told.forms[number] for number in standing)
            assert not whose or max(whose.values()) == 1, whose
        rows = Signature.objects.filter(state__in=(CONFIRMED, SET_ASIDE)).exclude(address_key="")
        homes = Counter(rows.values_list("petition", "address_key"))
        assert not homes or max(homes.values()) <= 2

    @invariant()
    def a_count_is_what_was_counted(self):
        for row in Petition.objects.all():
            counted = Signature.objects.filter(petition=row, counted=True)
            assert row.signatures == counted.count()
            tables = SignatureCount.objects.filter(petition=row, kind="district")
            assert sum(tables.values_list("signatures", flat=True)) == row.signatures
            places = Counter(counted.values_list("area", flat=True))
            told: Counter[str] = Counter()
            for place, many in tables.values_list("place", "signatures"):
                told[place] += many
            assert +told == +places

    @invariant()
    def whoever_stands_is_counted_once_counting_is_done(self):
        if not hasattr(self, "numbers"):
            return
        point = transaction.savepoint()
        counting.count_signatures(at=self.at)
        for row in Petition.objects.all():
            assert row.signatures == len(self.told.of(row.pk))
            for level in row.thresholds.all() if row.state in (OPEN, CLOSED) else ():
                assert level.duty or row.signatures < level.needed
        transaction.savepoint_rollback(point)

    @invariant()
    def names_are_shown_of_whoever_asked_and_stands(self):
        for petition in getattr(self, "numbers", ()):
            asked = {self.told.shown[n] for n in self.told.of(petition) & self.told.shown.keys()}
            assert set(newest_names(petition, 1_000)) == asked

    @invariant()
    def what_is_owed_stays_owed(self):
        for row in Threshold.objects.exclude(duty=""):
            now = (row.reached_at, row.duty)
            assert self.reached.setdefault(row.pk, now) == now
            assert Duty.objects.filter(key=row.duty).count() == 1
        assert Duty.objects.count() == Threshold.objects.exclude(duty="").count()
        assert len(self.reached) == Duty.objects.count()
        answered = set(DutyAnswer.objects.values_list("duty_id", flat=True))
        for duty in Duty.objects.all():
            assert (duty.ended == "answered") == (duty.pk in answered)
            assert (duty.ended == "waived") == bool(duty.waived_reason)
            if duty.ended or duty.pk in self.ended:
                now = (duty.ended, duty.ended_on, duty.ended_by)
                assert self.ended.setdefault(duty.pk, now) == now

    @invariant()
    def no_act_says_who_signed(self):
        said = "\n".join(PublicAct.objects.values_list("canonical", flat=True)).lower()
        for name, email, postcode in PEOPLE:
            assert name.lower() not in said
            assert email.lower() not in said
            assert postcode.lower() not in said
