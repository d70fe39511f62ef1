"""What every page's template knows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

STATIC = Path(__file__).resolve().parent / "static" / "folkmoot"


@dataclass(frozen=True, slots=True)
class Assets:
    """Addresses of the static files; their names carry a digest, so they may be kept for ever."""

    root: str
    css: str
    fonts: tuple[str, ...]


@cache
def assets() -> Assets:
    """The built style sheet and the fonts every page needs. Raises FileNotFoundError if unbuilt."""
    sheets = sorted(STATIC.glob("folkmoot.*.css"))
    if not sheets:
        raise FileNotFoundError(f"No style sheet in {STATIC}. Build it with tools/static/build.sh.")
    fonts = sorted(STATIC.glob("atkinson-latin-[47]00.*.woff2"))
    root = f"{settings.STATIC_URL}folkmoot/"
    return Assets(root, root + sheets[0].name, tuple(root + font.name for font in fonts))


def site(request: HttpRequest) -> dict[str, object]:
    """The site's own address, its static files, and the path of this page."""
    return {"site_url": settings.SITE_URL, "assets": assets(), "path": request.path}
