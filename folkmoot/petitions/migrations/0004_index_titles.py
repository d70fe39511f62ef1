"""An index of the titles that everybody may see, kept by the database itself.

Triggers follow petitions and archived petitions, so that no writer can forget the index. A
petition is in it while its state is listed and its title is not hidden; one that its creator
withdrew before anybody had checked it is not.

SQLite: ``petitions_title`` is an FTS5 table (porter stemmer) whose row number is twice the key of
an archived petition, or twice the key of a petition and one. ``petitions_title_word`` holds every
word once, ``petitions_title_threes`` their trigrams. PostgreSQL: ``petitions_title`` holds a
tsvector, and ``petitions_title_word`` is indexed by the extension pg_trgm. Words are never taken
out of the list of words: it is used to mend what somebody types, and is never shown.

A later migration that rebuilds one of the two tables on SQLite drops the triggers with the old
table. It must end with ``migrations.RunPython(follow, forget_nothing)`` of this module, which makes
them again; tests/rooms/test_petitions_search.py fails if not.
"""

from django.db import DatabaseError, migrations, transaction

LISTED = ("open", "closed", "rejected", "withdrawn", "merged", "referred", "hidden")
# Taken out of a word; the other marks divide words.
_NOTHING = "'’."
_SPACE = "-–—/\\,:;!?()[]{}<>\"“”‘`´&+*=#@%£$€~^|_…•"


def _shown(row):
    """SQL: whether everybody may see the title of the petition ``row``."""
    states = ", ".join(f"'{state}'" for state in LISTED)
    return (
        f"({row}.state IN ({states}) AND NOT {row}.title_hidden "
        f"AND ({row}.state <> 'withdrawn' OR {row}.opened_on IS NOT NULL))"
    )


def _quoted(mark):
    return "'" + mark.replace("'", "''") + "'"


def _plain(title):
    """SQL for SQLite: ``title`` without marks inside words; FTS5 sees to the others."""
    text = title
    for mark in _NOTHING:
        text = f"replace({text}, {_quoted(mark)}, '')"
    return text


def _words(title, source=""):
    """SQL for SQLite: a table of the words of ``title``, with repeats.

    In layers, as its parser takes no expression that is nested much deeper.
    """
    table = f"(SELECT lower({_plain(title)}) AS text {source})"
    for at in range(0, len(_SPACE), 12):
        text = "text"
        for mark in _SPACE[at : at + 12]:
            text = f"replace({text}, {_quoted(mark)}, ' ')"
        table = f"(SELECT {text} AS text FROM {table})"
    return f"""{table} AS plain,
        json_each('[' || replace(json_quote(plain.text), ' ', '","') || ']')"""


_FIT = "length(value) BETWEEN 3 AND 30"


def _index(key, title, where="true"):
    """SQLite statements that put a title into the index."""
    return f"""
        INSERT INTO petitions_title(rowid, title) SELECT {key}, {_plain(title)} WHERE {where};
        INSERT OR IGNORE INTO petitions_title_word(word)
            SELECT value FROM {_words(title)} WHERE {_FIT} AND {where};
    """


_SQLITE_TABLES = [
    """CREATE VIRTUAL TABLE petitions_title
        USING fts5(title, tokenize = "porter unicode61 remove_diacritics 2")""",
    "CREATE TABLE petitions_title_word (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE)",
    """CREATE VIRTUAL TABLE petitions_title_threes
        USING fts5(word, content = '', tokenize = "trigram", detail = 'none', columnsize = 0)""",
    """CREATE TRIGGER petitions_title_word_added AFTER INSERT ON petitions_title_word
        BEGIN
            INSERT INTO petitions_title_threes(rowid, word) VALUES (NEW.id, '__' || NEW.word || '_');
        END""",
]
_SQLITE_TRIGGERS = [
    f"""CREATE TRIGGER petition_title_added AFTER INSERT ON petitions_petition
        WHEN {_shown("NEW")}
        BEGIN
            DELETE FROM petitions_title WHERE rowid = NEW.id * 2 + 1;
            {_index("NEW.id * 2 + 1", "NEW.title")}
        END""",
    f"""CREATE TRIGGER petition_title_changed
        AFTER UPDATE OF title, state, title_hidden, opened_on ON petitions_petition
        WHEN {_shown("NEW")} IS NOT {_shown("OLD")} OR NEW.title <> OLD.title
        BEGIN
            DELETE FROM petitions_title WHERE rowid = OLD.id * 2 + 1;
            {_index("NEW.id * 2 + 1", "NEW.title", _shown("NEW"))}
        END""",
    """CREATE TRIGGER petition_title_removed AFTER DELETE ON petitions_petition
        BEGIN DELETE FROM petitions_title WHERE rowid = OLD.id * 2 + 1; END""",
    f"""CREATE TRIGGER archived_title_added AFTER INSERT ON petitions_archivedpetition
        BEGIN
            {_index("NEW.id * 2", "NEW.title")}
        END""",
    f"""CREATE TRIGGER archived_title_changed
        AFTER UPDATE OF title ON petitions_archivedpetition WHEN NEW.title <> OLD.title
        BEGIN
            DELETE FROM petitions_title WHERE rowid = OLD.id * 2;
            {_index("NEW.id * 2", "NEW.title")}
        END""",
    """CREATE TRIGGER archived_title_removed AFTER DELETE ON petitions_archivedpetition
        BEGIN DELETE FROM petitions_title WHERE rowid = OLD.id * 2; END""",
]
_SQLITE_FILL = [
    "DELETE FROM petitions_title",
    f"""INSERT INTO petitions_title(rowid, title)
        SELECT p.id * 2 + 1, {_plain("p.title")} FROM petitions_petition p WHERE {_shown("p")}""",
    f"""INSERT INTO petitions_title(rowid, title)
        SELECT a.id * 2, {_plain("a.title")} FROM petitions_archivedpetition a""",
    f"""INSERT OR IGNORE INTO petitions_title_word(word)
        SELECT value
        FROM {_words("p.title", f"FROM petitions_petition p WHERE {_shown('p')}")} WHERE {_FIT}""",
    f"""INSERT OR IGNORE INTO petitions_title_word(word)
        SELECT value FROM {_words("a.title", "FROM petitions_archivedpetition a")} WHERE {_FIT}""",
]

_POSTGRES_TABLES = [
    # What a title is made of: no case, accents, or marks inside words.
    """CREATE FUNCTION petitions_title_text(title text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT regexp_replace(
                regexp_replace(lower(normalize(title, NFKD)), '[\u0300-\u036f''’.]', '', 'g'),
                '[^a-z0-9]+', ' ', 'g'
            )
        $$""",
    """CREATE TABLE petitions_title (
        archived boolean NOT NULL, number bigint NOT NULL, words tsvector NOT NULL,
        PRIMARY KEY (archived, number)
    )""",
    "CREATE INDEX petitions_title_words ON petitions_title USING gin (words)",
    'CREATE TABLE petitions_title_word (word text COLLATE "C" PRIMARY KEY)',
    "CREATE INDEX petitions_title_threes ON petitions_title_word USING gin (word gin_trgm_ops)",
    # The threshold holds inside the function only, whatever the session has.
    """CREATE FUNCTION petitions_near(wanted text, most integer) RETURNS SETOF text
        LANGUAGE sql STABLE SET pg_trgm.similarity_threshold = 0.2 AS $$
            SELECT word FROM petitions_title_word WHERE word % wanted
            ORDER BY similarity(word, wanted) DESC, word LIMIT most
        $$""",
]
_POSTGRES_WORDS = """
    INSERT INTO petitions_title_word
        SELECT DISTINCT word FROM {rows},
            unnest(tsvector_to_array(to_tsvector('simple', petitions_title_text(title)))) AS word
        WHERE length(word) BETWEEN 3 AND 30 ORDER BY word
        ON CONFLICT DO NOTHING;
"""
_POSTGRES_FUNCTIONS = [
    f"""CREATE FUNCTION petitions_title_follow() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'INSERT' THEN
                DELETE FROM petitions_title WHERE NOT archived AND number = OLD.id;
            END IF;
            IF TG_OP <> 'DELETE' THEN
                IF {_shown("NEW")} THEN
                    INSERT INTO petitions_title VALUES
                        (false, NEW.id, to_tsvector('english', petitions_title_text(NEW.title)));
                    {_POSTGRES_WORDS.format(rows="(SELECT NEW.title) AS one")}
                END IF;
            END IF;
            RETURN NULL;
        END $$""",
    # Many rows at a time, as an import writes them.
    f"""CREATE FUNCTION petitions_archive_follow() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'INSERT' THEN
                DELETE FROM petitions_title t USING gone
                    WHERE t.archived AND t.number = gone.id;
            END IF;
            IF TG_OP <> 'DELETE' THEN
                INSERT INTO petitions_title
                    SELECT true, id, to_tsvector('english', petitions_title_text(title))
                    FROM come;
                {_POSTGRES_WORDS.format(rows="come")}
            END IF;
            RETURN NULL;
        END $$""",
    # TRUNCATE fires no trigger of a row.
    """CREATE FUNCTION petitions_title_empty() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM petitions_title
                WHERE archived = (TG_TABLE_NAME = 'petitions_archivedpetition');
            RETURN NULL;
        END $$""",
]
_POSTGRES_TRIGGERS = [
    """CREATE TRIGGER petition_title_added_or_removed AFTER INSERT OR DELETE
        ON petitions_petition FOR EACH ROW EXECUTE FUNCTION petitions_title_follow()""",
    f"""CREATE TRIGGER petition_title_changed
        AFTER UPDATE OF title, state, title_hidden, opened_on ON petitions_petition FOR EACH ROW
        WHEN ({_shown("NEW")} IS DISTINCT FROM {_shown("OLD")} OR NEW.title <> OLD.title)
        EXECUTE FUNCTION petitions_title_follow()""",
    """CREATE TRIGGER archived_title_added AFTER INSERT ON petitions_archivedpetition
        REFERENCING NEW TABLE AS come
        FOR EACH STATEMENT EXECUTE FUNCTION petitions_archive_follow()""",
    """CREATE TRIGGER archived_title_changed AFTER UPDATE ON petitions_archivedpetition
        REFERENCING OLD TABLE AS gone NEW TABLE AS come
        FOR EACH STATEMENT EXECUTE FUNCTION petitions_archive_follow()""",
    """CREATE TRIGGER archived_title_removed AFTER DELETE ON petitions_archivedpetition
        REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION petitions_archive_follow()""",
    *(
        f"""CREATE TRIGGER {name}_titles_emptied AFTER TRUNCATE ON petitions_{name}
            FOR EACH STATEMENT EXECUTE FUNCTION petitions_title_empty()"""
        for name in ("petition", "archivedpetition")
    ),
]
_POSTGRES_FILL = [
    "DELETE FROM petitions_title",
    f"""INSERT INTO petitions_title
        SELECT false, id, to_tsvector('english', petitions_title_text(title))
        FROM petitions_petition p WHERE {_shown("p")}""",
    """INSERT INTO petitions_title
        SELECT true, id, to_tsvector('english', petitions_title_text(title))
        FROM petitions_archivedpetition""",
    _POSTGRES_WORDS.format(
        rows=f"(SELECT title FROM petitions_petition p WHERE {_shown('p')}) AS p"
    ),
    _POSTGRES_WORDS.format(rows="petitions_archivedpetition"),
]

_TRIGGERS = {
    "petitions_petition": (
        "petition_title_added", "petition_title_changed", "petition_title_removed",
        "petition_title_added_or_removed", "petition_titles_emptied",
    ),
    "petitions_archivedpetition": (
        "archived_title_added", "archived_title_changed", "archived_title_removed",
        "archivedpetition_titles_emptied",
    ),
}  # fmt: skip
TRIGGERS = {
    "sqlite": tuple(
        name for names in _TRIGGERS.values() for name in names
        if name.endswith(("_added", "_changed", "_removed")) and "_or_" not in name
    ),
    "postgresql": tuple(
        name for names in _TRIGGERS.values() for name in names
        if name not in ("petition_title_added", "petition_title_removed")
    ),
}  # fmt: skip


def _drop_triggers(editor):
    for table, names in _TRIGGERS.items():
        for name in names:
            on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
            editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def _run(editor, statements):
    for statement in statements:
        editor.execute(statement, params=None)


def follow(apps, schema_editor):
    """Make the triggers again, and fill the index with what is there now."""
    _drop_triggers(schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        _run(schema_editor, _POSTGRES_TRIGGERS + _POSTGRES_FILL)
    else:
        _run(schema_editor, _SQLITE_TRIGGERS + _SQLITE_FILL)


def forget_nothing(apps, schema_editor):
    """Nothing to undo: the triggers are those of this migration."""


def _extend(editor):
    """PostgreSQL's own extension for trigrams: trusted, so the database's owner may add it."""
    try:
        with transaction.atomic(using=editor.connection.alias):
            editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as refused:
        name = editor.connection.settings_dict["NAME"]
        raise RuntimeError(
            f"Finding petitions needs PostgreSQL's extension pg_trgm, which could not be added to "
            f"the database {name!r} ({str(refused).strip()}). Install PostgreSQL's contrib "
            "modules if they are missing; then let a superuser run, in that database, "
            "CREATE EXTENSION pg_trgm; and migrate again."
        ) from refused


def index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        _extend(schema_editor)
        _run(schema_editor, _POSTGRES_TABLES + _POSTGRES_FUNCTIONS)
    else:
        _run(schema_editor, _SQLITE_TABLES)
    follow(apps, schema_editor)


def drop(apps, schema_editor):
    """Takes the index away. The extension stays: another may use it."""
    _drop_triggers(schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        _run(
            schema_editor,
            [
                "DROP FUNCTION petitions_title_follow()",
                "DROP FUNCTION petitions_archive_follow()",
                "DROP FUNCTION petitions_title_empty()",
                "DROP FUNCTION petitions_near(text, integer)",
                "DROP TABLE petitions_title_word",
                "DROP TABLE petitions_title",
                "DROP FUNCTION petitions_title_text(text)",
            ],
        )
    else:
        _run(
            schema_editor,
            [
                "DROP TABLE petitions_title_threes",
                "DROP TABLE petitions_title_word",
                "DROP TABLE petitions_title",
            ],
        )


class Migration(migrations.Migration):
    dependencies = [("petitions", "0003_tell_signers_and_count_opinions")]

    operations = [migrations.RunPython(index, drop, elidable=False)]
