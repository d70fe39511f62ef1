"""Production refuses to start with an unsafe value, and odd values are never guessed at."""

import runpy
from pathlib import Path

import pytest

from folkmoot.environment import BadSetting
from tests.house.tree import PACKAGE

SAFE = {
    "FOLKMOOT_PRODUCTION": "true",
    "FOLKMOOT_SECRET_KEY": "k" * 50,
    "FOLKMOOT_HOSTS": "folkmoot.example.org",
    "FOLKMOOT_SITE_URL": "https://folkmoot.example.org",
}


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def run(**changes: str):
        for name in (*SAFE, "FOLKMOOT_DEBUG", "FOLKMOOT_WORKERS", "DATABASE_URL"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("FOLKMOOT_HOME", str(tmp_path))
        for name, value in changes.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(PACKAGE / "settings.py"))

    return run


def test_development_starts_with_nothing_set(start):
    settings = start()

    assert not settings["DEBUG"]
    assert "*" not in settings["ALLOWED_HOSTS"]


def test_production_starts_with_safe_values(start):
    settings = start(**SAFE)

    assert settings["SECURE_SSL_REDIRECT"]
    assert settings["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert settings["CSRF_COOKIE_SECURE"]


@pytest.mark.parametrize("missing", ["FOLKMOOT_SECRET_KEY", "FOLKMOOT_SITE_URL", "FOLKMOOT_HOSTS"])
def test_production_refuses_a_missing_value(start, missing):
    with pytest.raises(BadSetting, match=missing):
        start(**{name: value for name, value in SAFE.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FOLKMOOT_DEBUG", "true"),
        ("FOLKMOOT_SECRET_KEY", "short"),
        ("FOLKMOOT_SECRET_KEY", "development-only-never-used-in-production"),
        ("FOLKMOOT_HOSTS", "*"),
        ("FOLKMOOT_HOSTS", "folkmoot.example.org,*"),
        ("FOLKMOOT_SITE_URL", "http://folkmoot.example.org"),
    ],
)
def test_production_refuses_an_unsafe_value(start, name, value):
    with pytest.raises(BadSetting, match=name):
        start(**{**SAFE, name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FOLKMOOT_PRODUCTION", "maybe"),
        ("FOLKMOOT_DEBUG", "2"),
        ("FOLKMOOT_WORKERS", "many"),
        ("FOLKMOOT_WORKERS", "0"),
        ("FOLKMOOT_WORKERS", "1000"),
    ],
)
def test_an_odd_value_is_refused_everywhere(start, name, value):
    with pytest.raises(BadSetting, match=name):
        start(**{name: value})


def test_sqlite_waits_its_turn_and_takes_the_lock_first(start):
    options = start()["DATABASES"]["default"]["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] >= 20
    assert "journal_mode=WAL" in options["init_command"]
