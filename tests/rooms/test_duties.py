"""Answers owed: made once, ended only by an answer or a waiver, and by those who may."""

import pytest

from folkmoot.common.errors import BadInput, Conflict, NotAllowed, NotFound
from folkmoot.common.models import PublicAct
from folkmoot.duties import actions, queries
from folkmoot.duties.models import Duty, DutyAnswer
from folkmoot.duties.rules import ANSWERERS, QUESTION
from folkmoot.people.actions import take_rehearsal_role
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of
from folkmoot.people.rules import ROLES, SITE
from tests.rooms import duties_owed as owed
from tests.rooms import people_invented as invented
from tests.rooms.duties_owed import DAY, DFE, DFE_DOMAIN
from tests.rooms.people_invented import DEVON, DEVON_DOMAIN, LEEDS, LEEDS_DOMAIN

PLAN = "We have taken on 20 educational psychologists; the plan is on our website."


def acts():
    return list(PublicAct.objects.order_by("pk").values_list("verb", "subject", "office", "reason"))


@pytest.fixture
def admin(db, at):
    return invented.administrator(at)


@pytest.fixture
def devon(admin, at):
    return invented.with_role(at, "officer", DEVON, DEVON_DOMAIN, by=admin)


@pytest.fixture
def centre(admin, at):
    return invented.with_role(at, "centre", DFE, DFE_DOMAIN, "minister", by=admin)


def test_an_answer_comes_to_be_owed_once(db, at):
    first = owed.owe(at)
    later = owed.owe(at + DAY, due=day_of(at) + 90 * DAY)

    assert (later.pk, later.due) == (first.pk, day_of(at) + 28 * DAY)
    assert acts() == [("owe-answer", f"duty:{first.pk}", f"{DFE}/minister", "")]
    act = PublicAct.objects.get()
    assert (act.body, act.place, act.service) == (DEVON, "E10000008", "special-educational-needs")
    assert act.link == f"/duties/{first.pk}/"
    with pytest.raises(Conflict):
        owed.owe(at, body=LEEDS)
    with pytest.raises(Conflict):
        owed.owe(at, subject="case:2")


def test_what_cannot_be_owed_is_refused_with_every_fault(db, at):
    with pytest.raises(BadInput) as refused:
        owed.owe(at, "two words", kind="favour", due=day_of(at) - DAY, subject="")
    assert {f.where for f in refused.value.faults} == {"key", "kind", "due", "subject"}
    with pytest.raises(NotFound):
        owed.owe(at, body="atlantis-council")
    assert not Duty.objects.exists()
    assert acts() == []


def test_an_answer_ends_it_in_public_and_a_second_is_refused(devon, at):
    duty = owed.owe(at)
    given = actions.answer(actor=devon, duty=duty.pk, text=f"  {PLAN}\r\n", at=at + 3 * DAY)

    found = queries.duty_file(duty.pk, day_of(at) + 60 * DAY)
    (said,) = found.answers
    assert (said.number, said.text, said.office) == (1, PLAN, f"{DEVON}/chief-executive")
    assert (found.line.state, found.line.in_time, found.line.open) == ("answered", True, False)
    assert found.line.says == "Answered on 26 November 2026; it was due by 21 December 2026."
    assert acts()[-1] == ("answer-duty", f"duty:{duty.pk}", f"{DEVON}/chief-executive", "")
    assert PLAN not in "".join(a.canonical for a in PublicAct.objects.all())
    with pytest.raises(Conflict, match="answered already, on 26 November 2026"):
        actions.answer(actor=devon, duty=duty.pk, text="Again.", at=at + 4 * DAY)
    assert given.number == DutyAnswer.objects.count() == 1


def test_a_late_answer_counts_and_is_said_to_be_late(devon, at):
    duty = owed.owe(at)
    actions.answer(actor=devon, duty=duty.pk, text=PLAN, at=at + 29 * DAY)

    line = queries.duty_file(duty.pk, day_of(at) + 60 * DAY).line
    assert (line.state, line.in_time) == ("answered", False)


@pytest.mark.parametrize("text", ["", " \n\t ", "x" * 20_001, "\u202e"])
def test_an_answer_needs_words_and_not_too_many(devon, at, text):
    duty = owed.owe(at)
    before = acts()
    with pytest.raises(BadInput):
        actions.answer(actor=devon, duty=duty.pk, text=text, at=at)
    duty.refresh_from_db()
    assert (duty.ended, DutyAnswer.objects.count(), acts()) == ("", 0, before)


def test_wrong_days_are_refused(devon, at):
    duty = owed.owe(at, since=day_of(at) + DAY)
    with pytest.raises(BadInput):
        actions.answer(actor=devon, duty=duty.pk, text=PLAN, at=at)
    with pytest.raises(BadInput):
        actions.answer(actor=devon, duty=duty.pk, text=PLAN, at=at, on=day_of(at) + DAY)
    assert not DutyAnswer.objects.exists()


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_answer_and_who_may_waive(admin, at, role):
    """For every role: at the body that owes, at another council, and at the centre."""
    site = role == "administrator"
    places = {
        DEVON: (SITE, "example.org") if site else (DEVON, DEVON_DOMAIN),
        LEEDS: (SITE, "example.org") if site else (LEEDS, LEEDS_DOMAIN),
        DFE: (SITE, "example.org") if site else (DFE, DFE_DOMAIN),
    }
    answered, waived = set(), set()
    for number, (place, (body, domain)) in enumerate(places.items()):
        who = invented.with_role(at, role, body, domain, by=admin)
        duty = owed.owe(at, f"case:{number}/reply")
        try:
            actions.answer(actor=who, duty=duty.pk, text=PLAN, at=at)
            answered.add(place)
        except NotAllowed:
            pass
        duty = owed.owe(at, f"case:{number}/reply-again")
        try:
            actions.waive(actor=who, duty=duty.pk, reason="not-this-body", at=at)
            waived.add(place)
        except NotAllowed:
            pass

    assert answered == ({DEVON} if role in ANSWERERS[QUESTION] else set())
    assert waived == {"administrator": {*places}, "centre": {DFE}}.get(role, set())


def test_nobody_signed_in_may_do_nothing(db, at):
    duty = owed.owe(at)
    for actor in (None, Person(email="nobody@example.org")):
        with pytest.raises(NotAllowed):
            actions.answer(actor=actor, duty=duty.pk, text=PLAN, at=at)
        with pytest.raises(NotAllowed):
            actions.waive(actor=actor, duty=duty.pk, reason="not-this-body", at=at)
    duty.refresh_from_db()
    assert duty.ended == ""


def test_what_an_office_owes_is_not_answered_by_another(admin, at):
    duty = owed.owe(at, office="director-of-childrens-services")
    other = invented.with_role(at, "representative", DEVON, DEVON_DOMAIN, "leader", by=admin)
    own = invented.with_role(
        at, "representative", DEVON, DEVON_DOMAIN, "director-of-childrens-services", by=admin
    )
    with pytest.raises(NotAllowed, match="director-of-childrens-services"):
        actions.answer(actor=other, duty=duty.pk, text=PLAN, at=at)
    assert actions.answer(actor=own, duty=duty.pk, text=PLAN, at=at).number == 1


def test_a_waiver_is_public_has_a_reason_and_ends_it(centre, devon, at):
    duty = owed.owe(at)
    for reason in ("", "because", "proposal-withdrawn"):
        with pytest.raises(BadInput):
            actions.waive(actor=centre, duty=duty.pk, reason=reason, at=at)
    actions.waive(actor=centre, duty=duty.pk, reason="answered-elsewhere", at=at)

    line = queries.duties_of(DEVON, day_of(at))[0]
    assert (line.state, line.reason_words) == (
        "waived",
        "the same question is answered in another place on this site",
    )
    last = ("waive-duty", f"duty:{duty.pk}", f"{DFE}/minister", "answered-elsewhere")
    assert acts()[-1] == last
    with pytest.raises(Conflict, match="waived already"):
        actions.answer(actor=devon, duty=duty.pk, text=PLAN, at=at)
    with pytest.raises(Conflict, match="waived already"):
        actions.waive(actor=centre, duty=duty.pk, reason="body-ended", at=at)


def test_an_answered_duty_is_not_waived(centre, devon, at):
    duty = owed.owe(at)
    actions.answer(actor=devon, duty=duty.pk, text=PLAN, at=at)
    with pytest.raises(Conflict, match="answered already"):
        actions.waive(actor=centre, duty=duty.pk, reason="body-ended", at=at)


def test_a_correction_stands_beside_the_answer(devon, at):
    duty = owed.owe(at)
    with pytest.raises(Conflict):
        actions.correct(actor=devon, duty=duty.pk, text="Nothing yet.", at=at)
    actions.answer(actor=devon, duty=duty.pk, text="We have 20.", at=at + DAY)
    with pytest.raises(BadInput):
        actions.correct(actor=devon, duty=duty.pk, text="We have 19.", at=at)
    actions.correct(actor=devon, duty=duty.pk, text="We have 19.", at=at + 2 * DAY)

    texts = [a.text for a in queries.duty_file(duty.pk, day_of(at) + 9 * DAY).answers]
    assert texts == ["We have 20.", "We have 19."]
    assert acts()[-1][0] == "correct-answer"


@pytest.mark.parametrize("who", ["body", "administrator"])
def test_words_are_withdrawn_for_law_and_leave_a_tombstone(admin, devon, at, who):
    duty = owed.owe(at)
    given = actions.answer(actor=devon, duty=duty.pk, text="Mrs So-and-so did it.", at=at)
    actor = devon if who == "body" else admin
    for no_law in ("embarrassing", "published-in-error"):
        with pytest.raises(BadInput):
            actions.withdraw_answer(actor=actor, answer=given.pk, reason=no_law, at=at)
    actions.withdraw_answer(actor=actor, answer=given.pk, reason="personal-data", at=at)

    found = queries.duty_file(duty.pk, day_of(at))
    assert [(a.text, a.withdrawn, a.withdrawn_reason) for a in found.answers] == [
        ("", True, "personal-data")
    ]
    assert found.line.state == "answered"
    assert acts()[-1][0] == "withdraw-answer"
    with pytest.raises(Conflict):
        actions.withdraw_answer(actor=actor, answer=given.pk, reason="personal-data", at=at)


def test_nobody_else_withdraws_words(centre, devon, at, admin):
    duty = owed.owe(at)
    given = actions.answer(actor=devon, duty=duty.pk, text=PLAN, at=at)
    leeds = invented.with_role(at, "officer", LEEDS, LEEDS_DOMAIN, by=admin)
    for actor in (None, centre, leeds):
        with pytest.raises(NotAllowed):
            actions.withdraw_answer(actor=actor, answer=given.pk, reason="court-order", at=at)
    given.refresh_from_db()
    assert given.text == PLAN


def test_a_rehearsal_reaches_no_list_and_no_record(devon, at):
    before = PublicAct.objects.count()
    duty = owed.owe(at, space="rehearsal", whose=devon)
    today = day_of(at)
    assert queries.duties_of(DEVON, today) == queries.duties_about("case:1", today) == []
    assert queries.duties_in("E10000008", "special-educational-needs", today) == []
    assert queries.duties_like(today).lines == ()
    assert queries.promptness("county-council", today + 90 * DAY).all.settled == 0
    with pytest.raises(NotFound):
        queries.duty_file(duty.pk, today)
    with pytest.raises(NotFound):
        actions.answer(actor=devon, duty=duty.pk, text=PLAN, at=at)
    # A role in the record is none in a rehearsal.
    with pytest.raises(NotAllowed):
        actions.answer(actor=devon, duty=duty.pk, text=PLAN, at=at, space="rehearsal")
    take_rehearsal_role(person=devon, role="officer", body=DEVON, office="leader", at=at)
    actions.answer(
        actor=devon, duty=duty.pk, text=PLAN, at=at, on=today + 5 * DAY, space="rehearsal"
    )
    line = queries.duties_of(DEVON, today, space="rehearsal")[0]
    assert (line.state, line.ended_on) == ("answered", today + 5 * DAY)
    assert PublicAct.objects.count() == before


def test_what_is_owed_in_a_rehearsal_is_ended_only_by_whoever_rehearses(db, at):
    """Every part may be played by anybody, but only in a rehearsal of one's own."""
    parts = [(role, SITE if role == "administrator" else DEVON, "leader") for role in ROLES]
    parts.append(("centre", DFE, "minister"))
    here = {"at": at, "space": "rehearsal"}
    player, other = invented.person(at), invented.person(at)
    first, second = (owed.owe(at, f"case:{n}/reply", "rehearsal", player) for n in (1, 2))

    def end(actor, answered):
        """Try all four ways of ending what is owed, or of changing how it ended."""
        yield lambda: actions.answer(actor=actor, duty=first.pk, text=PLAN, **here)
        yield lambda: actions.waive(actor=actor, duty=second.pk, reason="body-ended", **here)
        yield lambda: actions.correct(actor=actor, duty=first.pk, text=PLAN, **here)
        yield lambda: actions.withdraw_answer(
            actor=actor, answer=answered.pk, reason="court-order", **here
        )

    def refused(actor, answered):
        for attempt in end(actor, answered):
            with pytest.raises(NotFound):
                attempt()

    for role, body, office in parts:
        for person in (player, other):
            take_rehearsal_role(person=person, role=role, body=body, office=office, at=at)
    # For each part alone, and for all of them together.
    strangers = [other, None]
    for role, body, office in parts:
        strangers.append(invented.person(at))
        take_rehearsal_role(person=strangers[-1], role=role, body=body, office=office, at=at)
    nothing = DutyAnswer(pk=0)
    for stranger in strangers:
        refused(stranger, nothing)
    assert not Duty.objects.exclude(ended="").exists()
    given = actions.answer(actor=player, duty=first.pk, text=PLAN, **here)
    for stranger in strangers:
        refused(stranger, given)
    assert (DutyAnswer.objects.count(), Duty.objects.exclude(ended="").count()) == (1, 1)
    done = [attempt() for attempt in list(end(player, given))[1:]]
    assert [getattr(one, "number", "waived") for one in done] == ["waived", 2, 1]
    given.refresh_from_db()
    assert given.text == ""


def test_what_is_owed_in_a_rehearsal_is_owed_in_somebodys(db, at):
    owed.bodies()
    for space, run in (("rehearsal", ""), ("record", "f" * 32)):
        with pytest.raises(ValueError, match="in somebody's"):
            actions.owe(new=owed.new(at), by="rule", at=at, space=space, run=run)
    one, other = invented.person(at), invented.person(at)
    duties = {owed.owe(at, space="rehearsal", whose=who).pk for who in (one, one, other)}
    assert len(duties) == 2


def test_lists_put_what_is_owed_first_and_filter_by_state(devon, centre, at):
    today = day_of(at)
    soon = owed.owe(at, "case:1/reply", due=today + 3 * DAY)
    later = owed.owe(at, "case:2/reply", subject="case:2")
    done = owed.owe(at, "case:3/reply", subject="case:3")
    gone = owed.owe(at, "case:4/reply", subject="case:4")
    actions.answer(actor=devon, duty=done.pk, text=PLAN, at=at)
    actions.waive(actor=centre, duty=gone.pk, reason="body-ended", at=at + DAY)

    assert [d.id for d in queries.duties_of(DEVON, today)] == [soon.pk, later.pk, gone.pk, done.pk]
    assert len(queries.duties_of(DEVON, today, open_only=True)) == 2
    states = {
        state: [d.id for d in queries.duties_like(today + 4 * DAY, state=state).lines]
        for state in ("owed", "due-soon", "overdue", "answered", "waived")
    }
    assert states == {
        "owed": [later.pk],
        "due-soon": [],
        "overdue": [soon.pk],
        "answered": [done.pk],
        "waived": [gone.pk],
    }
    for line in queries.duties_like(today + 4 * DAY).lines:
        assert states[line.state] == [line.id]
    with pytest.raises(NotFound):
        queries.duties_like(today, state="forgotten")
    page = queries.duties_like(today, body=DEVON, size=3)
    assert (len(page.lines), page.older_than) == (3, later.pk)
    rest = queries.duties_like(today, body=DEVON, size=3, below=page.older_than)
    assert ([d.id for d in rest.lines], rest.older_than) == ([soon.pk], None)
    assert queries.duties_like(today - DAY).lines == ()


def test_promptness_has_volume_and_certainty_and_only_its_kind(admin, at):
    today = day_of(at)
    leeds = invented.with_role(at, "officer", LEEDS, LEEDS_DOMAIN, by=admin)
    for number in range(10):
        duty = owed.owe(at, f"case:{number}/reply", body=LEEDS)
        if number < 7:
            after = 29 if number == 6 else 2
            actions.answer(actor=leeds, duty=duty.pk, text=PLAN, at=at + after * DAY)
    actions.waive(actor=admin, duty=duty.pk, reason="body-ended", at=at)
    owed.owe(at, "case:99/reply", body=DEVON)
    later = owed.owe(at, "case:98/reply", body=LEEDS, due=today + 99 * DAY)

    found = queries.promptness("metropolitan-council", today + 60 * DAY)
    (body,) = found.bodies
    assert (body.settled, body.in_time, body.late, body.overdue) == (9, 6, 1, 2)
    assert (body.not_due, body.waived, body.share) == (1, 1, 6 / 9)
    # R 4.3, binom::binom.wilson(6, 9): 0.3542, 0.8794
    assert (round(body.lower, 4), round(body.upper, 4)) == (0.3542, 0.8794)
    assert (found.all.settled, found.silent) == (9, 1)
    assert queries.promptness_of(LEEDS, today + 60 * DAY) == body
    early = queries.promptness("metropolitan-council", today + 28 * DAY).all
    assert (early.settled, early.share, early.not_due) == (0, None, 10)
    assert later.pk
    with pytest.raises(NotFound):
        queries.promptness("guild", today)


def test_lists_take_few_queries(devon, at, django_assert_num_queries):
    for number in range(5):
        owed.owe(at, f"case:{number}/reply")
    with django_assert_num_queries(2):
        queries.duties_of(DEVON, day_of(at))
    with django_assert_num_queries(1):
        queries.duties_like(day_of(at))
    with django_assert_num_queries(2):
        queries.promptness("county-council", day_of(at))


def test_a_rehearsal_can_be_forgotten(db, at):
    owed.owe(at, space="rehearsal")
    Duty.objects.filter(space="rehearsal").delete()
    assert not Duty.objects.exists()
