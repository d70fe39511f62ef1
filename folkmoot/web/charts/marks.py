"""Small pieces that drawings share: numbers in paths, frames with a title and a description."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


def short(number: float) -> str:
    """A coordinate with at most one decimal: drawings need no more and pages stay small."""
    text = f"{number:.1f}"
    return text[:-2] if text.endswith(".0") else text


def frame(
    parts: Iterable[str], *, key: str, title: str, description: str, height: int, css: str = ""
) -> SafeString:
    """An SVG as wide as its column and ``height`` pixels high, named and described.

    ``parts`` must be made of numbers and escaped text only. ``key`` is unique on the page.
    """
    key = escape(key)
    name = f"fm-chart {css}".strip()
    return mark_safe(  # noqa: S308 — every text is escaped here or by whoever made the part
        f'<svg class="{name}" width="100%" height="{height}" role="img" '
        f'aria-labelledby="{key}-t {key}-d"><title id="{key}-t">{escape(title)}</title>'
        f'<desc id="{key}-d">{escape(description)}</desc>{"".join(parts)}</svg>'
    )


def stretched(inner: str, *, height: int, top: int = 0, units: int = 1000) -> str:
    """A layer whose width is ``units`` whatever the drawing's width: for lines, not for shapes."""
    return (
        f'<svg y="{top}" width="100%" height="{height}" viewBox="0 0 {units} {height}" '
        f'preserveAspectRatio="none">{inner}</svg>'
    )


def label(percent: float, y: float, text: str, *, css: str = "") -> str:
    """A text at ``percent`` of the width, kept inside the drawing at its ends."""
    anchor = "start" if percent < 30 else "end" if percent > 70 else "middle"
    name = f' class="{css}"' if css else ""
    return (
        f'<text x="{short(percent)}%" y="{short(y)}" text-anchor="{anchor}"{name}>'
        f"{escape(text)}</text>"
    )
