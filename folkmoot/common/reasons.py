"""Codes of reasons that acts may carry and that rules of other rooms know too. No Django."""

from __future__ import annotations

# Why an answer that is owed was waived, in words that follow "because".
WAIVERS: dict[str, str] = {
    "proposal-withdrawn": "the proposal that it was about was withdrawn",
    "notice-lapsed": "the notice that it was about has lapsed",
    "intervention-ended": "the step that it was about has ended",
    "answered-elsewhere": "the same question is answered in another place on this site",
    "not-this-body": "another body is the one that must answer",
    "body-ended": "the body has ended and no other took its place",
    "no-error-reported": "what was sent reports no error in the figure",
}

# What was decided on a proposal to step in.
DECISIONS: dict[str, str] = {
    "go-ahead": "the step is taken",
    "do-not-step-in": "the centre does not step in: this is a matter for the local people",
}

# What a review of a step came to.
REVIEWS: dict[str, str] = {
    "goes-on": "the step goes on",
    "exit-test-met": "the test for its end is met",
    "ended-early": "the centre ended it before its time",
}

# Why a step of the centre ended.
ENDINGS: dict[str, str] = {
    "exit-test-met": "the test for its end is met",
    "time-over": "its longest time is over",
    "ended-early": "the centre ended it before its time",
}

# Why a role ended, where nobody ended it.
ROLE_ENDINGS: dict[str, str] = {
    "date-reached": "the day that was set for its end has come",
}

# Why it was taken away that somebody held an office.
HOLDER_REMOVALS: dict[str, str] = {
    "wrong-holder": "it was wrong",
    "holder-objected": "whoever it named objected",
    "court-order": "a court ordered it",
}

# Why a proposal to step in was refused.
REFUSALS: dict[str, str] = {
    "local-matter": "this is a matter for the local people",
}

# Why moderators did not accept a petition or a question, hid it, or sent it elsewhere.
MODERATION: dict[str, str] = {
    "not-a-request": "it does not ask for anything that somebody could do",
    "duplicate": "another petition asks for the same",
    "not-this-body": "another body is the one that must answer",
    "no-body-here": "no body that this site knows could answer it",
    "own-procedure": "the law gives this matter a procedure of its own",
    "one-case": "it is about the case of one person or household",
    "private-facts": "it tells private facts about a person",
    "libel": "it may be libellous",
    "sub-judice": "it is about a matter that is before a court",
    "confidential": "it holds what is confidential by law",
    "offensive": "it is offensive or abusive",
    "unlawful": "it may break the law or ask others to",
    "advertising": "it is advertising",
    "party-political": "it is for or against a party or a candidate",
    "election-period": "an election is near and it could bear on it",
    "hoax": "it is not meant in earnest",
    "staff": "it names members of staff or asks for somebody to be dismissed",
}

# What came of an appeal against such a decision.
APPEALS: dict[str, str] = {
    "appeal-upheld": "the first decision was wrong",
    "appeal-refused": "the first decision stands",
}

# What a body says became of something that it had said it would do.
COMMITMENTS: dict[str, str] = {
    "kept": "it was kept",
    "late": "it was kept, but late",
    "broken": "it was not kept",
}
