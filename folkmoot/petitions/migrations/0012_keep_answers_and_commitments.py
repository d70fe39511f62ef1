"""The database itself refuses what would quietly change an answer to a petition or a promise.

What an answer came to, what was promised and by when, and what each side said became of it are
never changed and never deleted; a later mark stands beside an earlier one. The words of a
commitment may only be taken away, because a court or the law of data protection may ask for that.
On SQLite, INSERT OR REPLACE removes a row without firing the trigger on DELETE, so it is refused
too. A later migration that rebuilds these tables on SQLite drops the triggers with the old tables
and must make them again; tests/rooms/test_petitions_answers_guards.py fails if not.
"""

from django.db import migrations

CHANGED = "what was answered and promised is never changed"
DELETED = "what was answered and promised is never deleted"

# table: what is never changed, what may only be taken away, and what is unique beside the id.
KEPT = {
    "petitions_petitionanswer": (
        ("id", "petition_id", "duty_id", "outcome", '"at"'), (), ("duty_id",)
    ),
    "petitions_commitment": (
        ("id", "answer_id", "number", "due"), ("text",), ("answer_id", "number")
    ),
    "petitions_commitmentmark": (
        ("id", "commitment_id", '"by"', "mark", "office", '"at"'), (), ()
    ),
}


def _differs(columns, words, word):
    changed = [f"NEW.{column} {word} OLD.{column}" for column in columns]
    changed += [f"(NEW.{text} <> OLD.{text} AND NEW.{text} <> '')" for text in words]
    return " OR ".join(changed)


def _sqlite(table, columns, words, unique):
    same = f" OR ({' AND '.join(f'{c} = NEW.{c}' for c in unique)})" if unique else ""
    return [
        f"""CREATE TRIGGER {table}_refuse_change BEFORE UPDATE ON {table}
            WHEN {_differs(columns, words, "IS NOT")}
            BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END""",
        f"""CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id{same})
            BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END""",
        f"""CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table}
            BEGIN SELECT RAISE(ABORT, '{DELETED}'); END""",
    ]


def _postgres(table, columns, words, unique):
    return [
        f"""CREATE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    RAISE EXCEPTION '{DELETED}' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF {_differs(columns, words, "IS DISTINCT FROM")} THEN
                    RAISE EXCEPTION '{CHANGED}' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$""",
        f"""CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_guard()""",
    ]


REFUSE = {
    "sqlite": [each for table, kept in KEPT.items() for each in _sqlite(table, *kept)],
    "postgresql": [each for table, kept in KEPT.items() for each in _postgres(table, *kept)],
}
ALLOW = {
    "sqlite": [
        f"DROP TRIGGER {table}_refuse_{what}"
        for table in KEPT
        for what in ("change", "replace", "delete")
    ],
    "postgresql": [
        statement
        for table in KEPT
        for statement in (f"DROP TRIGGER {table}_kept ON {table}", f"DROP FUNCTION {table}_guard()")
    ],
}


def refuse(apps, schema_editor):
    for statement in REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    for statement in ALLOW[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("petitions", "0011_find_what_was_set_aside_and_paper")]

    operations = [migrations.RunPython(refuse, allow, elidable=False)]
