"""The index of titles in the database: words, then three letters of a word. Only reads.

Triggers keep it (migration "index_titles"), so that no writer can forget it; it holds the titles
that everybody may see and nothing else. On SQLite it is FTS5 with the porter stemmer, and a list
of all words with an FTS5 index of their trigrams; on PostgreSQL a ``tsvector`` of English words
and a list of all words under ``pg_trgm``. Everything is passed as a parameter, and only letters
and digits get into an expression, so nothing that is typed can be read as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from folkmoot.petitions.rules.likeness import Term

# Words of so many titles are counted once in a process: their weight hardly moves.
_COMMON = 50
_MOST_REMEMBERED = 20_000
# PostgreSQL stops counting here: what is commoner tells nothing anyway.
_MOST_COUNTED = 3_000
# PostgreSQL takes the rarest words' titles, up to about so many, and weighs all words in those.
_MOST_WEIGHED = 4_000
_MOST_NEAR = 40
_MOST_BEGUN = 12

_counted: dict[tuple[str, str], int] = {}


class Hit(NamedTuple):
    """A title that has some of the words: of which table, its key, and what its words tell."""

    archived: bool
    pk: int
    weight: float


def forget() -> None:
    """Forget how common words are: for tests."""
    _counted.clear()


def counts(words: Sequence[str]) -> dict[str, int]:
    """How many titles have each of ``words`` in any form."""
    database = str(connection.settings_dict["NAME"])
    known = {word: _counted[database, word] for word in words if (database, word) in _counted}
    new = [word for word in dict.fromkeys(words) if word not in known]
    if new:
        one = (
            f"(SELECT count(*) FROM (SELECT 1 FROM petitions_title WHERE "  # noqa: S608
            f"words @@ to_tsquery('english', %s) LIMIT {_MOST_COUNTED}) AS titles)"
            if connection.vendor == "postgresql"
            else "(SELECT count(*) FROM petitions_title WHERE petitions_title MATCH %s)"
        )
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join([one] * len(new))}", [_any((w,)) for w in new])
            found = dict(zip(new, cursor.fetchone(), strict=True))
        if len(_counted) > _MOST_REMEMBERED:
            _counted.clear()
        _counted.update({(database, w): n for w, n in found.items() if n >= _COMMON})
        known |= found
    return known


def near(words: Sequence[str]) -> dict[str, list[str]]:
    """For each of ``words``, known words that share most threes of letters with it."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for word in words:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT petitions_near(%s, %s)", [word, _MOST_NEAR])
            else:
                cursor.execute(*_near_on_sqlite(word))
            found[word] = [row[0] for row in cursor.fetchall()]
    return found


def _near_on_sqlite(word: str) -> tuple[str, list[str]]:
    marked = f"__{word}_"
    threes = sorted({marked[at : at + 3] for at in range(len(marked) - 2)})
    one = "SELECT rowid FROM petitions_title_threes WHERE petitions_title_threes MATCH %s"
    sql = (
        "SELECT word FROM (SELECT rowid AS found, count(*) AS shared "  # noqa: S608
        f"FROM ({' UNION ALL '.join([one] * len(threes))}) GROUP BY rowid "
        f"ORDER BY 2 DESC LIMIT {_MOST_NEAR}) JOIN petitions_title_word ON id = found"
    )
    return sql, [f'"{three}"' for three in threes]


def begun(start: str) -> list[str]:
    """Known words that begin with ``start``, the shortest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM petitions_title_word WHERE word >= %s AND word < %s "  # noqa: S608
            f"ORDER BY length(word), word LIMIT {_MOST_BEGUN}",
            [start, f"{start}~"],
        )
        return [row[0] for row in cursor.fetchall()]


def best(terms: Sequence[Term], limit: int) -> list[Hit]:
    """The ``limit`` titles of this site and of the archive each whose words tell the most."""
    if not terms:
        return []
    sql, values = (_on_postgres if connection.vendor == "postgresql" else _on_sqlite)(terms)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM (WITH hits AS MATERIALIZED ({sql}) "  # noqa: S608
            "SELECT * FROM (SELECT * FROM hits WHERE archived ORDER BY weight DESC, pk LIMIT %s)"
            " AS a UNION ALL SELECT * FROM "
            "(SELECT * FROM hits WHERE NOT archived ORDER BY weight DESC, pk LIMIT %s) AS b"
            ") AS found",
            [*values, limit, limit],
        )
        return [Hit(bool(archived), pk, weight) for archived, pk, weight in cursor.fetchall()]


def _on_sqlite(terms: Sequence[Term]) -> tuple[str, list[float | str]]:
    one = "SELECT rowid AS doc, %s AS weight FROM petitions_title WHERE petitions_title MATCH %s"
    values: list[float | str] = []
    for term in terms:
        values += [term.weight, _any(term.words)]
    sql = (
        "SELECT doc %% 2 = 0 AS archived, doc / 2 AS pk, SUM(weight) AS weight "  # noqa: S608
        f"FROM ({' UNION ALL '.join([one] * len(terms))}) GROUP BY doc"
    )
    return sql, values


def _on_postgres(terms: Sequence[Term]) -> tuple[str, list[float | str]]:
    one = "CASE WHEN words @@ to_tsquery('english', %s) THEN %s ELSE 0 END"
    values: list[float | str] = []
    for term in terms:
        values += [_any(term.words), term.weight]
    chosen: list[str] = []
    seen = 0
    for term in sorted(terms, key=lambda term: term.titles):
        if chosen and seen + term.titles > _MOST_WEIGHED:
            break
        chosen += term.words
        seen += term.titles
    sql = (
        f"SELECT archived, number AS pk, ({' + '.join([one] * len(terms))})::float AS weight "  # noqa: S608
        "FROM petitions_title WHERE words @@ to_tsquery('english', %s)"
    )
    return sql, [*values, _any(chosen)]


def _any(words: Sequence[str]) -> str:
    """An expression of the database's own that any of ``words`` meets."""
    if connection.vendor == "postgresql":
        return " | ".join(words)
    return " OR ".join(f'"{word}"' for word in words)
