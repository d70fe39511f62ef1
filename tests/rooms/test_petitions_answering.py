"""Answers to petitions: by whom, of what, and what became of what was promised."""

import datetime as dt

import pytest

from folkmoot.bodies.models import Body
from folkmoot.common.errors import BadInput, Conflict, NotAllowed, NotFound
from folkmoot.common.models import Message, PublicAct
from folkmoot.duties import actions as duties
from folkmoot.duties.models import DutyAnswer
from folkmoot.people.models import Person
from folkmoot.people.queries import day_of
from folkmoot.people.rules import ROLES, SITE
from folkmoot.petitions import queries_answers as queries
from folkmoot.petitions.actions.answering import answer_petition, mark_commitment
from folkmoot.petitions.actions.telling import remind
from folkmoot.petitions.models import Commitment, CommitmentMark, PetitionAnswer
from folkmoot.petitions.rules import limits
from folkmoot.petitions.rules.answering import NewCommitment, Tally, parts_of
from folkmoot.petitions.rules.states import HIDDEN
from tests.rooms import people_invented as invented
from tests.rooms import petitions_made as made
from tests.rooms.duties_owed import DFE, DFE_DOMAIN
from tests.rooms.people_invented import DEVON, DEVON_DOMAIN, LEEDS, LEEDS_DOMAIN
from tests.rooms.petitions_answered import DAY, DECIDED, NEXT, WHY, answered, owed

OFFICE = f"{LEEDS}/chief-executive"


@pytest.fixture
def w(db, at):
    return made.world(at)


@pytest.fixture
def petition(w):
    return made.petition(w, signed=40)


@pytest.fixture
def duty(petition, at):
    return owed(petition, at)


def acts(verb):
    return list(
        PublicAct.objects.filter(verb=verb)
        .order_by("pk")
        .values_list("office", "subject", "reason", "link")
    )


def test_an_answer_is_published_with_its_outcome_and_its_commitments(w, petition, duty, at):
    given = answered(w.officer, duty, at + 3 * DAY)

    (line,) = queries.answers_of(petition.pk, day_of(at) + 3 * DAY)
    assert line.answer.text == (
        f"What was decided\n{DECIDED}\n\nWhy\n{WHY}\n\nWhat happens next\n{NEXT}\n\n"
        "- By 25 January 2027: Put up a second bank."
    )
    assert (line.outcome_words, line.in_time, line.answer.office) == (
        "Agreed in part",
        True,
        OFFICE,
    )
    (promised,) = line.commitments
    assert (promised.text, promised.due, promised.state) == (
        "Put up a second bank.",
        dt.date(2027, 1, 25),
        "due",
    )
    assert promised.says == "Due by 25 January 2027; 60 days left."
    assert promised.path == f"/petitions/{petition.pk}/commitments/{promised.id}/"
    assert acts("answer-duty") == [(OFFICE, f"duty:{duty.pk}", "", f"/duties/{duty.pk}/")]
    duty.refresh_from_db()
    assert (duty.ended, given.petition_id) == ("answered", petition.pk)
    with pytest.raises(Conflict, match="answered already"):
        answered(w.officer, duty, at + 4 * DAY)
    assert PetitionAnswer.objects.count() == Commitment.objects.count() == 1


def test_every_fault_of_an_answer_is_told_at_once_and_nothing_is_kept(w, duty, at):
    today = day_of(at)
    with pytest.raises(BadInput) as refused:
        answered(
            w.officer,
            duty,
            at,
            outcome="perhaps",
            decided=" \n ",
            why="x" * (limits.ANSWER_PART + 1),
            next_steps="",
            commitments=[
                NewCommitment("", today),
                NewCommitment("Soon.", today - DAY),
                NewCommitment("Some day.", None),
            ],
        )
    assert [fault.where for fault in refused.value.faults] == [
        "outcome", "decided", "why", "commitment-1", "due-2", "due-3",
    ]  # fmt: skip
    for more in (
        {"next_steps": "", "commitments": []},
        {"commitments": [NewCommitment("One.", today)] * (limits.COMMITMENTS + 1)},
    ):
        with pytest.raises(BadInput):
            answered(w.officer, duty, at, **more)
    assert not DutyAnswer.objects.exists()
    assert not PetitionAnswer.objects.exists()
    duty.refresh_from_db()
    assert duty.ended == ""


def test_without_commitments_the_next_steps_are_enough(w, petition, duty, at):
    answered(w.officer, duty, at, outcome="not-agreed", commitments=[])

    (line,) = queries.answers_of(petition.pk, day_of(at))
    assert line.commitments == ()
    assert line.answer.text.endswith(f"What happens next\n{NEXT}")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_answer_and_who_may_mark(w, petition, at, role):
    """For every role: at the body that owes, at another council, at a central department."""
    site = role == "administrator"
    places = {LEEDS: LEEDS_DOMAIN, DEVON: DEVON_DOMAIN, DFE: DFE_DOMAIN}
    may_answer, may_mark = set(), set()
    kinds = ("petition-answer", "petition-hearing", "petition-debate")
    for kind, (body, domain) in zip(kinds, places.items(), strict=True):
        at_body = (SITE, "example.org") if site else (body, domain)
        who = invented.with_role(at, role, *at_body, by=w.administrator)
        duty = owed(petition, at, kind)
        try:
            given = answered(who, duty, at)
            may_answer.add(body)
        except NotAllowed:
            given = answered(w.officer, duty, at)
        try:
            mark_commitment(
                actor=who, commitment=given.commitments.get().pk, mark="kept", as_="body", at=at
            )
            may_mark.add(body)
        except NotAllowed:
            pass

    # The centre may for its own body, and so at Leeds as if Leeds were one, but for no other.
    expected = {LEEDS} if role in {"officer", "representative", "centre"} else set()
    assert (may_answer, may_mark) == (expected, expected)


def test_a_central_department_answers_what_it_is_asked_itself(w, at):
    invented.known(DFE, "permanent-secretary")
    petition = made.petition(w, body=Body.objects.get(slug=DFE))
    own = invented.with_role(at, "centre", DFE, DFE_DOMAIN, by=w.administrator)
    duty = owed(petition, at)

    assert remind(today=day_of(at), at=at) == 1
    assert Message.objects.get(key__startswith=f"answer-owed:{duty.pk}:").to == own.email
    with pytest.raises(NotAllowed):
        answered(w.officer, duty, at)
    given = answered(own, duty, at)
    mark_commitment(
        actor=own, commitment=given.commitments.get().pk, mark="kept", as_="body", at=at
    )

    (line,) = queries.answers_of(petition.pk, day_of(at))
    assert line.answer.office.startswith(f"{DFE}/")


def test_a_representative_answers_for_their_own_office_only(w, at):
    petition = made.petition(w, office="leader")
    duty = owed(petition, at)
    other = invented.with_role(at, "representative", office="mayor", by=w.administrator)
    own = invented.with_role(at, "representative", office="leader", by=w.administrator)
    with pytest.raises(NotAllowed):
        answered(other, duty, at)
    given = answered(own, duty, at)
    promised = given.commitments.get().pk
    with pytest.raises(NotAllowed):
        mark_commitment(actor=other, commitment=promised, mark="kept", as_="body", at=at)
    said = mark_commitment(actor=own, commitment=promised, mark="kept", as_="body", at=at)
    assert said.office == f"{LEEDS}/leader"


def test_nobody_else_answers_and_only_what_a_petition_makes_owed(w, duty, at):
    for actor in (None, Person(email="nobody@example.org"), w.creator, w.stranger, w.moderator):
        with pytest.raises(NotAllowed):
            answered(actor, duty, at)
    other = owed(made.petition(w), at, key="report:1", kind="report", subject="release:a/1/1")
    with pytest.raises(NotFound):
        answered(w.officer, other, at)
    with pytest.raises(NotFound):
        answer_petition(
            actor=w.officer, duty=99999, outcome="noted", decided="a", why="b", next_steps="c",
            commitments=[], at=at,
        )  # fmt: skip


def test_a_correction_stands_beside_the_answer_and_words_may_be_withdrawn(w, petition, duty, at):
    answered(w.officer, duty, at)
    duties.correct(actor=w.officer, duty=duty.pk, text="Each Thursday.", at=at + DAY)

    (line,) = queries.answers_of(petition.pk, day_of(at) + DAY)
    assert DECIDED in line.answer.text
    assert [(c.number, c.text) for c in line.corrections] == [(2, "Each Thursday.")]
    duties.withdraw_answer(
        actor=w.officer, answer=line.answer.id, reason="personal-data", at=at + DAY
    )
    (line,) = queries.answers_of(petition.pk, day_of(at) + DAY)
    assert (line.answer.withdrawn, line.answer.text) == (True, "")
    assert [each.text for each in line.commitments] == [""]
    assert queries.commitments_of_body(LEEDS, day_of(at)).lines[0].text == ""


def mark(actor, commitment, what, as_, at):
    return mark_commitment(actor=actor, commitment=commitment.pk, mark=what, as_=as_, at=at)


def test_the_body_and_the_creator_each_say_what_became_of_a_commitment(w, petition, duty, at):
    promised = answered(w.officer, duty, at).commitments.get()
    later = at + 61 * DAY

    def line(day):
        return queries.commitment_line(petition.pk, promised.pk, day)

    assert line(promised.due).says == "Due today."
    assert line(day_of(later)).state == "overdue"
    assert line(day_of(later)).says == "Overdue since 22 January 2027; 1 day late."

    mark(w.officer, promised, "late", "body", later)
    assert line(day_of(later)).state == "late"
    mark(w.creator, promised, "broken", "creator", later + DAY)
    seen = line(day_of(later) + DAY)
    assert (seen.state, seen.body.mark, seen.creator.mark) == ("disputed", "late", "broken")
    mark(w.officer, promised, "broken", "body", later + 2 * DAY)
    seen = line(day_of(later) + 2 * DAY)
    assert (seen.state, seen.body.words) == ("broken", "Not kept")
    assert [(each.by, each.mark, each.office) for each in seen.marks] == [
        ("body", "late", OFFICE),
        ("creator", "broken", ""),
        ("body", "broken", OFFICE),
    ]
    # Only what the body says is an act of an office; it holds codes and no person.
    assert acts("mark-commitment") == [
        (OFFICE, f"commitment:{promised.pk}", "late", seen.path),
        (OFFICE, f"commitment:{promised.pk}", "broken", seen.path),
    ]


def test_the_same_mark_again_changes_nothing(w, duty, at):
    promised = answered(w.officer, duty, at).commitments.get()
    for _ in range(2):
        mark(w.officer, promised, "kept", "body", at + DAY)
    assert CommitmentMark.objects.count() == len(acts("mark-commitment")) == 1


def test_what_cannot_be_known_yet_is_not_said(w, duty, at):
    promised = answered(w.officer, duty, at).commitments.get()
    last_day = at + 60 * DAY
    for actor, as_, what in (
        (w.officer, "body", "late"),
        (w.creator, "creator", "late"),
        (w.creator, "creator", "broken"),
        (w.officer, "body", "done"),
    ):
        with pytest.raises(BadInput):
            mark(actor, promised, what, as_, last_day)
    # The body may say at once that it will not do it, and anybody that it is done.
    mark(w.creator, promised, "kept", "creator", at)
    assert mark(w.officer, promised, "broken", "body", at).mark == "broken"


def test_nobody_marks_as_somebody_else(w, duty, at):
    promised = answered(w.officer, duty, at).commitments.get()
    for actor, as_ in (
        (None, "body"), (None, "creator"), (w.officer, "creator"), (w.creator, "body"),
        (w.stranger, "body"), (w.moderator, "body"), (w.creator, "neighbour"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            mark(actor, promised, "kept", as_, at)
    w.creator.delete()
    with pytest.raises(NotAllowed):
        mark(Person(), promised, "kept", "creator", at)
    with pytest.raises(NotFound):
        mark_commitment(actor=w.officer, commitment=9999, mark="kept", as_="body", at=at)


def test_as_whom_somebody_may_mark(w, petition, duty, at):
    promised = answered(w.officer, duty, at).commitments.get().pk
    today = day_of(at)
    assert queries.marks_as(w.officer, promised, today) == ("body",)
    assert queries.marks_as(w.creator, promised, today) == ("creator",)
    for nobody in (None, w.stranger, w.moderator):
        assert queries.marks_as(nobody, promised, today) == ()
    petition.creator = w.officer
    petition.save()
    assert queries.marks_as(w.officer, promised, today) == ("body", "creator")


def test_commitments_of_a_body_are_counted_and_set_beside_its_own_kind(w, petition, at):
    today, later = day_of(at), at + 100 * DAY
    days = [10, 20, 30, 40, 200]
    given = answered(
        w.officer,
        owed(petition, at),
        at,
        commitments=[NewCommitment(f"In {days} days.", today + days * DAY) for days in days],
    )
    first, second, third, *_ = given.commitments.order_by("number")
    mark(w.officer, first, "kept", "body", later)
    mark(w.officer, second, "late", "body", later)
    mark(w.officer, third, "kept", "body", later)
    mark(w.creator, third, "broken", "creator", later)
    other = made.body("sheffield-city-council", "Sheffield City Council", w.body.kind, w.area)
    theirs = made.petition(w, body=other)
    by = invented.with_role(at, "officer", other.slug, "sheffield.gov.uk", by=w.administrator)
    mark(by, answered(by, owed(theirs, at), at).commitments.get(), "broken", "body", at)
    of_devon = made.petition(w, body=w.other_body)
    answered(w.stranger, owed(of_devon, at), at)

    found = queries.commitments_of_body(LEEDS, day_of(later))
    assert found.tally == Tally(due=1, overdue=1, kept=1, late=1, disputed=1)
    assert (found.tally.all, found.tally.ended) == (5, 3)
    assert [line.state for line in found.lines] == ["overdue", "due", "kept", "late", "disputed"]
    assert {line.petition_heading for line in found.lines} == {petition.title}

    kind = queries.commitments_of_kind(w.body.kind, day_of(later))
    assert [(one.name, one.tally.all) for one in kind.bodies] == [
        ("Leeds City Council", 5),
        ("Sheffield City Council", 1),
    ]
    assert kind.all == Tally(due=1, overdue=1, kept=1, late=1, broken=1, disputed=1)
    assert queries.commitments_of_body(DEVON, day_of(later)).tally == Tally(overdue=1)
    with pytest.raises(NotFound):
        queries.commitments_of_body("atlantis-council", today)


def test_a_hidden_title_is_not_shown_beside_a_commitment(w, at):
    petition = made.petition(w, HIDDEN)
    promised = answered(w.officer, owed(petition, at), at).commitments.get()
    line = queries.commitment_line(petition.pk, promised.pk, day_of(at))
    assert line.petition_heading == f"Petition {petition.pk}"


def test_the_questions_of_a_page_are_few(w, petition, at, django_assert_num_queries):
    for kind in ("petition-answer", "petition-hearing", "petition-debate"):
        answered(w.officer, owed(petition, at, kind), at)
    with django_assert_num_queries(4):
        assert len(queries.answers_of(petition.pk, day_of(at))) == 3
    with django_assert_num_queries(4):
        queries.commitments_of_body(LEEDS, day_of(at))
    with django_assert_num_queries(2):
        queries.commitments_of_kind(w.body.kind, day_of(at))


def test_pages_show_the_parts_of_an_answer_and_what_was_promised_apart(w, petition, duty, at):
    tricky = "As asked.\n\nWhy\nnot.\n\nWhat happens next\nis open."
    answered(w.officer, duty, at, decided=tricky, next_steps="")
    (line,) = queries.answers_of(petition.pk, day_of(at))
    shown = "\n".join(part for parts in line.parts for part in parts)
    # However it is written, no word is lost but what was promised, which stands by itself.
    assert shown.split() == line.answer.text.rpartition("- By")[0].split()
    assert parts_of("It is 32.", "") == (("", "It is 32."),)
