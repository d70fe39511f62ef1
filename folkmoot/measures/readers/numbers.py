"""Text to numbers, a column at a time, keeping every cell that is not a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from folkmoot.measures.readers.reading import Flags, Floats

_PLAIN = r"^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"


@dataclass(frozen=True, slots=True)
class Numbers:
    """``values`` with NaN where there is none; ``wrong`` marks text that is not a number."""

    values: Floats
    wrong: Flags

    @property
    def given(self) -> Flags:
        """Where there is a number."""
        return ~np.isnan(self.values)


def numbers(text: Any, significant: int | None = None) -> Numbers:
    """Arrow ``text`` (null or empty: no cell) to numbers.

    A number is digits with at most one decimal point, a minus sign and an exponent. Anything
    else (commas, currency, ``nan``, infinity, a number too large to hold) is wrong. Numbers are
    rounded to ``significant`` figures if given.
    """
    text = pc.utf8_trim_whitespace(text)
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, text.type), text)
    try:
        values = _floats(text.cast(pa.float64()))
    except pa.ArrowInvalid:
        plain = pc.match_substring_regex(text, _PLAIN)
        values = _floats(pc.if_else(plain, text, pa.scalar(None, text.type)).cast(pa.float64()))
    finite = np.isfinite(values)
    wrong = ~finite & pc.is_valid(text).to_numpy(zero_copy_only=False)
    values[~finite] = np.nan
    return Numbers(values if significant is None else rounded(values, significant), wrong)


def rounded(values: Floats, significant: int) -> Floats:
    """``values`` to so many significant figures, each the float nearest to its decimal text."""
    size = np.abs(values)
    sized = np.isfinite(size) & (size > 1e-200) & (size < 1e200)
    plain = np.where(sized, values, 1.0)
    places = significant - 1 - np.floor(np.log10(np.abs(plain))).astype(int)
    up, down = np.float64(10) ** np.maximum(places, 0), np.float64(10) ** np.maximum(-places, 0)
    out: Floats = np.where(sized, np.rint(plain * up / down) / up * down, values)
    return out


def _floats(array: Any) -> Floats:
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    out: Floats = array.to_numpy(zero_copy_only=False).astype(np.float64, copy=True)
    return out
