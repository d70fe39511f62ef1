"""What signers, officers, moderators and the worker may do to three petitions, in any order, and
what always holds (``test_petitions_signers_stateful.py``).

Nothing is planted: every signature is signed, confirmed, taken in, set aside, taken back, counted
and forgotten by the actions that do so on the site. What they did is kept beside, as they said it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
)

from folkmoot.common.errors import FolkmootError
from folkmoot.common.models import Message, PublicAct
from folkmoot.duties import actions as duty_actions
from folkmoot.duties.models import Duty, DutyAnswer
from folkmoot.people.actions import erase_me, person_of_provider
from folkmoot.people.queries import day_of
from folkmoot.petitions import tokens
from folkmoot.petitions.actions import (
    counting,
    erasing,
    forgetting,
    life,
    moderating,
    paper,
    patterns,
    schemes,
    signing,
    taking_back,
)
from folkmoot.petitions.models import Alert, Petition, Signature, SignatureCount, Threshold
from folkmoot.petitions.models_signing import PENDING
from folkmoot.petitions.rules.signing import SignForm
from folkmoot.petitions.rules.states import CLOSED, HIDDEN, MODERATION, OPEN, SPONSORS
from tests.rooms import petitions_answered as answering
from tests.rooms import petitions_made as made
from tests.rooms.petitions_made import DAY, LEEDS
from tests.rooms.petitions_signers_always import PEOPLE, AlwaysSo, Told

HOUR = dt.timedelta(hours=1)
# Whoever has an account too: what they signed goes with it.
WITH_ACCOUNT = {0: "oak@example.org", 4: "ash@example.org"}
BURST = 20
LEVELS = [{"kind": "answer", "number": 4, "days": 30}, {"kind": "debate", "number": 18, "days": 90}]
WHICH = st.integers(0, 9)
# What is done, as often as it stands here; what ends much is seldom.
STEPS = (
    *("sign", "sign_and_confirm", "sign_and_confirm", "confirm", "confirm_by_code", "take_back"),
    *("sponsor", "burst", "take_in_paper", "take_back_paper", "set_aside", "set_aside", "restore"),
    *("moderate", "moderate", "moderate", "answer", "answer", "count", "count", "wait", "forget"),
    *("merge", "erase_account"),
)
TABLES = (Petition, Signature, SignatureCount, Threshold, Duty, DutyAnswer, PublicAct, Message)


class Signers(AlwaysSo, RuleBasedStateMachine):
    """Three petitions, one of which seeks its sponsors, and six people in four households."""

    world: made.World

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.told = Told()
        self.reached: dict[int, tuple[object, ...]] = {}
        self.ended: dict[int, tuple[object, ...]] = {}
        self.done: Counter[str] = Counter()
        self.sent = self.bursts = 0

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize()
    def begin(self):
        self.at = self.world.at
        self.people = {
            who: person_of_provider(email=email, at=self.at) for who, email in WITH_ACCOUNT.items()
        }
        schemes.adopt_scheme(
            actor=self.world.officer, body=LEEDS, levels=LEVELS, since=day_of(self.at),
            source="https://www.leeds.gov.uk/petitions", at=self.at,
        )  # fmt: skip
        checked = [made.petition(self.world, MODERATION) for _ in range(2)]
        self.seeking = made.petition(self.world, SPONSORS)
        self.numbers = [row.pk for row in (*checked, self.seeking)]
        for row in checked:
            moderating.open_petition(actor=self.world.site, petition=row.pk, at=self.at)

    # --- How things are done --------------------------------------------------------------------

    def attempt(self, action, **fields):
        """What ``action`` gives; None where it was refused, and then nothing has changed."""
        before = self.snapshot()
        try:
            found = action(**fields, at=self.at)
        except FolkmootError:
            assert self.snapshot() == before, action
            return None
        self.done[action.__name__] += 1
        return found

    @staticmethod
    def snapshot():
        rows = Signature.objects.order_by("pk").values_list("pk", "state", "counted", "address_key")
        return [table.objects.count() for table in TABLES], list(rows), list(
            Petition.objects.order_by("pk").values()
        )  # fmt: skip

    def nth(self, rows, which):
        found = list(rows.order_by("pk").values_list("pk", flat=True))
        return found[which % len(found)] if found else 999_999

    def send(self, action, petition, name, email, postcode, **more):
        """A form, from a network of its own; the signature that is new with it."""
        self.sent += 1
        before = Signature.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        form = SignForm(name, email, postcode, consent=True, **more.pop("asked", {}))
        self.attempt(action, petition=petition, form=form, proof=None,
                     network=f"10.0.{self.sent // 250}.{self.sent % 250}", **more)  # fmt: skip
        for number in Signature.objects.filter(pk__gt=before).values_list("pk", flat=True):
            self.told.forms[number], self.told.petition[number] = name, petition
            if form.name_shown:
                self.told.shown[number] = name

    def stand(self, found):
        if found is not None and not found.already:
            assert found.signature not in self.told.stands, "confirmed twice"
            assert self.told.petition[found.signature] == found.petition
            self.told.stands.add(found.signature)

    def one_of(self, which, *states):
        """The number of a petition in one of these states, of any where none is."""
        found = Petition.objects.filter(state__in=states)
        return self.nth(found if found.exists() else Petition.objects, which)

    @rule(what=st.sampled_from(STEPS), a=WHICH, b=WHICH)
    def step(self, what, a, b):
        """One rule for all: of many rules Hypothesis tries only some in each walk."""
        getattr(self, what)(a, b)

    # --- Signers --------------------------------------------------------------------------------

    def sign(self, a, b):
        asked = {"name_shown": b > 4, "tell_me": b % 2 == 0}
        petition = self.numbers[b % 3] if b > 7 else self.one_of(b, OPEN)
        self.send(signing.sign, petition, *PEOPLE[a % len(PEOPLE)], asked=asked)

    def sign_and_confirm(self, a, b):
        self.sign(a, b)
        self.confirm(-1, 0)

    def sponsor(self, a, _b):
        key = self.seeking.sponsor_key
        for who in range(a % 2, len(PEOPLE)):
            self.send(signing.sponsor, self.seeking.pk, *PEOPLE[who], key=key)
            self.confirm(-1, 0)
        counting.count_signatures(at=self.at)

    def confirm(self, a, _b):
        forms = sorted(self.told.forms)
        if forms:
            token = tokens.make(tokens.CONFIRM, forms[a % len(forms)])
            self.stand(self.attempt(signing.confirm, token=token))

    def confirm_by_code(self, a, b):
        """The right code of a form, or that of another."""
        rows = Signature.objects.filter(state=PENDING, email__gt="")
        row = rows.filter(pk=self.nth(rows, a)).first()
        if row is not None:
            self.sent += 1
            self.stand(self.attempt(
                signing.confirm_code, petition=row.petition_id, email=row.email,
                code=tokens.code(row.pk + (b > 7)), network=f"10.9.0.{self.sent % 250}",
            ))  # fmt: skip

    def take_back(self, a, _b):
        forms = sorted(self.told.forms)
        if forms:
            number = forms[a % len(forms)]
            token = tokens.make(tokens.TAKE_BACK, number)
            if self.attempt(taking_back.take_back, token=token) is not None:
                self.told.gone(number)

    def burst(self, a, _b):
        """Twenty people of one unusual domain, within the hour."""
        petition, self.bursts = self.one_of(a, OPEN), self.bursts + 1
        for number in range(BURST if self.bursts < 3 else 0):
            self.send(signing.sign, petition, f"Burst {chr(97 + number)}{'x' * self.bursts}",
                      f"p{number}@burst{self.bursts}.example", "LS1 1UR")  # fmt: skip
            self.confirm(-1, 0)
        counting.count_signatures(at=self.at)

    # --- Officers and moderators ----------------------------------------------------------------

    def take_in_paper(self, a, b):
        """The whole street by an officer, some of it by a moderator, or by whoever may not."""
        by = ("officer", "officer", "site", "site", "stranger")[b % 5]
        lines = [f"{name},{postcode}" for name, _email, postcode in PEOPLE[a % 5 :]]
        if by == "officer":
            lines += [f"Paper {chr(97 + n)}{chr(97 + a)},LS1 1UR" for n in range(10)]
        rows = "\n".join(["name,postcode", *lines]).encode()
        petition = self.one_of(a, OPEN, CLOSED)
        batch = self.attempt(paper.take_in, actor=getattr(self.world, by), petition=petition,
                             rows=rows, on=day_of(self.at))  # fmt: skip
        if batch is not None:
            new = dict(Signature.objects.filter(paper=batch).values_list("pk", "name"))
            assert len(new) == batch.taken
            self.told.forms.update(new)
            self.told.petition.update(dict.fromkeys(new, petition))
            self.told.stands |= new.keys()

    def take_back_paper(self, a, b):
        rows = Signature.objects.filter(paper__isnull=False).exclude(person_key="")
        row = rows.filter(pk=self.nth(rows, a)).first()
        if row is not None:
            before = self.done["take_back_paper"]
            self.attempt(
                paper.take_back_paper, actor=self.world.site if b else self.world.stranger,
                petition=row.petition_id, name=row.name, postcode=row.postcode,
            )  # fmt: skip
            if self.done["take_back_paper"] > before:
                self.told.gone(row.pk)

    def set_aside(self, a, b):
        patterns.find_patterns(at=self.at)
        actor = self.world.creator if b > 8 else self.world.site
        alert = self.nth(Alert.objects.filter(closed_at=None), a)
        batch = self.attempt(patterns.set_aside, actor=actor, alert=alert)
        if batch is not None:
            aside = set(Signature.objects.filter(batch=batch).values_list("pk", flat=True))
            assert len(aside) == batch.signatures > 0
            assert aside <= self.told.of(batch.petition_id)
            self.told.aside[batch.pk] = aside
            self.told.stands -= aside

    def restore(self, a, _b):
        batches = sorted(self.told.aside)
        if batches:
            number = batches[a % len(batches)]
            if self.attempt(patterns.restore, actor=self.world.site, batch=number):
                self.told.stands |= self.told.aside.pop(number)

    def moderate(self, a, b):
        who = {"actor": self.world.creator if b > 8 else self.world.site}
        if a < 3:
            number = self.one_of(b, OPEN, CLOSED)
            self.attempt(moderating.hide, **who, petition=number, reason="libel")
        elif a < 6:
            self.attempt(moderating.unhide, **who, petition=self.one_of(b, HIDDEN))
        elif a < 9:
            self.attempt(moderating.open_petition, **who, petition=self.one_of(b, MODERATION))
        else:
            number = self.one_of(b, HIDDEN)
            self.attempt(erasing.erase_words, **who, petition=number, reason="personal-data")

    def merge(self, a, b):
        number, into = self.one_of(a, OPEN, MODERATION), self.one_of(b, OPEN)
        self.attempt(moderating.merge, actor=self.world.site, petition=number, into=into)

    def answer(self, a, b):
        rows = Duty.objects.filter(ended="")
        duty = Duty.objects.filter(pk=self.nth(rows if b < 8 else Duty.objects, a)).first()
        if duty is not None and b < 7:
            self.attempt(lambda at: answering.answered(self.world.officer, duty, at))
        elif duty is not None:
            actor = self.world.administrator if b == 7 else self.world.officer
            self.attempt(duty_actions.waive, actor=actor, reason="answered-elsewhere",
                         duty=duty.pk)  # fmt: skip

    # --- The worker, the clock and the law ------------------------------------------------------

    def count(self, a, _b):
        self.attempt(counting.count_signatures, limit=3 if a > 6 else 5_000)

    def wait(self, a, _b):
        self.at += (HOUR, HOUR, HOUR, DAY, DAY, DAY, 8 * DAY, 8 * DAY, 31 * DAY, 181 * DAY)[a]
        life.lapse_sponsors(today=day_of(self.at), at=self.at)
        life.close_due(today=day_of(self.at), at=self.at)

    def forget(self, a, _b):
        most = 2 if a > 4 else 20_000
        forgetting.forget_unconfirmed(self.at, most)
        forgetting.forget_addresses(self.at, most)
        for number in set(self.told.forms) - set(Signature.objects.values_list("pk", flat=True)):
            assert number not in self.told.stands, "a signature that stood is gone"
            del self.told.forms[number]
            self.told.gone(number)

    def erase_account(self, a, _b):
        who = sorted(WITH_ACCOUNT)[a % 2]
        if who not in self.people:
            return
        email = WITH_ACCOUNT[who]
        over = set(Petition.objects.exclude(ended_on=None).values_list("pk", flat=True))
        names = {name for name, address, _postcode in PEOPLE if address == email}
        mine = {number for number, whose in self.told.forms.items() if whose in names}
        # Those on paper, and whose address went before, are known by nothing.
        rows = Signature.objects.filter(pk__in=mine).exclude(address_key="")
        known = set(rows.values_list("pk", flat=True))
        self.attempt(erase_me, person=self.people.pop(who))
        for number in known:
            if self.told.petition[number] in over:
                self.told.nobody.add(number)
                self.told.shown.pop(number, None)
            else:
                self.told.gone(number)
        for number in known - set(Signature.objects.values_list("pk", flat=True)):
            self.told.forms.pop(number)
