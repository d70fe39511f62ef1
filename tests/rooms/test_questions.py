"""Public questions: asked, checked, owed an answer; and everything that is refused."""

from dataclasses import replace

import pytest

from folkmoot.bodies.models import Office
from folkmoot.common.errors import BadInput, Conflict, NotAllowed, NotFound, TooOften
from folkmoot.common.models import Message, PublicAct
from folkmoot.duties.actions.answering import answer
from folkmoot.duties.actions.waiving import waive
from folkmoot.duties.models import Duty
from folkmoot.petitions.actions import questions as actions
from folkmoot.petitions.actions import questions_moderating as moderating
from folkmoot.petitions.models import Question
from folkmoot.petitions.queries_questions import (
    own_questions,
    question_file,
    questions_in,
    questions_like,
    waiting_questions,
)
from folkmoot.petitions.rules.questions import MOVES, STATES, NewQuestion
from tests.rooms import people_invented as invented
from tests.rooms.petitions_made import DAY, DEVON_PLACE, world

TEXT = "When will the glass bank at the Headingley car park be emptied each week?"


@pytest.fixture
def w(built, at):
    return world(at)


def new(w, **more):
    asked = NewQuestion(TEXT, w.area.code, w.service.slug, w.body.slug, agreed=True)
    return replace(asked, **more)


def asked(w, **more):
    return actions.ask(actor=w.creator, new=new(w, **more), at=w.at)


def through(w, **more):
    return moderating.let_through(actor=w.moderator, question=asked(w, **more).pk, at=w.at)


def test_a_question_let_through_is_public_and_owed_an_answer_once(w, today):
    row = through(w)

    duty = Duty.objects.get(key=f"question/{row.pk}")
    assert (duty.body.slug, duty.kind, duty.due) == (w.body.slug, "question", today + 28 * DAY)
    file = question_file(row.pk, today)
    assert (file.line.text, file.line.duty.id) == (TEXT, duty.pk)
    assert [line.number for line in questions_in(w.area.code, w.service.slug, today)] == [row.pk]
    act = PublicAct.objects.get(subject=f"question:{row.pk}")
    assert (act.verb, act.link) == ("let-question-through", f"/questions/{row.pk}/")
    with pytest.raises(Conflict):
        moderating.let_through(actor=w.moderator, question=row.pk, at=w.at)
    assert Duty.objects.filter(subject=f"question:{row.pk}").count() == 1


def test_nothing_is_public_before_a_moderator_has_looked(w, today):
    row = asked(w)

    with pytest.raises(NotFound):
        question_file(row.pk, today)
    assert questions_like(today=today) == ([], 0)
    assert own_questions(w.creator, w.at)[0].may_withdraw
    assert not Duty.objects.filter(subject=f"question:{row.pk}").exists()


def test_those_who_can_answer_are_written_to_and_answer_in_one_act(w, at, today):
    row = through(w)

    letter = Message.objects.get(key=f"question-asked:{row.pk}/{w.officer.pk}")
    duty = Duty.objects.get(key=row.duty)
    assert letter.to == w.officer.email
    assert f"/duties/{duty.pk}/answer/" in letter.payload["text"]

    answer(actor=w.officer, duty=duty.pk, text="From the first of December.", at=at)

    assert actions.tell_askers(at=at) == 1
    assert actions.tell_askers(at=at) == 0
    told = Message.objects.get(key=f"question-answered:{row.pk}")
    assert (told.to, f"/questions/{row.pk}/" in told.payload["text"]) == (w.creator.email, True)
    file = question_file(row.pk, today)
    assert file.answers[0].text == "From the first of December."
    assert file.line.duty.state == "answered"


def test_a_waiver_ends_it_too_and_is_told(w, at):
    row = through(w)
    duty = Duty.objects.get(key=row.duty)

    waive(actor=w.administrator, duty=duty.pk, reason="answered-elsewhere", at=at)

    assert actions.tell_askers(at=at) == 1
    letter = Message.objects.get(key=f"question-answered:{row.pk}")
    assert "waived" in letter.payload["subject"]


def test_questions_without_an_answer_keep_nobody_from_hearing_of_theirs(w):
    waits, theirs = through(w), through(w, text=f"{TEXT} And who decides?")
    duty = Duty.objects.get(key=theirs.duty)
    answer(actor=w.officer, duty=duty.pk, text="From the first of December.", at=w.at)
    assert actions.tell_askers(at=w.at, limit=1) == 1
    told = Message.objects.filter(key__startswith="question-answered:")
    assert [letter.key for letter in told] == [f"question-answered:{theirs.pk}"]
    assert Question.objects.get(pk=waits.pk).told_at is None


@pytest.mark.parametrize("who", ["stranger", "officer", "administrator", "creator", None])
def test_only_a_moderator_of_the_body_or_the_site_lets_through(w, who):
    row = asked(w)

    with pytest.raises(NotAllowed):
        moderating.let_through(actor=getattr(w, who) if who else None, question=row.pk, at=w.at)
    assert Question.objects.get(pk=row.pk).state == "moderation"


def test_nobody_moderates_what_they_asked_themselves(w):
    row = actions.ask(actor=w.moderator, new=new(w), at=w.at)

    with pytest.raises(NotAllowed):
        moderating.let_through(actor=w.moderator, question=row.pk, at=w.at)


def test_what_is_not_accepted_says_why_and_shows_no_words(w, today):
    row = asked(w)
    moderating.reject(actor=w.moderator, question=row.pk, reason="private-facts", at=w.at)

    line = question_file(row.pk, today).line
    assert (line.text, line.reason) == ("", "private-facts")
    assert "private facts" in line.says
    letter = Message.objects.get(key=f"question-rejected:{row.pk}")
    assert "health, family" in letter.payload["text"]
    with pytest.raises(Conflict):
        moderating.let_through(actor=w.moderator, question=row.pk, at=w.at)


def test_a_reason_that_is_not_published_is_refused(w):
    row = asked(w)

    for reason in ("duplicate", "because", ""):
        with pytest.raises(BadInput):
            moderating.reject(actor=w.moderator, question=row.pk, reason=reason, at=w.at)


def test_an_appeal_is_decided_by_another_moderator_of_the_site(w, today):
    row = asked(w)
    moderating.reject(actor=w.site, question=row.pk, reason="hoax", at=w.at)
    actions.appeal(actor=w.creator, question=row.pk, text="I mean it.", at=w.at + 27 * DAY)
    later = w.at + 28 * DAY

    for who in (w.site, w.moderator, w.officer, w.creator):
        with pytest.raises(NotAllowed):
            moderating.decide_appeal(actor=who, question=row.pk, upheld=True, at=later)
    assert [one.step for one in waiting_questions(w.second, today)] == ["appeal"]
    assert waiting_questions(w.site, today) == []

    done = moderating.decide_appeal(actor=w.second, question=row.pk, upheld=True, at=later)

    assert (done.state, done.appeal_text) == ("asked", "")
    assert Duty.objects.filter(key=done.duty).count() == 1
    with pytest.raises(Conflict):
        actions.appeal(actor=w.creator, question=row.pk, text="Again.", at=later)


def test_the_clock_of_a_decision_runs_since_it_was_asked_for(w):
    row = asked(w)
    moderating.reject(actor=w.site, question=row.pk, reason="hoax", at=w.at + DAY)
    actions.appeal(actor=w.creator, question=row.pk, text="I mean it.", at=w.at + 2 * DAY)
    moderating.decide_appeal(actor=w.second, question=row.pk, upheld=True, at=w.at + 4 * DAY)
    moderating.hide(actor=w.moderator, question=row.pk, reason="libel", at=w.at + 5 * DAY)

    # Nobody asked for the last.
    clocks = [((one.since - w.at) / DAY, (one.at - w.at) / DAY) for one in row.decisions.all()]
    assert clocks == [(0, 1), (2, 4), (5, 5)]
    row.refresh_from_db()
    assert row.decided_at == w.at + 5 * DAY


def test_an_appeal_has_its_time_and_its_owner(w):
    row = asked(w)
    moderating.reject(actor=w.site, question=row.pk, reason="hoax", at=w.at)

    with pytest.raises(Conflict):
        actions.appeal(actor=w.creator, question=row.pk, text="Late.", at=w.at + 29 * DAY)
    with pytest.raises(NotAllowed):
        actions.appeal(actor=w.officer, question=row.pk, text="Not mine.", at=w.at)
    with pytest.raises(BadInput):
        actions.appeal(actor=w.creator, question=row.pk, text=" ", at=w.at)


def test_hiding_hides_the_words_and_the_answer_stays_owed(w, today):
    row = through(w)
    moderating.hide(actor=w.moderator, question=row.pk, reason="libel", at=w.at)

    line = question_file(row.pk, today).line
    assert (line.text, line.duty.open) == ("", True)
    assert questions_in(w.area.code, w.service.slug, today) == []

    with pytest.raises(Conflict):
        moderating.let_through(actor=w.moderator, question=row.pk, at=w.at)
    moderating.unhide(actor=w.moderator, question=row.pk, at=w.at)
    assert question_file(row.pk, today).line.text == TEXT
    assert Duty.objects.filter(subject=f"question:{row.pk}").count() == 1


def test_each_hiding_is_a_decision_of_which_the_asker_is_told_and_may_appeal(w, today):
    row = through(w)
    for hidden in (1, 2):
        moderating.hide(actor=w.moderator, question=row.pk, reason="libel", at=w.at)
        last = row.decisions.last()
        assert (last.outcome, last.reason, last.since) == ("hidden", "libel", w.at)
        letters = Message.objects.filter(key__startswith=f"question-hidden:{row.pk}/")
        assert letters.count() == hidden
        letter = letters.latest("pk")
        assert (letter.to, "harms their name" in letter.payload["text"]) == (w.creator.email, True)
        assert own_questions(w.creator, w.at)[0].may_appeal
        actions.appeal(actor=w.creator, question=row.pk, text="It is true.", at=w.at)
        assert not own_questions(w.creator, w.at)[0].may_appeal
        moderating.decide_appeal(actor=w.site, question=row.pk, upheld=True, at=w.at)
        assert question_file(row.pk, today).line.text == TEXT

    assert Duty.objects.filter(subject=f"question:{row.pk}").count() == 1
    assert Message.objects.filter(key__startswith=f"question-shown:{row.pk}/").count() == 2
    verbs = PublicAct.objects.filter(subject=f"question:{row.pk}").values_list("verb", flat=True)
    assert sorted(verbs)[-3:] == ["hide-question"] * 2 + ["let-question-through"]


def test_whoever_hid_it_does_not_decide_on_the_appeal_and_a_refusal_of_it_is_final(w, today):
    row = through(w)
    moderating.hide(actor=w.site, question=row.pk, reason="libel", at=w.at)
    with pytest.raises(Conflict):
        actions.appeal(actor=w.creator, question=row.pk, text="Late.", at=w.at + 29 * DAY)
    actions.appeal(actor=w.creator, question=row.pk, text="It is true.", at=w.at + 28 * DAY)

    with pytest.raises(NotAllowed):
        moderating.decide_appeal(actor=w.site, question=row.pk, upheld=True, at=w.at)
    assert [one.line.number for one in waiting_questions(w.second, today)] == [row.pk]
    moderating.decide_appeal(actor=w.second, question=row.pk, upheld=False, at=w.at)

    assert question_file(row.pk, today).line.text == ""
    with pytest.raises(Conflict):
        actions.appeal(actor=w.creator, question=row.pk, text="Once more.", at=w.at)


def test_what_is_not_accepted_shows_its_words_where_they_harm_nobody_and_can_be_hidden(w, today):
    row = asked(w)
    moderating.reject(actor=w.moderator, question=row.pk, reason="hoax", at=w.at)
    assert question_file(row.pk, today).line.text == TEXT

    moderating.hide(actor=w.moderator, question=row.pk, reason="libel", at=w.at)
    assert question_file(row.pk, today).line.text == ""
    with pytest.raises(Conflict):
        moderating.reject(actor=w.moderator, question=row.pk, reason="hoax", at=w.at)
    back = moderating.unhide(actor=w.site, question=row.pk, at=w.at)
    assert (back.state, back.reason, back.duty) == ("rejected", "hoax", "")

    # Its reason stays the one that it was refused for, however often it is hidden and appealed.
    actions.appeal(actor=w.creator, question=row.pk, text="It is earnest.", at=w.at)
    moderating.decide_appeal(actor=w.second, question=row.pk, upheld=False, at=w.at)
    for _again in range(2):
        moderating.hide(actor=w.moderator, question=row.pk, reason="libel", at=w.at)
        back = moderating.unhide(actor=w.site, question=row.pk, at=w.at)
        assert (back.state, back.reason) == ("rejected", "hoax")
    assert question_file(row.pk, today).line.text == TEXT


def test_hiding_and_showing_again_ends_no_appeal_that_was_asked_for_before(w, today):
    row, hour = asked(w), DAY / 24
    moderating.reject(actor=w.moderator, question=row.pk, reason="hoax", at=w.at)
    actions.appeal(actor=w.creator, question=row.pk, text="It is earnest.", at=w.at)
    moderating.hide(actor=w.moderator, question=row.pk, reason="libel", at=w.at + hour)
    moderating.unhide(actor=w.moderator, question=row.pk, at=w.at + 2 * hour)
    assert [one.appeal for one in waiting_questions(w.second, today)] == ["It is earnest."]

    back = moderating.decide_appeal(actor=w.second, question=row.pk, upheld=True, at=w.at + DAY)
    assert back.state == "asked"
    # One against being hidden is settled by showing it again.
    moderating.hide(actor=w.moderator, question=row.pk, reason="libel", at=w.at + DAY)
    actions.appeal(actor=w.creator, question=row.pk, text="It is true.", at=w.at + 2 * DAY)
    moderating.unhide(actor=w.moderator, question=row.pk, at=w.at + 2 * DAY)
    assert waiting_questions(w.second, today) == []


def test_the_words_of_a_hidden_question_are_erased_for_law_by_the_site_for_good(w, today):
    name = invented.FAKE.name()
    row = through(w, name=name, name_shown=True)
    erasing = {"question": row.pk, "reason": "court-order", "at": w.at}
    with pytest.raises(Conflict):
        moderating.erase_question(actor=w.site, **erasing)
    moderating.hide(actor=w.moderator, question=row.pk, reason="libel", at=w.at)
    for who in (w.moderator, w.officer, w.creator, w.stranger, None):
        with pytest.raises(NotAllowed):
            moderating.erase_question(actor=who, **erasing)
    with pytest.raises(BadInput):
        moderating.erase_question(actor=w.site, **{**erasing, "reason": "because"})

    moderating.erase_question(actor=w.administrator, **erasing)

    row.refresh_from_db()
    assert (row.text, row.asker_name, row.name_shown, row.state) == ("", "", False, "hidden")
    assert "were erased" in question_file(row.pk, today).line.says
    act = PublicAct.objects.get(verb="erase-question")
    assert (act.subject, act.reason) == (f"question:{row.pk}", "court-order")
    assert Duty.objects.get(key=row.duty).ended == ""
    assert Message.objects.filter(key=f"question-erased:{row.pk}").exists()
    for undo in (
        lambda: moderating.unhide(actor=w.site, question=row.pk, at=w.at),
        lambda: actions.appeal(actor=w.creator, question=row.pk, text="Back.", at=w.at),
        lambda: moderating.erase_question(actor=w.site, **erasing),
    ):
        with pytest.raises(Conflict):
            undo()


@pytest.mark.parametrize("who", ["stranger", "officer", "administrator", "creator", None])
def test_only_a_moderator_of_the_body_or_the_site_hides_and_shows(w, who):
    row, actor = through(w), getattr(w, who) if who else None

    with pytest.raises(NotAllowed):
        moderating.hide(actor=actor, question=row.pk, reason="libel", at=w.at)
    moderating.hide(actor=w.moderator, question=row.pk, reason="libel", at=w.at)
    with pytest.raises(NotAllowed):
        moderating.unhide(actor=actor, question=row.pk, at=w.at)


def test_a_question_is_taken_back_only_before_it_is_public(w):
    row = asked(w)
    with pytest.raises(NotAllowed):
        actions.withdraw(actor=w.officer, question=row.pk, at=w.at)
    assert actions.withdraw(actor=w.creator, question=row.pk, at=w.at).state == "withdrawn"

    with pytest.raises(Conflict):
        actions.withdraw(actor=w.creator, question=through(w).pk, at=w.at)


def test_every_fault_is_named_at_once(w):
    with pytest.raises(BadInput) as refused:
        asked(w, text="Why?", agreed=False, name="x" * 101, place="")
    assert {fault.where for fault in refused.value.faults} == {"text", "agreed", "name", "place"}


def test_only_those_who_answer_for_the_matter_can_be_asked(w):
    with pytest.raises(BadInput) as refused:
        asked(w, body=w.other_body.slug)
    assert refused.value.faults[0].where == "body"
    with pytest.raises(BadInput) as refused:
        asked(w, office="keeper-of-the-swans")
    assert refused.value.faults[0].where == "office"
    with pytest.raises(NotFound):
        asked(w, service="magic")
    # A county has no say in how many homes are built: its districts plan for them.
    with pytest.raises(BadInput) as refused:
        asked(w, place=DEVON_PLACE, service="housing-supply", body=w.other_body.slug)
    assert refused.value.faults[0].where == "body"


def test_an_office_that_is_no_more_is_not_asked(w, today):
    office = Office.objects.filter(body=w.body, ended=None).first()
    assert asked(w, office=office.slug).office == office.slug
    Office.objects.filter(pk=office.pk).update(ended=today - DAY)
    with pytest.raises(BadInput) as refused:
        asked(w, office=office.slug)
    assert refused.value.faults[0].where == "office"


def test_five_a_day(w):
    for _ in range(5):
        asked(w)
    with pytest.raises(TooOften):
        asked(w)
    assert actions.ask(actor=w.creator, new=new(w), at=w.at + DAY).pk


def test_a_name_is_shown_only_if_asked(w, today):
    name = invented.FAKE.name()

    assert question_file(through(w, name=name).pk, today).line.asker == ""
    assert question_file(through(w, name=name, name_shown=True).pk, today).line.asker == name


def test_lists_go_on_where_they_ended(w, today):
    numbers = [through(w).pk for _ in range(3)]

    first, onward = questions_like(place=w.area.code, today=today, size=2)
    rest, end = questions_like(place=w.area.code, today=today, before=onward, size=2)

    assert [line.number for line in first + rest] == numbers[::-1]
    assert end == 0


def test_the_states_lead_to_each_other_only():
    assert set(MOVES) == set(STATES)
    assert {state for to in MOVES.values() for state in to} | {"moderation"} == set(STATES)
