from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.common.plain_text import tidy, to_html


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def tags_of(html):
    parser = Tags()
    parser.feed(html)
    parser.close()
    return parser.found


def test_paragraphs_and_lines_break_by_themselves():
    assert to_html("One\ntwo\r\n\r\nThree") == "<p>One<br>two</p>\n\n<p>Three</p>"


def test_markup_is_shown_not_used():
    assert to_html("<b>5 > 3 & 'so'</b>") == "<p>&lt;b&gt;5 &gt; 3 &amp; 'so'&lt;/b&gt;</p>"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://www.leeds.gov.uk/schools.", "https://www.leeds.gov.uk/schools"),
        ("See www.leeds.gov.uk today", "http://www.leeds.gov.uk"),
        ("Write to schools@example.org!", "mailto:schools@example.org"),
        ("(https://example.org/a?b=1&c=2)", "https://example.org/a?b=1&c=2"),
    ],
)
def test_addresses_become_links_that_pass_on_no_favour(text, address):
    links = [attributes for tag, attributes in tags_of(to_html(text)) if tag == "a"]

    assert links == [{"href": address, "rel": "nofollow"}]


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        '<a href="javascript:alert(1)">x</a>',
        '"><script>alert(1)</script>',
        "https://example.org/\" onmouseover='alert(1)'",
        "<img src=x onerror=alert(1)>",
        "data:text/html;base64,PHNjcmlwdD4=",
    ],
)
def test_tricks_come_to_nothing(text):
    for tag, attributes in tags_of(to_html(text)):
        assert tag in {"p", "br", "a"}
        assert attributes.keys() <= {"href", "rel"}
        assert attributes.get("href", "https:").startswith(("http:", "https:", "mailto:"))


def test_marks_that_turn_the_text_around_are_taken_out():
    assert tidy("a\u202eb\x00c\u2066d") == "abcd"


def test_no_text_is_no_html():
    assert to_html(" \n ") == ""


@given(st.text())
def test_no_text_makes_other_tags_than_these(text):
    for tag, attributes in tags_of(to_html(text)):
        assert tag in {"p", "br", "a"}
        assert attributes.keys() <= {"href", "rel"}
