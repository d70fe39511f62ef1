"""From observations to stored accounts: tasks for the crew, and what an account is made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import pyarrow as pa

from folkmoot.measures.catalogue import MeasureEntry
from folkmoot.measures.computing import AccountTask, definition_of, digest_of, shared, to_stream
from folkmoot.measures.rules.definition import METHOD, Geography
from folkmoot.places.queries import geography_data
from folkmoot.places.rules import SIMILAR_LISTS


@dataclass(frozen=True, slots=True)
class Atlas:
    """Every list of similar places with who is where: packed for tasks, and digests of it."""

    packed: Mapping[str, bytes]
    digests: Mapping[str, str]

    @classmethod
    def load(cls) -> Atlas:
        """From the database."""
        lists = {key: Geography(**asdict(geography_data(key))) for key in SIMILAR_LISTS}
        return cls(
            {key: shared(geography) for key, geography in lists.items()},
            {
                key: digest_of(json.dumps(asdict(geography), sort_keys=True, default=sorted))
                for key, geography in lists.items()
            },
        )


def inputs_digest(entry: MeasureEntry, sha256: str, definition: str, atlas: Atlas) -> str:
    """What an account is made from: if it is the same, the account is the same.

    ``sha256`` is the release's bytes and ``definition`` the digest of how they are read.
    """
    numbers = json.dumps(asdict(definition_of(entry)), sort_keys=True, default=_plain)
    return digest_of(METHOD, numbers, sha256, definition, atlas.digests[entry.similar])


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


def task_for(
    entry: MeasureEntry, observations: pa.Table, atlas: Atlas, revised: pa.Table | None
) -> AccountTask:
    """The task that judges one measure. ``revised``: area, period, old_value."""
    return AccountTask(
        to_stream(observations),
        definition_of(entry),
        atlas.packed[entry.similar],
        None if revised is None or not revised.num_rows else to_stream(revised),
    )
