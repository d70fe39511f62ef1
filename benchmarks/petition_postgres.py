"""What PostgreSQL says of itself while benchmarks/petition_load.py runs, and pgbench beside it."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any


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


def pgbench() -> None:
    """Single inserts into a table like that of signatures, with its indexes, by pgbench."""
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
        print(f"pgbench, {clients} clients: {found[1] if found else 0} raw inserts a second")
