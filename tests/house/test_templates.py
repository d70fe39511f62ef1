"""Templates: nothing inline that the security policy would block, every word translatable."""

import re
import subprocess
import sys
from pathlib import Path

from tests.house.tree import REPOSITORY, Module, templates

INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script\b(?![^>]*\ssrc=)", re.I
)
OUTSIDE = re.compile(r"(?:src|href|action|srcset)\s*=\s*[\"'](?:https?:)?//", re.I)

# What has words that no translator should see, and what is no word at all.
_COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->", re.S)
_TRANSLATED = re.compile(r"{%\s*blocktranslate.*?endblocktranslate\s*%}", re.S)
_TAG_OF_TEMPLATE = re.compile(r"{%.*?%}|{{.*?}}", re.S)
_UNSEEN = re.compile(r"<(script|style|code|kbd|samp)\b.*?</\1>", re.S | re.I)
_SAID = re.compile(
    r"\s(?:alt|title|placeholder|aria-label|aria-description|label)\s*=\s*\"([^\"]*)\"", re.I
)
_TAG = re.compile(r"<[^>]*>", re.S)
_WORD = re.compile(r"[^\W\d_]{2,}")
# Names are the same in every language.
NAMES = {"Folkmoot", "Folk", "moot", "JSON", "CSV", "API", "Atom", "SHA", "Parquet", "DOCTYPE"}


def inline_trouble(found: list[Module]) -> list[str]:
    return [
        f"{m.path}:{m.text.count(chr(10), 0, hit.start()) + 1}: {hit.group().strip()}"
        for m in found
        for pattern in (INLINE, OUTSIDE)
        for hit in pattern.finditer(_COMMENT.sub("", m.text))
        if "folkmoot:outside-link" not in m.text
    ]


def untranslated(module: Module) -> list[str]:
    """Words in ``module`` that stand outside translate and blocktranslate."""
    text = _COMMENT.sub(" ", module.text)
    text = _TRANSLATED.sub(" ", text)
    text = _TAG_OF_TEMPLATE.sub(" ", text)
    text = re.sub("<!doctype[^>]*>", " ", text, flags=re.I)
    text = _UNSEEN.sub(" ", text)
    said = " ".join(_SAID.findall(text))
    seen = re.sub(r"&[a-z]+;|&#\d+;", " ", _TAG.sub(" ", text))
    return sorted({word for word in _WORD.findall(f"{seen} {said}") if word not in NAMES})


def test_nothing_is_inline():
    assert templates()
    assert inline_trouble(templates()) == []


def test_planted_inline_code_is_found():
    planted = [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<a onclick="go()">',
        '<a href="javascript:go()">',
        '<img src="https://example.org/a.png">',
        '<link href="//example.org/a.css">',
    ]
    fine = ['<script src="/static/a.js"></script>', '<a href="/style=x/">', "{# style=x #}"]

    for line in planted:
        assert inline_trouble([Module("a.html", line)]), line
    for line in fine:
        assert inline_trouble([Module("a.html", line)]) == [], line


def test_every_word_can_be_translated():
    faults = {m.path: words for m in templates() if (words := untranslated(m))}

    assert faults == {}


def test_planted_words_are_found():
    planted = Module(
        "a.html",
        "{% load i18n %}{# a note #}<title>Folkmoot</title><p>Bare words {{ name }}</p>"
        '<img alt="Spoken" title="{% translate "fine" %}">'
        "{% blocktranslate %}This is {{ fine }}{% endblocktranslate %}&nbsp;<code>as is</code>",
    )

    assert untranslated(planted) == ["Bare", "Spoken", "words"]


def djlint(*paths: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "djlint", "--lint", "--quiet", *paths],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


def test_templates_are_well_formed():
    done = djlint(REPOSITORY / "folkmoot" / "web" / "templates")

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_planted_malformed_template_is_found(tmp_path):
    (tmp_path / "a.html").write_text('<img src="/a.png"><a href="/">x</b>\n')

    assert djlint(tmp_path / "a.html").returncode != 0
