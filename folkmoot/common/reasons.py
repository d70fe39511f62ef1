"""Codes of reasons that acts may carry and that rules of other rooms know too. No Django."""

from __future__ import annotations

# Why an answer that is owed was waived, in words that follow "because".
WAIVERS: dict[str, str] = {
    "proposal-withdrawn": "the proposal that it was about was withdrawn",
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

# Why a proposal to step in was refused.
REFUSALS: dict[str, str] = {
    "local-matter": "this is a matter for the local people",
}
