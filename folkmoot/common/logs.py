"""Log lines without postcodes: where somebody lives is nobody's business here."""

from __future__ import annotations

import logging
import re

_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{1,2}[0-9][A-Za-z0-9]?(?:\s|%20|\+|_|-)*[0-9][A-Za-z]{2}(?![A-Za-z0-9])"
)


def without_postcodes(text: str) -> str:
    """``text`` with everything shaped like a postcode, encoded or not, taken out."""
    return _POSTCODE.sub("[postcode]", text)


class WithoutPostcodes(logging.Formatter):
    """Formats a record as usual, its traceback included, and takes postcodes out of it."""

    def format(self, record: logging.LogRecord) -> str:
        return without_postcodes(super().format(record))
