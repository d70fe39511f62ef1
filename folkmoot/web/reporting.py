"""Figures in tables that link to where an error in them is reported."""

from __future__ import annotations

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def report_path(release: str, row: int) -> str:
    """Where an error in a row of a release (``source/number``) is reported; "" without a row."""
    return f"/report/{release}/{row}/" if row else ""


def reportable(figure: str, link: str, about: str) -> SafeString:
    """A figure as the link by which an error in it is reported.

    ``about`` names it to whoever hears the link alone. Escaped; the bare figure where ``link`` is
    "".
    """
    if not link:
        return escape(figure)
    return format_html(
        '<a rel="nofollow" href="{}">{}<span class="govuk-visually-hidden"> ({}: {})</span></a>',
        link,
        figure,
        about,
        _("report an error"),
    )
