"""The public record: acts of offices, written once and never changed.

An act holds keys and codes only. It has no room for free text or personal data: words that
explain it live apart in a note, which can be withdrawn for law and leaves a tombstone. The
record of an act is therefore never in the way of a lawful erasure, and never broken by one.

Canonical form: the fields of the act, a version and a nonce as JSON with sorted keys, no
spaces, in UTF-8; times in UTC with microseconds and a final Z. ``sha256`` is the digest of
those bytes. The nonce (128 random bits) makes two acts with equal fields two different acts
with two digests, so a digest names one act. A digest does not depend on other acts, so acts
can be written at the same moment without waiting for one another; a chain can be laid over
them later, in the order of their numbers, from the digests alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import transaction

from folkmoot.common import reasons
from folkmoot.common.errors import BadInput, Conflict, Fault
from folkmoot.common.models import ActNote, PublicAct, Removal

CANONICAL_VERSION = 1
MAX_NOTE_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class Verb:
    """What an office may do in public: how it reads, and the reasons that may be given."""

    words: str
    reasons: frozenset[str] = frozenset()
    needs_reason: bool = False


# Reasons for which a note may be withdrawn, with the words that stand in its place.
WITHDRAWAL_REASONS = {
    "personal-data": "it held personal data that may no longer be shown",
    "court-order": "a court ordered it",
    "defamation": "it may have been defamatory",
    "copyright": "it used work that belongs to someone else",
    "published-in-error": "it was published by mistake",
}

# Those that a law or a court gives. A mistake is put right by a correction beside what was said.
LEGAL_REASONS = {
    code: words for code, words in WITHDRAWAL_REASONS.items() if code != "published-in-error"
}

# The kinds of fault that can be accepted: the same codes as the catalogue's.
FAULT_KINDS = {
    "unknown-area": "rows name places that no look-up knows",
    "bad-number": "rows hold something that is not a number",
    "bad-period": "rows hold a period that cannot be read",
    "impossible-interval": "rows hold limits that do not contain their value",
    "impossible-value": "rows hold a value that cannot be",
    "conflicting-key": "rows repeat a place and period with different values",
    "unknown-status": "rows hold a mark that the publisher does not explain",
    "known-wrong": "rows are known to be wrong and are left out",
    "missing-measure": "rows of a measure are missing",
}

VERBS: dict[str, Verb] = {
    "publish-release": Verb("published a release"),
    "hold-release": Verb("held a release because of its faults"),
    "load-postcodes": Verb("loaded an official postcode directory"),
    "import-holders": Verb("recorded who holds the offices of a body"),
    "remove-holder": Verb(
        "took away that somebody held an office",
        frozenset(reasons.HOLDER_REMOVALS),
        needs_reason=True,
    ),
    "import-archive": Verb("took in an archive of petitions made on another site"),
    "accept-fault": Verb("accepted a fault", frozenset(FAULT_KINDS), needs_reason=True),
    "grant-role": Verb("granted a role to an office"),
    "end-role": Verb("ended a role of an office", frozenset(reasons.ROLE_ENDINGS)),
    "verify-domain": Verb("verified that a domain belongs to a body"),
    "end-domain": Verb("ended a body's use of a domain"),
    "adopt-framework": Verb("put a version of the operating framework into use"),
    "owe-answer": Verb("made an answer owed"),
    "answer-duty": Verb("gave an answer that was owed"),
    "correct-answer": Verb("put a correction beside an answer"),
    "withdraw-answer": Verb(
        "withdrew the words of an answer", frozenset(WITHDRAWAL_REASONS), needs_reason=True
    ),
    "propose-step": Verb("proposed to step in"),
    "refuse-step": Verb(
        "was told that this is a matter for the local people",
        frozenset(reasons.REFUSALS),
        needs_reason=True,
    ),
    "give-notice": Verb("gave notice that it may step in"),
    "withdraw-proposal": Verb("withdrew a proposal to step in"),
    "lapse-notice": Verb("let a notice lapse that nobody had decided on in time"),
    "decide-step": Verb(
        "decided on a proposal to step in", frozenset(reasons.DECISIONS), needs_reason=True
    ),
    "review-step": Verb(
        "reviewed a step that it took", frozenset(reasons.REVIEWS), needs_reason=True
    ),
    "end-step": Verb("ended a step of the centre", frozenset(reasons.ENDINGS), needs_reason=True),
    "override-framework": Verb("stepped in outside the framework, as an emergency"),
    "waive-duty": Verb("waived an answer", frozenset(reasons.WAIVERS), needs_reason=True),
    "switch-off": Verb("switched something off for everyone"),
    "switch-on": Verb("switched something on again"),
    "open-petition": Verb("opened a petition for signatures"),
    "reject-petition": Verb(
        "did not accept a petition", frozenset(reasons.MODERATION), needs_reason=True
    ),
    "hide-petition": Verb("hid a petition", frozenset(reasons.MODERATION), needs_reason=True),
    "unhide-petition": Verb("showed a petition again that had been hidden"),
    "erase-petition": Verb(
        "erased the words of a petition for good", frozenset(LEGAL_REASONS), needs_reason=True
    ),
    "merge-petition": Verb(
        "joined a petition with another", frozenset({"duplicate"}), needs_reason=True
    ),
    "refer-petition": Verb(
        "passed a petition to the body that answers for it",
        frozenset({"not-this-body"}),
        needs_reason=True,
    ),
    "close-petition": Verb("closed a petition at the end of its term"),
    "decide-appeal": Verb(
        "decided on an appeal of a petitioner", frozenset(reasons.APPEALS), needs_reason=True
    ),
    "set-aside-signatures": Verb("set aside signatures that came in an unusual pattern"),
    "leave-signatures": Verb("looked at an unusual pattern of signatures and left them"),
    "restore-signatures": Verb("restored signatures that had been set aside"),
    "take-in-paper": Verb("took in signatures on paper"),
    "take-back-paper": Verb("was asked to take back a signature on paper"),
    "let-question-through": Verb("showed a question in public"),
    "reject-question": Verb(
        "did not accept a question", frozenset(reasons.MODERATION), needs_reason=True
    ),
    "hide-question": Verb("hid a question", frozenset(reasons.MODERATION), needs_reason=True),
    "unhide-question": Verb("showed a question again that had been hidden"),
    "erase-question": Verb(
        "erased the words of a question for good", frozenset(LEGAL_REASONS), needs_reason=True
    ),
    "decide-question-appeal": Verb(
        "decided on an appeal about a question", frozenset(reasons.APPEALS), needs_reason=True
    ),
    "adopt-scheme": Verb("adopted its own thresholds for petitions"),
    "state-meetings": Verb("stated when its full council meets"),
    "call-off-meeting": Verb("called off a meeting of its full council"),
    "mark-commitment": Verb(
        "said what became of a commitment", frozenset(reasons.COMMITMENTS), needs_reason=True
    ),
    "withdraw-note": Verb(
        "withdrew the words beside an act", frozenset(WITHDRAWAL_REASONS), needs_reason=True
    ),
}

# Acts by which something goes that was to be read before: no page from before is shown any more.
TAKES_AWAY = frozenset(
    {
        *("remove-holder", "withdraw-answer", "withdraw-note", "set-aside-signatures"),
        *("reject-petition", "hide-petition", "erase-petition"),
        *("reject-question", "hide-question", "erase-question"),
    }
)

REASON_WORDS: dict[str, str] = {
    **FAULT_KINDS,
    **WITHDRAWAL_REASONS,
    **reasons.WAIVERS,
    **reasons.DECISIONS,
    **reasons.REVIEWS,
    **reasons.ENDINGS,
    **reasons.ROLE_ENDINGS,
    **reasons.HOLDER_REMOVALS,
    **reasons.REFUSALS,
    **reasons.MODERATION,
    **reasons.APPEALS,
    **reasons.COMMITMENTS,
}

_KEY = r"[a-z0-9]+(?:[-._][a-z0-9]+)*"
_PATTERNS: dict[str, tuple[re.Pattern[str], int, str]] = {
    "office": (re.compile(rf"{_KEY}(?:/{_KEY})*"), 120, "a key such as 'operator'"),
    "subject": (
        re.compile(r"[a-z]+(?:-[a-z]+)*:[A-Za-z0-9]+(?:[-._:/][A-Za-z0-9]+)*"),
        200,
        "a kind and a key such as 'release:12'",
    ),
    "place": (re.compile(r"(?:[A-Z][A-Z0-9]{2,11})?"), 12, "a code such as 'E08000035'"),
    "service": (re.compile(rf"(?:{_KEY})?"), 60, "a key such as 'schools'"),
    "body": (re.compile(rf"(?:{_KEY}(?:/{_KEY})*)?"), 120, "a key such as 'leeds-city-council'"),
    "link": (
        re.compile(r"(?:/(?:[A-Za-z0-9._:-]+/)*[A-Za-z0-9._:-]*)?"),
        300,
        "a path on this site such as '/releases/12/'",
    ),
}


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act about to be recorded. Every field is a key or a code: see ``faults_of``."""

    office: str
    verb: str
    subject: str
    at: dt.datetime
    place: str = ""
    service: str = ""
    body: str = ""
    reason: str = ""
    link: str = ""


def faults_of(act: NewAct) -> list[Fault]:
    """Everything in ``act`` that is not a known code or a well-formed key."""
    faults = []
    for field, (pattern, longest, example) in _PATTERNS.items():
        value = getattr(act, field)
        if len(value) > longest or not pattern.fullmatch(value):
            faults.append(
                Fault(
                    f"act, {field}",
                    "This is not a key; an act of office holds no free text.",
                    f"Use {example}; put words into a note.",
                    kind="not-a-key",
                )
            )
    verb = VERBS.get(act.verb)
    if verb is None:
        known = ", ".join(sorted(VERBS))
        faults.append(
            Fault("act, verb", "There is no such verb.", f"Use one of: {known}.", value=act.verb)
        )
    elif (act.reason and act.reason not in verb.reasons) or (verb.needs_reason and not act.reason):
        allowed = ", ".join(sorted(verb.reasons)) or "no reason at all"
        faults.append(
            Fault("act, reason", f"{act.verb} does not take this reason.", f"Use: {allowed}.")
        )
    if act.at.utcoffset() is None:
        faults.append(Fault("act, at", "The time has no zone.", "Pass an aware datetime."))
    return faults


def canonical_json(act: NewAct, nonce: str) -> str:
    """The canonical form of ``act``: see the top of this module."""
    fields: dict[str, object] = asdict(act)
    fields["at"] = act.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields["nonce"] = nonce
    fields["version"] = CANONICAL_VERSION
    return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(canonical: str) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def record_act(
    *,
    office: str,
    verb: str,
    subject: str,
    at: dt.datetime,
    place: str = "",
    service: str = "",
    body: str = "",
    reason: str = "",
    link: str = "",
) -> PublicAct:
    """Write one act into the public record, in the caller's transaction.

    ``verb`` is a key of ``VERBS`` and ``reason`` one of that verb's codes; the rest are keys
    and ``link`` a path on this site. Raises BadInput, naming every fault, for anything else.
    """
    act = NewAct(office, verb, subject, at, place, service, body, reason, link)
    return record_acts([act])[0]


def record_acts(acts: Iterable[NewAct]) -> list[PublicAct]:
    """Write many acts at once, all or none, in the order given. Raises BadInput."""
    acts = list(acts)
    faults = [fault for act in acts for fault in faults_of(act)]
    if faults:
        raise BadInput(faults)
    rows = []
    for act in acts:
        canonical = canonical_json(act, secrets.token_hex(16))
        rows.append(PublicAct(**asdict(act), canonical=canonical, sha256=digest_of(canonical)))
    if any(act.verb in TAKES_AWAY for act in acts):
        count_removal(acts[-1].at)
    return PublicAct.objects.bulk_create(rows, batch_size=500)


def count_removal(at: dt.datetime) -> None:
    """Note, in the caller's transaction, that something that was to be read is taken away: no
    page from before is shown any more. Acts that are in ``TAKES_AWAY`` do so by themselves."""
    Removal.objects.create(at=at)


def attach_note(act: PublicAct, text: str) -> ActNote:
    """Put words beside an act, once. Raises BadInput for no text or too much, and Conflict."""
    text = text.strip()
    if not text or len(text) > MAX_NOTE_LENGTH:
        raise BadInput(
            [
                Fault(
                    "note",
                    f"The note has {len(text)} characters.",
                    f"Write between 1 and {MAX_NOTE_LENGTH}.",
                )
            ]
        )
    note, created = ActNote.objects.get_or_create(act=act, defaults={"text": text})
    if not created:
        raise Conflict("This act already has a note, and a note is not rewritten.")
    return note


@transaction.atomic
def withdraw_note(act: PublicAct, *, office: str, reason: str, at: dt.datetime) -> PublicAct:
    """Erase the words beside an act for good, leave a tombstone, and record that it was done.

    ``reason`` is a key of ``WITHDRAWAL_REASONS``. Returns the act of withdrawal. Raises
    BadInput for another reason, and Conflict if there is no note or it is already gone.
    """
    withdrawal = record_act(
        office=office,
        verb="withdraw-note",
        subject=f"act:{act.pk}",
        at=at,
        place=act.place,
        service=act.service,
        body=act.body,
        reason=reason,
        link=f"/record/{act.pk}/",
    )
    erased = ActNote.objects.filter(act=act, withdrawn_at__isnull=True).update(
        text="", withdrawn_at=at, withdrawn_reason=reason
    )
    if not erased:
        raise Conflict("There are no words beside this act to withdraw.")
    return withdrawal
