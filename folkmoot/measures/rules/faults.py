"""What can be wrong with the rows of a release, in plain words, and what acceptance does.

A fault of these kinds holds a release. An operator may accept a kind, with a reason that is
shown: then ``accepted`` happens to the rows, and nothing else. Faults of a whole file (wrong
header, wrong encoding) are not here: they refuse the file and cannot be accepted.
"""

from __future__ import annotations

from dataclasses import dataclass

# Stands as the status of an observation whose value was faulty and is left out.
LEFT_OUT = "left out"
LEFT_OUT_MEANING = "The value in the published file was faulty, so it is left out."


@dataclass(frozen=True, slots=True)
class FaultKind:
    """``what`` is wrong, the ``remedy``, and what happens to the rows when it is ``accepted``."""

    title: str
    what: str
    remedy: str
    accepted: str


KINDS: dict[str, FaultKind] = {
    "unknown-area": FaultKind(
        "Unknown area",
        "The area code is in no list of areas that Folkmoot holds.",
        "Correct the code, or add the area to the list of areas.",
        "The row is left out.",
    ),
    "bad-number": FaultKind(
        "Not a number",
        "The cell holds something that is not a plain number.",
        "Write digits with at most one decimal point: no commas, signs of currency or notes.",
        "The value is left out and shown as left out.",
    ),
    "bad-period": FaultKind(
        "Not a period",
        "The period is not written in the way this source declares.",
        "Write the period as the other rows do, for example 2022-04-01/P1Y.",
        "The row is left out.",
    ),
    "impossible-interval": FaultKind(
        "Impossible limits",
        "The limits do not contain the value, are the wrong way round, or stand without a value.",
        "Correct the lower limit, the upper limit or the value.",
        "The value is kept and both limits are left out.",
    ),
    "impossible-value": FaultKind(
        "Impossible value",
        "The value is outside what this measure can be.",
        "Correct the value, or the possible range in the catalogue.",
        "The value is left out and shown as left out.",
    ),
    "conflicting-key": FaultKind(
        "Conflicting rows",
        "Several rows give different figures for one measure, area and period.",
        "Keep the right row and delete the others.",
        "All of these rows are left out: nothing says which is right.",
    ),
    "unknown-status": FaultKind(
        "Unknown mark",
        "There is no value and no mark that this source explains, or an unexplained mark.",
        "Give a value or an explained mark, or add what the mark means to the catalogue.",
        "The value is left out and the mark is shown as it stands.",
    ),
    "known-wrong": FaultKind(
        "Known to be wrong",
        "The catalogue leaves these rows out because they are known to be wrong.",
        "Ask the publisher for a correction.",
        "The row is left out.",
    ),
    "missing-measure": FaultKind(
        "Missing measure",
        "The file has no row of a measure that the catalogue reads from it.",
        "Restore the rows, or correct how the catalogue picks them.",
        "The measure has no figures from this release.",
    ),
}
