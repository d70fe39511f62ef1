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
            return answer.status, answer.read().decode()
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
        with _site(environment, _free_port()) as site:
            before = _get(f"{site}/places/")
            assert before[0] == 200
            assert NOTICE not in before[1]

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

            status, page = _until(lambda seen: NOTICE not in seen[1], f"{site}/places/")
            assert (status, NOTICE in page) == (200, False)
            assert _get(f"{site}/services/")[0] == 200
    finally:
        server.__exit__(None, None, None)
