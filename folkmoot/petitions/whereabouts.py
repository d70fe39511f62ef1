"""The district of a signer's postcode, quickly: what does not change is remembered for a minute."""

from __future__ import annotations

import time

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
    if code not in _SEEN.living:
        area = living_area(code)
        _SEEN.living[code] = area.code if area else ""
    return _SEEN.living[code]


def district_of(postcode: str) -> str:
    """The code of the district of a well-formed postcode; "" where that is not known.

    From the official directory where it is loaded (one query), else from the derived files.
    """
    now = time.monotonic()
    if now - _SEEN.looked >= LOOK:
        _SEEN.forget()
        _SEEN.official = PostcodeEdition.objects.exists()
        _SEEN.looked = now
    if _SEEN.official:
        rows = OfficialPostcode.objects.filter(postcode=postcode.replace(" ", ""))
        code = rows.values_list("district", flat=True).first()
    else:
        code = postcodes.compact().district(postcode)
    return _living(code) if code else ""
