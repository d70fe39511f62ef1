"""Every number of the life of a petition, in one place. No Django, no clock."""

from __future__ import annotations

import datetime as dt

from folkmoot.people import retention

# Longest text of each part, in characters.
TITLE = 100
BACKGROUND = 500
DETAIL = 1_500
QUESTION = 500
COMMITMENT = 300
APPEAL = 1_500
ANSWER_PART = 5_000
NAME = 100
# Shortest, in characters.
TITLE_LEAST = 10
BACKGROUND_LEAST = 20
NAME_LEAST = 2
APPEAL_LEAST = 20
QUESTION_LEAST = 15

SPONSORS_NEEDED = 5
SPONSORS_WITHIN = dt.timedelta(days=21)
# What moderators promise: to decide within this long.
MODERATION_WITHIN = dt.timedelta(days=7)
APPEAL_DECIDED_WITHIN = dt.timedelta(days=28)
# Whoever was refused may appeal for so long.
APPEAL_ASKED_WITHIN = retention.WHO_DECIDED.after
# How long a petition may be open, in days: what may be chosen, and what stands in the form first.
TERMS = (30, 90, 180, 365)
USUAL_TERM = 180
# At most this many names for one address of mail, and only with the same postcode.
NAMES_PER_ADDRESS = 2
CONFIRM_WITHIN = retention.UNCONFIRMED_SIGNATURES.after
CODE_DIGITS = 6
CODE_TRIES = 5
# Counts of fewer people than this are not shown for a place or a day.
SMALLEST_SHOWN = 5
# So many more people must have signed before the table of places is made anew.
PLACES_RENEWED_AFTER = 25
# Days before an answer is due on which the body is reminded; and each week when it is overdue.
REMIND_BEFORE = (14, 3)
# Commitments in one answer, and how far ahead the last day of one may be.
COMMITMENTS = 10
COMMITMENT_WITHIN = dt.timedelta(days=5 * 366)
# Paper: rows and bytes of one file, and how long after a petition closed sheets may be taken in.
PAPER_ROWS = 5_000
# Fewer people than this would show by the count whether one of them has signed online: such a file
# is taken in by a moderator of the site, and not by the body that is asked.
PAPER_LEAST = 10
PAPER_BYTES = 400_000
PAPER_WITHIN = dt.timedelta(days=28)
