"""An empty database with every table: for SQLite a copy of one that was migrated once.

To migrate takes longer than most walks. What is kept is under a digest of every migration and
model, as the built site is under one of what it reads.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.built_database import REPOSITORY, _kept_folder, _only_one


def _digest() -> str:
    digest = hashlib.sha256()
    code = REPOSITORY / "folkmoot"
    found = {*code.rglob("migrations/*.py"), *code.rglob("models*.py"), code / "settings.py"}
    for path in sorted(found):
        digest.update(str(path.relative_to(REPOSITORY)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _kept() -> Path:
    """The migrated file, made now where it is not there."""
    folder = _kept_folder() / "migrated"
    folder.mkdir(exist_ok=True)
    kept = folder / f"{_digest()}.sqlite3"
    with _only_one(folder / "lock"):
        if not kept.exists():
            for old in folder.glob("*.sqlite3"):
                old.unlink()
            with tempfile.TemporaryDirectory(dir=folder) as making:
                made = Path(making) / kept.name
                env = {
                    **os.environ,
                    "DATABASE_URL": f"sqlite:///{made}",
                    "FOLKMOOT_HOME": making,
                    "DJANGO_SETTINGS_MODULE": "folkmoot.settings",
                }
                command = [sys.executable, "-m", "django", "migrate", "-v0"]
                subprocess.run(command, cwd=REPOSITORY, env=env, check=True)
                made.rename(kept)
    return kept


def copy_to(path: Path) -> None:
    """A migrated SQLite database at ``path``."""
    shutil.copyfile(_kept(), path)


def migrate() -> None:
    """Make every table in the default database of this process, which is empty or has them."""
    from django.core.management import call_command
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not Path(name).exists():
        copy_to(Path(name))
    else:
        call_command("migrate", verbosity=0)
