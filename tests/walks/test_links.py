"""No link on a page of this site leads nowhere."""

from collections import Counter, deque
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

PER_ROUTE = 4
STARTS = ("/", "/places/", "/services/", "/place/leeds/", "/place/leeds/schools/", "/record/")


class Links(HTMLParser):
    """The addresses that a page links to, and the names of its parts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(values["id"])
        for name in ("href", "src", "xlink:href"):
            if values.get(name):
                self.found.append(values[name])


def test_every_link_leads_somewhere(built, client):
    waiting, seen, followed = deque(STARTS), set(STARTS), Counter()
    trouble = []
    while waiting:
        address = waiting.popleft()
        try:
            route = resolve(urlsplit(address).path).route
        except Resolver404:
            trouble.append(f"{address} is linked to and is no address of this site")
            continue
        if followed[route] >= PER_ROUTE and address not in STARTS:
            continue
        followed[route] += 1
        answer = client.get(address)
        if answer.status_code == 302 and answer["Location"].startswith("/sign-in/"):
            # A page for people who signed in: what counts is the page that asks them to.
            answer = client.get(answer["Location"])
        if answer.status_code != 200:
            trouble.append(f"{address} answers {answer.status_code}")
            continue
        if not answer["Content-Type"].startswith("text/html"):
            if answer.streaming:
                b"".join(answer.streaming_content)
            continue
        page = Links()
        page.feed(answer.content.decode())
        repeated = [name for name, times in Counter(page.ids).items() if times > 1]
        trouble += [f"{address} has two parts called {name}" for name in repeated]
        for link in page.found:
            if link.startswith("#"):
                if link[1:] not in page.ids:
                    trouble.append(f"{address} links to its part {link}, which is not there")
                continue
            parts = urlsplit(urljoin(address, link))
            if parts.scheme or parts.netloc or parts.path.startswith("/static/"):
                continue
            target = parts._replace(fragment="").geturl()
            if target not in seen:
                seen.add(target)
                waiting.append(target)

    assert trouble == []
    assert len(followed) > 15
