"""Where a signer's postcode is, quickly: what does not change is remembered for a minute."""

from __future__ import annotations

import time
from dataclasses import dataclass

from folkmoot.places import postcodes
from folkmoot.places.models import OfficialPostcode, PostcodeEdition
from folkmoot.places.queries import living_area

LOOK = 60.0


class _Seen:
    """What this process found when it last looked."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.looked = float("-inf")
        self.official = False
        self.living: dict[str, str] = {}


_SEEN = _Seen()


def forget() -> None:
    """Look again at the next asking: for tests, and after loading places in this process."""
    _SEEN.forget()


def _living(code: str) -> str:
    """The code of the district that is now where ``code`` was, or ""."""
    living = _SEEN.living  # another thread may begin anew meanwhile
    if code not in living:
        area = living_area(code)
        living[code] = area.code if area else ""
    return living[code]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Codes of the district and the constituency of a postcode; "" where one is not known."""

    district: str
    constituency: str


def whereabouts(postcode: str) -> Whereabouts:
    """Where a well-formed postcode is.

    From the official directory where it is loaded (one query), else from the derived files, which
    know no constituencies.
    """
    now = time.monotonic()
    if now - _SEEN.looked >= LOOK:
        _SEEN.official = PostcodeEdition.objects.exists()
        _SEEN.living = {}
        _SEEN.looked = now
    code: str | None
    if _SEEN.official:
        rows = OfficialPostcode.objects.filter(postcode=postcode.replace(" ", ""))
        code, seat = rows.values_list("district", "constituency").first() or ("", "")
    else:
        code, seat = postcodes.compact().district(postcode), ""
    return Whereabouts(_living(code) if code else "", seat)
