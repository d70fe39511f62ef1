"""People write plain text; this makes it safe HTML."""

from __future__ import annotations

import re
import unicodedata

import nh3
from django.utils.html import linebreaks, urlize
from django.utils.safestring import SafeString

# Characters that only a trick needs: they turn the direction of the text around them.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def tidy(text: str) -> str:
    """``text`` in Unicode's composed form, with one kind of line end, and without control
    characters or marks that turn the direction of writing."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _DIRECTION.sub("", text)
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc").strip()


def to_html(text: str) -> SafeString:
    """``text`` as HTML: paragraphs, line breaks, and links for web and email addresses.

    Nothing in ``text`` is taken as markup. Links carry rel="nofollow". nh3 is the last gate:
    whatever came before it, only p, br and a with an http, https or mailto address pass.
    """
    text = tidy(text)
    html = linebreaks(urlize(text, nofollow=True, autoescape=True)) if text else ""
    return SafeString(
        nh3.clean(
            html,
            tags={"p", "br", "a"},
            attributes={"a": {"href"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="nofollow",
        )
    )
