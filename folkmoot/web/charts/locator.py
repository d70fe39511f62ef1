"""A small map of where a place is."""

from __future__ import annotations

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from folkmoot.places.boundaries import locator


def draw_locator(code: str, name: str, kind: str) -> SafeString | None:
    """The land with the place upon it, as SVG; None for a place without a shape."""
    found = locator(code, kind)
    if found is None:
        return None
    x, y = found.middle
    ring = f'<circle class="m-ring" cx="{x}" cy="{y}" r="70"/>' if found.small else ""
    title = _("Where %(name)s is in the United Kingdom") % {"name": name}
    return mark_safe(  # noqa: S308 — numbers, shipped shapes and one escaped name
        f'<svg class="fm-chart" viewBox="{found.view_box}" role="img" aria-labelledby="locator-t">'
        f'<title id="locator-t">{escape(title)}</title>'
        f'<path class="m-land" d="{found.land}" fill-rule="evenodd"/>'
        f'<path class="m-this" d="{found.place}" fill-rule="evenodd"/>{ring}</svg>'
    )
