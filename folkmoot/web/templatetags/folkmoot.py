"""Template tags and filters that every template has."""

from __future__ import annotations

from functools import cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from folkmoot.common.plain_text import to_html
from folkmoot.places.rules import KINDS

register = template.Library()

# verdict → the symbol that stands for it in parts/signs.html
SYMBOLS = {
    "better": "better",
    "worse": "worse",
    "higher": "higher",
    "lower": "lower",
    "no-clear-difference": "same",
    "cannot-say": "unknown",
    "not-compared": "apart",
    "place": "place",
    "failing": "failing",
}
_WORDS = {
    "better": _("better"),
    "worse": _("worse"),
    "higher": _("higher"),
    "lower": _("lower"),
    "no-clear-difference": _("no clear difference"),
    "cannot-say": _("cannot say"),
    "not-compared": _("not compared"),
    "place": _("this place"),
    "failing": _("below the minimum"),
}


def verdict_word(verdict: str) -> str:
    """The word for a verdict, as it stands beside its sign."""
    return str(_WORDS[verdict])


@register.simple_tag
@cache
def sign(verdict: str) -> SafeString:
    """The sign of a verdict. Its word must stand beside it: the sign alone says nothing aloud."""
    return format_html(
        '<svg class="sign is-{}" aria-hidden="true"><use href="#s-{}"/></svg>',
        verdict,
        SYMBOLS[verdict],
    )


@cache
def _signed(verdict: str, language: str | None) -> SafeString:
    return format_html("{} {}", sign(verdict), _WORDS[verdict])


@register.filter
def signed(verdict: str) -> SafeString:
    """The sign of a verdict and its word, for tables of many."""
    return _signed(verdict, get_language())


@register.simple_tag
def report_error(link: str, title: str) -> SafeString | str:
    """The way to report an error in a figure, naming it to whoever cannot see what it is beside.

    Nothing where ``link`` is "": no row of a release holds the figure.
    """
    if not link:
        return ""
    return format_html(
        '<a rel="nofollow" href="{}">{}<span class="govuk-visually-hidden">: {}</span></a>',
        link,
        _("Report an error"),
        title,
    )


@register.filter
def word(verdict: str) -> str:
    """The word for a verdict."""
    return verdict_word(verdict)


@register.filter
def kind(key: str) -> str:
    """The name of a kind of place: "metropolitan borough"."""
    return KINDS[key][0]


@register.filter
def thousands(number: int) -> str:
    """A whole number with its thousands set off: 845,189."""
    return f"{number:,}"


@register.filter
def plain(text: str) -> SafeString:
    """What somebody wrote, as safe paragraphs with its addresses as links."""
    return to_html(text)
