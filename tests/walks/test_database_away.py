"""The database goes away under the running site, and comes back: pages stay readable and say so."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from tests import postgres_server
from tests.databases import absent
from tests.house.tree import REPOSITORY

pytestmark = pytest.mark.postgres
NOTICE = "This site can only be read for now"


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _get(url, data=None):
    request = urllib.request.Request(url, data=data)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@contextmanager
def _site(environment, port):
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port),
        "--blocking-threads", "1", "folkmoot.wsgi:application",
    ]  # fmt: skip
    server = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(200):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _until(wanted, url, seconds=20):
    """The first answer that is as wanted, asked again and again; else the last one."""
    ends = time.monotonic() + seconds
    while True:
        answer = _get(url)
        if wanted(answer) or time.monotonic() > ends:
            return answer
        time.sleep(0.2)


# Opens a petition, and says its number.
_OPEN = """
import django; django.setup()
from django.utils import timezone
from tests.rooms import petitions_made as made
print(made.petition(made.world(timezone.now())).pk)
"""
_PARTS = ("", "count/", "count.json", "feed/", "image.png")


def _is_as_it_was(site, number):
    """A petition, its count for other pages and its files are served, and say that they are old."""
    path = f"{site}/petitions/{number}/"
    status, page = _get(path)
    assert (status, NOTICE in page) == (200, True)
    status, embed = _get(f"{path}count/")
    assert (status, "This count may be old: it is as it was on" in embed) == (200, True)
    for part in ("count.json", "feed/", "image.png"):
        with urllib.request.urlopen(path + part, timeout=20) as answer:
            assert answer.headers["Warning"].startswith("110")
            assert answer.headers["Last-Modified"]
            kind = answer.headers["Content-Type"]
        assert kind.startswith(("application/json", "application/atom+xml", "image/png"))
    with urllib.request.urlopen(f"{path}count/", timeout=20) as answer:
        assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]


def test_pages_are_read_from_memory_while_the_database_is_away(tmp_path):
    try:
        server = postgres_server.running()
        folder = server.__enter__()
    except postgres_server.NoPostgres as error:
        absent(str(error))
    try:
        environment = {
            **os.environ,
            "DATABASE_URL": postgres_server.url_of(folder, "postgres"),
            "FOLKMOOT_HOME": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "folkmoot.settings",
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"],
            cwd=REPOSITORY, env=environment, check=True,
        )  # fmt: skip
        number = int(
            subprocess.run(
                [sys.executable, "-c", _OPEN], cwd=REPOSITORY, env=environment, check=True,
                capture_output=True, text=True,
            ).stdout
        )  # fmt: skip
        with _site(environment, _free_port()) as site:
            read = ["/places/", *(f"/petitions/{number}/{part}" for part in _PARTS)]
            for path in read:
                before = _get(f"{site}{path}")
                assert before[0] == 200, path
                assert NOTICE not in before[1]
                assert "may be old" not in before[1]

            with postgres_server.away(folder):
                status, page = _until(lambda seen: NOTICE in seen[1], f"{site}/places/")
                assert (status, NOTICE in page) == (200, True)
                assert "it was on" in page

                status, page = _get(f"{site}/services/")
                assert status == 503
                assert "Pages that were read lately can still be read" in page
                # Nothing of the database's own words, which may name its host.
                assert str(folder) not in page
                assert _get(f"{site}/api/v1/services")[0] == 503
                _is_as_it_was(site, number)
                # So is it by another worker, and after a restart: neither has read anything.
                with _site(environment, _free_port()) as another:
                    assert NOTICE in _until(lambda seen: seen[0] == 200, f"{another}/places/")[1]
                    _is_as_it_was(another, number)
                    assert _get(f"{another}/services/")[0] == 503

            status, page = _until(lambda seen: NOTICE not in seen[1], f"{site}/places/")
            assert (status, NOTICE in page) == (200, False)
            assert _get(f"{site}/services/")[0] == 200
    finally:
        server.__exit__(None, None, None)
