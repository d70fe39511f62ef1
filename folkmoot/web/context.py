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
    puzzle: str
    fonts: tuple[str, ...]


@cache
def assets() -> Assets:
    """What was built for the pages to use. Raises FileNotFoundError if it was not."""
    root = f"{settings.STATIC_URL}folkmoot/"

    def built(name: str) -> tuple[str, ...]:
        found = tuple(root + file.name for file in sorted(STATIC.glob(name)))
        if not found:
            raise FileNotFoundError(f"No {name} in {STATIC}. Build it with tools/static/build.sh.")
        return found

    return Assets(
        root=root,
        css=built("folkmoot.*.css")[0],
        puzzle=built("puzzle.*.js")[0],
        fonts=built("atkinson-latin-[47]00.*.woff2"),
    )


def site(request: HttpRequest) -> dict[str, object]:
    """The site's own address, its static files, the path of this page, and whether it is all a
    rehearsal."""
    return {
        "site_url": settings.SITE_URL, "assets": assets(), "path": request.path,
        "rehearsal_site": settings.REHEARSAL,
    }  # fmt: skip
