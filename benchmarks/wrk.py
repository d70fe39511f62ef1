"""What wrk says of a site that it reads: one way to ask, and to tell what went wrong apart."""

from __future__ import annotations

import re
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent / "percentiles.lua"
# Words for what wrk counts beside answers in time with the status 200. It counts an answer that
# takes over two seconds as a timeout, and goes on waiting for it.
FAULTS = {
    "status": "not 200",
    "timeout": "later than 2 s",
    "connect": "not connected",
    "read": "broken off",
    "write": "not sent",
}
_LINE = re.compile(rf"^(p\d+|rate|{'|'.join(FAULTS)}) ([\d.]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Figures:
    """Requests a second, the 50th, 95th and 99th percentile in milliseconds, and the faults in
    words, "" where there were none."""

    rate: float
    p50: float
    p95: float
    p99: float
    faults: str


def start(address: str, seconds: int, connections: int, form: str = "") -> subprocess.Popen[str]:
    """wrk, reading ``address`` or posting ``form`` to it; to be asked with ``figures``."""
    posted = ["--", form] if form else []
    return subprocess.Popen(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(SCRIPT), address, *posted],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def figures(wrk: subprocess.Popen[str]) -> Figures:
    """What came of it, once it has ended. Ends the script where wrk failed."""
    out, _ = wrk.communicate()
    if wrk.returncode:
        raise SystemExit(f"wrk failed:\n{out}")
    found = {key: float(value) for key, value in _LINE.findall(out)}
    faults = [f"{found[key]:.0f} {words}" for key, words in FAULTS.items() if found[key]]
    return Figures(found["rate"], found["p50"], found["p95"], found["p99"], ", ".join(faults))


def require_free(port: int) -> None:
    """End the script where something listens already: what is left of an earlier run would be
    measured instead."""
    with socket.socket() as door:
        door.settimeout(1)
        if door.connect_ex(("127.0.0.1", port)) == 0:
            raise SystemExit(f"Something listens on port {port} already: stop it first.")
