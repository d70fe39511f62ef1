"""People sign while the site and its worker are killed again and again; run by
test_petition_kills.py, not by pytest.

Each person sends the form until it is taken, reads the letter and confirms until that is taken, as
people do whose browser says that the site did not answer. In between, processes are killed at
random instants: one of the server's, the whole server, or the worker. Afterwards everybody stands
once, is counted once, every threshold made its duty once, and every letter was handed over, at
most twice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlencode

HOST = "127.0.0.1"
HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
LINK = re.compile(rb"/petitions/confirm/([\w-]{28})/")
START = "from folkmoot.cli.main import main; main()"
# A mail backend that leaves each letter in a file of its own line: what the post handed over.
POST = "tests.walks.petition_crashing.Post"
SIGNERS, READERS = 4, 4
SLOW = 180.0  # seconds within which everybody must have come through
PATIENCE = 60.0  # seconds within which the site must answer again

# No name has so many figures.
SPELT = str.maketrans("0123456789", "ghijklmnop")


class Post:
    """Files each message with one write, and takes a while to say so, as a mail server does."""

    def __init__(self, fail_silently: bool = False) -> None:
        pass

    def open(self) -> None:
        """There is nothing to open."""

    def close(self) -> None:
        """Nor to close."""

    def send_messages(self, messages: list[object]) -> int:
        """Files every message; how many."""
        file = os.open(os.environ["PETITION_POST"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for message in messages:
            text = message.message().as_bytes()  # type: ignore[attr-defined]
            os.write(file, json.dumps(text.decode()).encode() + b"\n")
            time.sleep(0.01)
        os.close(file)
        return len(messages)


class Site:
    """The server and its worker, started again after every kill."""

    def __init__(self, port: int, home: Path) -> None:
        self.port, self.home = port, home
        self.log = (home / "log").open("ab")
        self.server = self.serve()
        self.worker = self.start("work")

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", START, *words], stdout=self.log, stderr=self.log
        )

    def answers(self) -> bool:
        try:
            line = http.client.HTTPConnection(HOST, self.port, timeout=5)
            line.request("GET", "/about/")
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False

    def serve(self) -> subprocess.Popen[bytes]:
        return self.start("serve", "--port", str(self.port), "--workers", "2", "--no-work")

    def wait(self) -> None:
        """Until the site answers. Where the server gave up, it is started again.

        It gives up where one of its processes is killed while that starts, as it should:
        whatever watches over it starts it again, as after ``kill_server``.
        """
        ending = time.monotonic() + PATIENCE
        while time.monotonic() < ending:
            if self.answers():
                return
            if self.server.poll() is not None:
                self.server = self.serve()
            time.sleep(0.1)
        raise RuntimeError((self.home / "log").read_text()[-3000:])

    def kill_server(self) -> None:
        """The whole server with its processes, so that none of them outlives it."""
        if self.server.poll() is None:
            # Stopped first: it would start another process in place of one that was killed.
            self.server.send_signal(signal.SIGSTOP)
            for child in children(self.server.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            self.server.kill()
            self.server.wait()
        self.server = self.serve()

    def kill_one(self) -> None:
        """One process of the server, which starts another by itself."""
        found = children(self.server.pid)
        if found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(random.choice(found), signal.SIGKILL)

    def kill_worker(self) -> None:
        """The worker, which something else starts again. Its claims on messages run out."""
        self.worker.kill()
        self.worker.wait()
        let_claims_run_out()
        self.worker = self.start("work")

    def stop(self) -> None:
        for process in (self.worker, self.server):
            process.terminate()
        for process in (self.worker, self.server):
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def children(pid: int) -> list[int]:
    """Processes that ``pid`` started."""
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def let_claims_run_out() -> None:
    """As if the lease of a dead worker had passed."""
    from django.db.models import F

    from folkmoot.common.models import Message
    from folkmoot.common.outbox import LEASE

    Message.objects.filter(claimed_until__isnull=False).update(
        claimed_until=F("claimed_until") - LEASE
    )


class People:
    """Everybody who signs: how many have begun, and what came of it."""

    def __init__(self, port: int, petition: int, post: Path) -> None:
        self.port, self.petition, self.post = port, petition, post
        self.lock = threading.Lock()
        self.signed = 0
        self.confirmed: set[bytes] = set()
        self.letters: list[bytes] = []
        self.done = threading.Event()
        self.trouble: Counter[str] = Counter()
        # Not waited for where the walk breaks off: some would try again for ever.
        self.threads = [
            threading.Thread(target=target, daemon=True)
            for target in [self.sign] * SIGNERS + [self.read] * READERS
        ]
        self.stop = threading.Event()

    def send(self, path: str, form: dict[str, str], network: str) -> int:
        """Send a form until the site answers; with what."""
        body = urlencode(form)
        while True:
            try:
                line = http.client.HTTPConnection(HOST, self.port, timeout=30)
                line.request("POST", path, body, {**HEADERS, "X-Forwarded-For": network})
                status = line.getresponse().status
                line.close()
            except (OSError, http.client.HTTPException) as error:
                self.trouble[type(error).__name__] += 1
                status = 0
            if status and status < 500:
                return status
            if status:
                self.trouble[str(status)] += 1
            time.sleep(0.05)

    def sign(self) -> None:
        while not self.done.is_set():
            with self.lock:
                self.signed += 1
                number = self.signed
            form = {
                "name": f"Person {number}".translate(SPELT),
                "email": f"person.{number}@example.org",
                "postcode": "LS1 1UR", "consent": "yes",
            }  # fmt: skip
            network = f"10.0.{number >> 8}.{number & 255}"
            status = self.send(f"/petitions/{self.petition}/sign/", form, network)
            if status != 302:
                self.trouble[f"sign: {status}"] += 1

    def read(self) -> None:
        while not self.stop.is_set():
            with self.lock:
                new = _links(self.post)[len(self.letters) :]
                self.letters += new
            for token in new:
                status = self.send(f"/petitions/confirm/{token.decode()}/", {}, HOST)
                if status == 302:
                    self.confirmed.add(token)
                else:
                    self.trouble[f"confirm: {status}"] += 1
            time.sleep(0.05)


def _links(post: Path) -> list[bytes]:
    return LINK.findall(post.read_bytes()) if post.exists() else []


def handed_over(post: Path) -> Counter[str]:
    """How often each message was handed over, by its name."""
    lines = post.read_bytes().splitlines() if post.exists() else []
    names = (message_from_bytes(json.loads(line).encode())["Message-ID"] for line in lines)
    return Counter(names)


def name_of(key: str) -> str:
    """The name that a message of this key has on its way."""
    from folkmoot.common.mail import _email
    from folkmoot.common.outbox import Outgoing

    made = _email(Outgoing(key, "email", "a@example.org", {"subject": "", "text": ""}, 1))
    return str(made.extra_headers["Message-ID"])


def wrong(signed: int, post: Path) -> list[str]:
    """Everything that is not as it should be after so many people signed."""
    from folkmoot.common.models import Message
    from folkmoot.duties.models import Duty
    from folkmoot.petitions.models import Petition, Signature, SignatureCount, Threshold
    from folkmoot.petitions.models_signing import CONFIRMED

    faults = []
    standing = Signature.objects.filter(state=CONFIRMED)
    addresses = Counter(standing.values_list("email", flat=True))
    if set(addresses.values()) - {1}:
        faults.append(f"somebody stands twice: {addresses.most_common(2)}")
    if len(addresses) != signed:
        faults.append(f"{signed} signed, {len(addresses)} stand")
    petition = Petition.objects.get()
    counts = SignatureCount.objects.filter(kind="district").values_list("signatures", flat=True)
    if not petition.signatures == sum(counts) == signed:
        faults.append(f"{signed} signed, {petition.signatures}, {sum(counts)} are counted")
    reached = Threshold.objects.filter(needed__lte=signed).values_list("duty", flat=True)
    duties = Counter(Duty.objects.values_list("key", flat=True))
    if sorted(duties) != sorted(reached) or set(duties.values()) != {1}:
        faults.append(f"thresholds made {list(reached)}, duties are {duties}")
    handed = handed_over(post)
    if max(handed.values(), default=0) > 2:
        faults.append(f"a message was handed over {max(handed.values())} times")
    for key in Message.objects.values_list("key", flat=True):
        if not handed[name_of(key)]:
            faults.append(f"{key} was never handed over")
    waiting = Message.objects.filter(sent_at__isnull=True, failed_at__isnull=True).count()
    if waiting:
        faults.append(f"{waiting} messages still wait")
    return faults


def open_petition() -> int:
    """A petition that is open; its number."""
    from tests.rooms import petitions_made as made

    return made.petition(made.world(dt.datetime.now(dt.UTC))).pk


def all_done(people: People) -> bool:
    """Whether everybody stands and is counted, and the post is empty."""
    from folkmoot.common.models import Message
    from folkmoot.petitions.models import Petition, Signature
    from folkmoot.petitions.models_signing import CONFIRMED

    waiting = Message.objects.filter(sent_at__isnull=True, failed_at__isnull=True)
    stand = Signature.objects.filter(state=CONFIRMED).values("email").distinct().count()
    counted = Petition.objects.get().signatures
    return not waiting.exists() and stand == people.signed == counted


def main(kills: int, seed: int, port: int) -> dict[str, object]:
    """Kill so many times while people sign; what came of it."""
    dice = random.Random(seed)
    random.seed(seed)
    home = Path(os.environ["FOLKMOOT_HOME"])
    post = Path(os.environ["PETITION_POST"])
    site = Site(port, home)
    try:
        return kill_while_people_sign(site, kills, dice, post)
    finally:
        site.stop()


def kill_while_people_sign(
    site: Site, kills: int, dice: random.Random, post: Path
) -> dict[str, object]:
    """The walk itself, on a site that has been started; what came of it."""
    site.wait()
    people = People(site.port, open_petition(), post)
    for thread in people.threads:
        thread.start()
    time.sleep(2)
    done: Counter[str] = Counter()
    while sum(done.values()) < kills:
        what = dice.choice(("worker", "worker", "one", "server"))
        {"worker": site.kill_worker, "one": site.kill_one, "server": site.kill_server}[what]()
        done[what] += 1
        time.sleep(dice.uniform(0.2, 1.5))
        if what != "worker":
            site.wait()
            time.sleep(dice.uniform(5.5, 7.0) if what == "one" else dice.uniform(0.2, 2.0))
    people.done.set()
    ending = time.monotonic() + SLOW
    while not all_done(people) and time.monotonic() < ending:
        time.sleep(0.2)
    people.stop.set()
    for thread in people.threads:
        thread.join(60)
    site.stop()
    twice = sum(1 for many in handed_over(post).values() if many == 2)
    return {
        "kills": done, "people": people.signed, "confirmed": len(people.confirmed),
        "letters twice": twice, "trouble": people.trouble, "wrong": wrong(people.signed, post),
    }  # fmt: skip


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.settings")
    os.environ["FOLKMOOT_BEHIND_PROXY"] = "true"
    os.environ["FOLKMOOT_EMAIL_BACKEND"] = POST
    Path(os.environ["FOLKMOOT_HOME"]).mkdir(parents=True, exist_ok=True)
    os.environ["PETITION_POST"] = str(Path(os.environ["FOLKMOOT_HOME"]) / "post")
    import django

    django.setup()
    from tests.migrated_database import migrate

    migrate()
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
