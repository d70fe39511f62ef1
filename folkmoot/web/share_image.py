"""The picture that stands beside a link to a petition where people pass it on.

It shows what is asked, of whom and until when. It shows no count: whoever keeps the picture keeps
it for weeks, and it would be false by then.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from folkmoot.web.context import STATIC

WIDTH, HEIGHT = 1200, 630
_PAPER, _INK, _GREEN, _SLATE = "#fcfbf8", "#1c1f1d", "#14532d", "#525c58"
_LEFT, _ROOM = 80, WIDTH - 160
# Title sizes to try, largest first, with the lines there is room for.
_SIZES = ((76, 3), (64, 4), (56, 4), (46, 5))
# As ``unicode-range`` of the style sheet has it: what stands in the first of the two files.
_FIRST = frozenset(
    [*range(0x100), 0x131, 0x152, 0x153, 0x2BB, 0x2BC, 0x2C6, 0x2DA, 0x2DC, 0x20AC, 0x2122, 0x2212]
    + [*range(0x2000, 0x2070)]
)

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Face:
    """A weight of the site's typeface at one size: its two files, Latin and what else is Latin."""

    first: Font
    others: Font

    def runs(self, text: str) -> list[tuple[str, Font]]:
        """The text in pieces, each with the file that has its letters.

        The typeface lacks some letters, of Welsh for one: their accent is left out.
        """
        found: list[tuple[str, Font]] = []
        for letter in text:
            font = self.first if ord(letter) in _FIRST else self.others
            if font is self.others and _lacks(font, letter):
                letter, font = unicodedata.normalize("NFKD", letter)[0], self.first
            if found and found[-1][1] is font:
                found[-1] = (found[-1][0] + letter, font)
            else:
                found.append((letter, font))
        return found

    def length(self, text: str) -> float:
        """How wide the text is, in pixels."""
        return sum(font.getlength(run) for run, font in self.runs(text))


@cache
def _lacks(font: Font, letter: str) -> bool:
    """Whether a file has no such letter: it draws what it draws for what is none."""
    return bytes(font.getmask(letter)) == bytes(font.getmask("\uffff"))


@cache
def face(weight: int, size: int) -> Face:
    """Atkinson Hyperlegible of a weight (400 or 700), as it is served to browsers.

    FreeType reads the compressed files where it was built with Brotli, as in the wheels of
    Pillow. Where it was not, the letters are those that Pillow brings along.
    """
    try:
        first, others = (
            ImageFont.truetype(str(next(STATIC.glob(f"atkinson-{script}-{weight}.*.woff2"))), size)
            for script in ("latin", "latin-ext")
        )
    except OSError:
        plain = ImageFont.load_default(size)
        return Face(plain, plain)
    return Face(first, others)


def wrapped(text: str, font: Face, room: float) -> list[str]:
    """The text in lines no wider than ``room`` pixels; a word that is wider is broken."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.length(longer) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if font.length(lines[-1] + letter) > room:
                lines.append("")
            lines[-1] += letter
    return lines


def _fitted(title: str) -> tuple[Face, int, list[str]]:
    """The largest size at which the title has room, and its lines."""
    for size, most in _SIZES:
        font = face(700, size)
        lines = wrapped(title, font, _ROOM)
        if len(lines) <= most:
            return font, size, lines
    return font, size, [*lines[: most - 1], f"{lines[most - 1][:-1]}…"]


def _write(draw: ImageDraw.ImageDraw, x: float, y: float, text: str, font: Face, ink: str) -> None:
    for run, letters in font.runs(text):
        draw.text((x, y), run, font=letters, fill=ink, anchor="ls")
        x += letters.getlength(run)


@lru_cache(maxsize=256)
def share_image(title: str, asked: str, standing: str) -> bytes:
    """A PNG of 1200 × 630 pixels: the title, whom it asks, and how it stands."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 16), fill=_GREEN)
    font, size, lines = _fitted(title)
    y = 70 + size
    for line in lines:
        _write(draw, _LEFT, y, line, font, _INK)
        y += round(size * 1.18)
    small = face(400, 34)
    for position, line in enumerate(wrapped(asked, small, _ROOM)[:2]):
        _write(draw, _LEFT, HEIGHT - 150 + 42 * position - 42, line, small, _SLATE)
    _write(draw, _LEFT, HEIGHT - 48, standing, small, _SLATE)
    brand = face(700, 44)
    _write(draw, WIDTH - _LEFT - brand.length("Folkmoot"), HEIGHT - 48, "Folkmoot", brand, _GREEN)
    kept = BytesIO()
    image.quantize(64).save(kept, "PNG", optimize=True)
    return kept.getvalue()
