"""The people of benchmarks/petition_load.py: they sign, read their mail and confirm.

One thread, raw sockets kept open, requests made beforehand: the generator shares two cores with
everything that it measures, so it must cost little.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from array import array
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"content-length: *(\d+)", re.I)
_LINK = re.compile(rb"/petitions/confirm/([\w-]{28})/")


@dataclass(slots=True)
class Step:
    """One request of one person: what kind it is, its bytes, and what that person does next."""

    kind: str
    request: bytes
    then: tuple[Step, ...] = ()


@dataclass(slots=True)
class Told:
    """What the server answered: milliseconds of each kind of request, and what went wrong."""

    took: dict[str, array[float]] = field(default_factory=lambda: defaultdict(lambda: array("d")))
    wrong: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    confirmed: array[float] = field(default_factory=lambda: array("d"))
    signed: int = 0


class _Line(asyncio.Protocol):
    """One connection: sends a step, waits for the whole answer, asks for another."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.step: Step | None = None
        self.rest = b""
        self.need = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.more()

    def more(self) -> None:
        self.step = self.town.next()
        if self.step is None:
            self.town.idle.append(self)
            return
        self.began = time.perf_counter()
        self.transport.write(self.step.request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        rest = self.rest + data if self.rest else data
        if self.need < 0:
            end = rest.find(b"\r\n\r\n")
            if end < 0:
                self.rest = rest
                return
            length = _LENGTH.search(rest, 0, end)
            self.need = end + 4 + (int(length[1]) if length else 0)
            self.status = int(rest[9:12])
        if len(rest) < self.need:
            self.rest = rest
            return
        self.rest, self.need = b"", -1
        step, self.step = self.step, None
        if step is not None:
            self.town.answered(step, self.status, time.perf_counter() - self.began)
        self.more()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.step is not None:
            self.town.told.wrong[f"{self.step.kind}: connection lost"] += 1
            self.town.failed(self.step)
        self.town.lost(self)


class Town:
    """Everybody: at most ``most`` people who have begun and have not yet confirmed.

    ``signer(n)`` gives the first step of the n-th person, ``confirm(token)`` what a person does
    who found ``token`` in a letter. Fewer than ``rate`` begin in a second, where that is given.
    """

    def __init__(
        self,
        port: int,
        post: str,
        signer: Callable[[int], Step | None],
        confirm: Callable[[bytes], Step],
        most: int = 1_500,
        rate: float = 0.0,
    ) -> None:
        self.port, self.post = port, post
        self.signer, self.confirm = signer, confirm
        self.most, self.rate = most, rate
        self.told = Told()
        self.queue: deque[Step] = deque()
        self.idle: list[_Line] = []
        self.begun = self.waiting = 0
        self.signing = True
        self.running = True
        self.since = time.perf_counter()
        self.read_to = 0
        self.letters = 0

    def next(self) -> Step | None:
        """What is to be sent next: who has begun goes on before anybody else begins."""
        if self.queue:
            return self.queue.popleft()
        if not self.signing or self.waiting >= self.most:
            return None
        if self.rate and self.begun > (time.perf_counter() - self.since) * self.rate:
            return None
        step = self.signer(self.begun)
        if step is None:
            self.signing = False
            return None
        self.begun += 1
        self.waiting += 1
        return step

    def answered(self, step: Step, status: int, seconds: float) -> None:
        self.told.took[step.kind].append(seconds * 1000)
        if status not in (200, 302):
            self.told.wrong[f"{step.kind}: {status}"] += 1
            self.failed(step)
            return
        if step.kind == "sign":
            self.told.signed += 1
        elif step.kind == "confirm":
            self.waiting -= 1
            self.told.confirmed.append(time.perf_counter())
        self.queue.extendleft(reversed(step.then))

    def failed(self, step: Step) -> None:
        """Whoever was refused gives up."""
        self.waiting -= 1

    def lost(self, line: _Line) -> None:
        if line in self.idle:
            self.idle.remove(line)
        if self.running:
            asyncio.get_running_loop().create_task(self._connect(0.2))

    def read_post(self) -> None:
        """Look for new letters, and let their readers confirm."""
        try:
            with open(self.post, "rb") as file:
                file.seek(self.read_to)
                new = file.read()
        except FileNotFoundError:
            return
        whole = new.rfind(b"\n\n") + 2
        if whole < 2:
            return
        # A letter is filed whole, but its end may look like an empty line within it: the link
        # stands once in each, so only what follows the last link waits for the next look.
        links = list(_LINK.finditer(new, 0, whole))
        self.read_to += links[-1].end() if links else 0
        for link in links:
            self.letters += 1
            self.queue.append(self.confirm(link[1]))

    def wake(self) -> None:
        """Let idle connections ask again."""
        idle, self.idle = self.idle, []
        for line in idle:
            line.more()

    async def _connect(self, wait: float = 0.0) -> None:
        await asyncio.sleep(wait)
        loop = asyncio.get_running_loop()
        while self.running:
            try:
                await loop.create_connection(lambda: _Line(self), "127.0.0.1", self.port)
                return
            except OSError:
                await asyncio.sleep(0.2)

    async def live(self, connections: int, seconds: float, settle: float = 60.0) -> None:
        """Sign for so many seconds, then wait until everybody has confirmed, or ``settle``."""
        self.since = time.perf_counter()
        for _ in range(connections):
            await self._connect()
        end = self.since + seconds
        while (now := time.perf_counter()) < end + settle:
            if now >= end:
                self.signing = False
                if self.waiting <= 0:
                    break
            self.read_post()
            self.wake()
            await asyncio.sleep(0.02)
        self.running = False


def percentile(values: array[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie; 0 for none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def seconds_of(pid: int) -> float:
    """Seconds of processor that a process and its ended children have used; 0 if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b") ")[2].split()
    except OSError:
        return 0.0
    return sum(int(value) for value in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and everything that it started."""
    found = [pid]
    for one in found:
        try:
            with open(f"/proc/{one}/task/{one}/children", "rb") as file:
                found += [int(child) for child in file.read().split()]
        except OSError:
            continue
    return found
