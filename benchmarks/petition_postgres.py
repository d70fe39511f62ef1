"""Databases for the benchmarks of petitions, what PostgreSQL says of itself, and pgbench."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

# As durable as PostgreSQL is by itself; the tests throw that away for speed.
_DURABLE = (
    "-c max_connections=60 -c shared_buffers=512MB -c max_wal_size=8GB "
    "-c shared_preload_libraries=pg_stat_statements"
)


@contextmanager
def database_of(kind: str) -> Iterator[dict[str, str]]:
    """The environment of a site with a home and a database of its own: "postgres" or "sqlite"."""
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix=f"petition-{kind}-"))
        own = {**os.environ, "FOLKMOOT_HOME": home}
        if kind == "sqlite":
            yield {**own, "DATABASE_URL": f"sqlite:///{home}/folkmoot.sqlite3"}
            return
        from tests import postgres_server

        postgres_server._OPTIONS = _DURABLE
        folder = stack.enter_context(postgres_server.running())
        url = postgres_server.url_of(folder, "postgres")
        pid = (folder / "data" / "postmaster.pid").read_text().split()[0]
        subprocess.run(["psql", url, "-qc", "CREATE EXTENSION pg_stat_statements"], check=True)
        yield {**own, "DATABASE_URL": url, "BENCH_POSTGRES": pid}


def forget_statements() -> None:
    """So that what follows is what PostgreSQL spends its time on from here on."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_statements_reset()")


def statements() -> None:
    """What PostgreSQL spent its time on."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT total_exec_time, calls, mean_exec_time, max_exec_time,"
            " left(regexp_replace(query, '\\s+', ' ', 'g'), 70)"
            " FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database"
            " WHERE datname = current_database()) ORDER BY 1 DESC LIMIT 12"
        )
        print("    where the database spent its time (ms, times, ms each, the longest):")
        for total, calls, mean, longest, query in cursor.fetchall():
            print(f"    {total:9,.0f} {calls:8,} {mean:7.3f} {longest:7.1f}  {query}")


def pgbench(confirmed: float) -> None:
    """Single inserts into a table like that of signatures, with its indexes, by pgbench; and what
    share of them ``confirmed`` signatures a second are."""
    from django.db import connection

    script = Path(tempfile.mkdtemp()) / "insert.sql"
    script.write_text(
        "INSERT INTO bench_signature (petition_id, state, origin, name, email, postcode, country,"
        " area, constituency, address_key, person_key, network_key, slot, proof, name_shown,"
        " tell_me, signed_at, tries, counted) VALUES (1, 0, 0, 'Person', 'person@example.org',"
        " 'LS1 1UR', '', 'E08000035', '', md5(random()::text), md5(random()::text),"
        " md5(random()::text), 1, md5(random()::text), false, true, now(), 0, false);\n"
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_signature (LIKE petitions_signature INCLUDING ALL)")
    settings: Any = connection.settings_dict
    for clients in (2, 16):
        out = subprocess.run(
            [shutil.which("pgbench") or "pgbench", "-n", "-c", str(clients), "-j", "1", "-T", "5",
             "-f", str(script), "-h", settings["HOST"], "-U", settings["USER"], settings["NAME"]],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        found = re.search(r"tps = ([\d.]+)", out)
        if found is None:
            raise SystemExit(f"pgbench said nothing of its speed: {out}")
        raw = float(found[1])
        ratio = f"confirmed signatures are {confirmed / raw:.2f} of them"
        print(f"pgbench, {clients} clients: {raw:,.0f} raw inserts a second; {ratio}")
