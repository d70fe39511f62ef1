"""The life of a petition: its states, the moves between them, and the reasons. No Django."""

from __future__ import annotations

DRAFT = "draft"
SPONSORS = "sponsors"
MODERATION = "moderation"
OPEN = "open"
CLOSED = "closed"
REJECTED = "rejected"
HIDDEN = "hidden"
WITHDRAWN = "withdrawn"
MERGED = "merged"
REFERRED = "referred"

# States with their words on pages.
STATES: dict[str, str] = {
    DRAFT: "Being written",
    SPONSORS: "Gathering sponsors",
    MODERATION: "Being checked",
    OPEN: "Open for signatures",
    CLOSED: "Closed",
    REJECTED: "Not accepted",
    HIDDEN: "Hidden",
    WITHDRAWN: "Withdrawn by its creator",
    MERGED: "Joined with another petition",
    REFERRED: "Passed to the body that answers for it",
}

# From each state, where a petition may go. Nothing else ever happens.
MOVES: dict[str, frozenset[str]] = {
    DRAFT: frozenset({SPONSORS, WITHDRAWN}),
    SPONSORS: frozenset({MODERATION, WITHDRAWN}),
    MODERATION: frozenset({OPEN, REJECTED, HIDDEN, MERGED, REFERRED, WITHDRAWN}),
    OPEN: frozenset({CLOSED, HIDDEN, WITHDRAWN, MERGED, REFERRED}),
    CLOSED: frozenset({HIDDEN}),
    # An appeal that is upheld sends a petition back to be opened.
    REJECTED: frozenset({OPEN, HIDDEN}),
    # What was hidden by mistake goes back to what it was.
    HIDDEN: frozenset({MODERATION, OPEN, CLOSED, REJECTED, WITHDRAWN, MERGED, REFERRED}),
    WITHDRAWN: frozenset({HIDDEN}),
    # An appeal that is upheld opens one that was joined or passed on.
    MERGED: frozenset({HIDDEN, OPEN}),
    REFERRED: frozenset({HIDDEN, OPEN}),
}

# States to which moderators brought a petition against its creator's wish: each may be appealed
# against.
REFUSED = frozenset({REJECTED, HIDDEN, MERGED, REFERRED})
# States whose title may be shown to everybody.
LISTED = frozenset({OPEN, CLOSED, REJECTED, WITHDRAWN, MERGED, REFERRED, HIDDEN})
# States in which the whole text is shown to everybody (unless it is marked as hidden).
READABLE = frozenset({OPEN, CLOSED, MERGED, REFERRED, WITHDRAWN, REJECTED})
# States in which somebody may sign: sponsors first, everybody once it is open.
SIGNABLE = frozenset({SPONSORS, OPEN})


def may_move(old: str, new: str) -> bool:
    """Whether a petition in the state ``old`` may go to ``new``."""
    return new in MOVES[old]
