"""The heavy work beside the database: reading files and computing accounts, by many processes.

Tasks and outcomes are plain data and the functions pure, so the same functions can be run by a
cluster. Tables travel as Arrow streams. No Django.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from itertools import pairwise
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from folkmoot.common.errors import BadInput, Fault
from folkmoot.measures.catalogue import MeasureEntry, SourceEntry
from folkmoot.measures.readers import KnownAreas, Reading, read
from folkmoot.measures.readers.numbers import rounded
from folkmoot.measures.rules.account import account
from folkmoot.measures.rules.definition import HISTORY_FIELDS, Definition, Geography

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")

# Figures kept of every computed number: far beyond what any of them means.
SIGNIFICANT = 10
_ROUNDED = (
    "lower",
    "upper",
    "shrunken",
    *(f"benchmark_{b}" for b in ("nation", "region", "similar", "all")),
)


def to_stream(table: pa.Table) -> bytes:
    """``table`` as an Arrow stream of its own rows only."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    stream: bytes = sink.getvalue().to_pybytes()
    return stream


def from_stream(stream: bytes) -> pa.Table:
    """The table that ``to_stream`` packed."""
    with pa.ipc.open_stream(stream) as reader:
        return reader.read_all()


@dataclass(frozen=True, slots=True)
class ReadTask:
    """A file to be read. ``areas`` is a pickled KnownAreas, shared by many tasks."""

    source: SourceEntry
    measures: tuple[MeasureEntry, ...]
    data: bytes
    areas: bytes
    megabytes: int
    companions: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """A Reading, its tables as streams; or the faults for which the file was refused."""

    reading: Reading | None
    streams: dict[str, bytes]
    refused: tuple[Fault, ...]

    def unpack(self) -> Reading:
        """The Reading. Raises BadInput if the file was refused."""
        if self.reading is None:
            raise BadInput(self.refused)
        tables = {slug: from_stream(stream) for slug, stream in self.streams.items()}
        return _with_tables(self.reading, tables)


def _with_tables(reading: Reading, tables: dict[str, pa.Table]) -> Reading:
    kept = {part.name: getattr(reading, part.name) for part in fields(reading)}
    return Reading(**{**kept, "tables": tables})


def read_file(task: ReadTask) -> ReadOutcome:
    """Reads one file for the measures that the catalogue takes from it. Raises nothing."""
    try:
        reading = read(
            task.source,
            task.measures,
            task.data,
            areas=_unpickled(task.areas),
            megabytes=task.megabytes,
            companions=task.companions,
        )
    except BadInput as error:
        return ReadOutcome(None, {}, error.faults)
    streams = {slug: to_stream(table) for slug, table in reading.tables.items()}
    return ReadOutcome(_with_tables(reading, {}), streams, ())


def definition_of(entry: MeasureEntry) -> Definition:
    """The part of a catalogue entry that the numbers depend on."""
    return Definition(
        slug=entry.slug,
        quantity=entry.quantity,
        polarity=entry.polarity,
        kinds=entry.kinds,
        per=entry.per,
        possible=entry.possible,
        decimals=entry.decimals,
        every_case=entry.every_case,
        seasonal=entry.seasonal,
        context=entry.context,
        people=entry.people is not None,
        counts=entry.reading.counted_by is None,
        breaks=tuple(each.since for each in entry.breaks),
    )


@dataclass(frozen=True, slots=True)
class AccountTask:
    """A measure to be judged. ``geography`` is a pickled Geography, shared by many tasks.

    ``revised`` has the columns area, period, old_value: the values that this release revised.
    """

    observations: bytes
    definition: Definition
    geography: bytes
    revised: bytes | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """One measure's account, ready to be stored.

    ``rows`` is a stream with the columns of ``models.Account`` except its keys to measure and
    release; the area stands as a code and the history as JSON.
    """

    slug: str
    rows: bytes
    summary: str
    period: str
    end: str
    basis: str
    basis_note: str
    field: int


def compute_account(task: AccountTask) -> Computed:
    """The account of one measure, with the history of every place as JSON."""
    result = account(from_stream(task.observations), task.definition, _unpickled(task.geography))
    revised = _revised(task.revised)
    places = _tidy(result.places)
    codes = places["area"].to_pylist()
    history = _histories(_tidy(result.points), revised)
    old = [revised.get(key) for key in zip(codes, places["period"].to_pylist(), strict=True)]
    ends = places["end"].cast(pa.string())
    rows = places.drop_columns(["end"]).append_column("period_end", ends)
    rows = rows.append_column("revised_from", pa.array(old, pa.float64()))
    rows = rows.append_column("history", pa.array([history.get(c, "[]") for c in codes]))
    return Computed(
        task.definition.slug,
        to_stream(rows),
        orjson.dumps(result.summary, option=orjson.OPT_SERIALIZE_NUMPY).decode(),
        result.period,
        result.end.isoformat(),
        result.basis,
        result.basis_note,
        result.field,
    )


def _revised(stream: bytes | None) -> dict[tuple[str, str], float]:
    if stream is None:
        return {}
    columns = from_stream(stream).to_pydict()
    keys = zip(columns["area"], columns["period"], strict=True)
    return dict(zip(keys, columns["old_value"], strict=True))


def _tidy(table: pa.Table) -> pa.Table:
    """``table`` with its computed numbers to so many significant figures."""
    for name in _ROUNDED:
        if name in table.column_names:
            index = table.column_names.index(name)
            values = rounded(pc.fill_null(table[name], np.nan).to_numpy(), SIGNIFICANT)
            table = table.set_column(index, name, pa.array(values, from_pandas=True))
    return table


def _histories(points: pa.Table, revised: Mapping[tuple[str, str], float]) -> dict[str, str]:
    """Area → every period as JSON, a list for each in the order of HISTORY_FIELDS."""
    areas = points["area"].to_pylist()
    columns: list[Sequence[Any]] = []
    for name in HISTORY_FIELDS:
        if name == "revised_from":
            keys = zip(areas, points["period"].to_pylist(), strict=True)
            columns.append([revised.get(key) for key in keys] if revised else [None] * len(areas))
        elif name == "end":
            columns.append(points[name].cast(pa.string()).to_pylist())
        else:
            columns.append(points[name].to_pylist())
    rows = list(zip(*columns, strict=True))
    starts = [i for i in range(len(areas)) if i == 0 or areas[i] != areas[i - 1]]
    return {
        areas[start]: orjson.dumps(rows[start:stop]).decode()
        for start, stop in pairwise([*starts, len(areas)])
    }


@lru_cache(maxsize=8)
def _unpickled(data: bytes) -> Any:
    """A Geography or KnownAreas that this program itself pickled."""
    return pickle.loads(data)  # noqa: S301 — made by `shared` in the parent process


def shared(value: KnownAreas | Geography) -> bytes:
    """``value`` packed once, to be part of many tasks."""
    return pickle.dumps(value, protocol=5)


def digest_of(*parts: bytes | str) -> str:
    """One SHA-256 over several parts."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for ever: let it end too."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        watch = partial(_watch, parent.sentinel)
        threading.Thread(target=watch, daemon=True).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


class Crew:
    """Processes that run tasks. With one worker everything runs in this process.

    Workers come from a fork server, so nothing of this process (connections, threads, locks)
    is copied into them.
    """

    def __init__(self, workers: int) -> None:
        self._pool: ProcessPoolExecutor | None = None
        if workers > 1:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload([__name__])
            self._pool = ProcessPoolExecutor(workers, context, initializer=_end_with_parent)
            for _ in range(workers):  # they start while this process goes on
                self._pool.submit(os.getpid)

    @property
    def alone(self) -> bool:
        """Whether tasks run in this process, each when its outcome is asked for."""
        return self._pool is None

    def begin(self, function: Callable[[Task], Outcome], task: Task) -> Callable[[], Outcome]:
        """Set a worker to ``task``; what is given waits for the outcome."""
        if self._pool is None:
            return partial(function, task)
        return self._pool.submit(function, task).result

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def run(self, function: Callable[[Task], Outcome], tasks: Iterable[Task]) -> Iterator[Outcome]:
        """The outcome of each task, in order; all tasks are begun before the first is asked for."""
        waiting = [self.begin(function, task) for task in tasks]
        return (outcome() for outcome in waiting)
