"""The database itself refuses to change or delete a public act.

SQLite: triggers on UPDATE and DELETE, and one on INSERT because INSERT OR REPLACE removes the
old row without firing the trigger on DELETE. PostgreSQL: one trigger on UPDATE, DELETE and
TRUNCATE. A later migration that rebuilds this table on SQLite drops its triggers with the old
table and must make them again; tests/rooms/test_common_acts.py fails if it does not.
"""

from django.db import migrations

REFUSAL = "public acts are never changed or deleted"

REFUSE = {
    "sqlite": [
        f"""CREATE TRIGGER publicact_refuse_update BEFORE UPDATE ON common_publicact
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
        f"""CREATE TRIGGER publicact_refuse_delete BEFORE DELETE ON common_publicact
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
        f"""CREATE TRIGGER publicact_refuse_replace BEFORE INSERT ON common_publicact
            WHEN EXISTS (
                SELECT 1 FROM common_publicact WHERE id = NEW.id OR sha256 = NEW.sha256
            )
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    ],
    "postgresql": [
        f"""CREATE FUNCTION common_publicact_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
            END $$""",
        """CREATE TRIGGER publicact_refuse_change
            BEFORE UPDATE OR DELETE OR TRUNCATE ON common_publicact
            FOR EACH STATEMENT EXECUTE FUNCTION common_publicact_refuse()""",
    ],
}

ALLOW = {
    "sqlite": [
        "DROP TRIGGER publicact_refuse_update",
        "DROP TRIGGER publicact_refuse_delete",
        "DROP TRIGGER publicact_refuse_replace",
    ],
    "postgresql": [
        "DROP TRIGGER publicact_refuse_change ON common_publicact",
        "DROP FUNCTION common_publicact_refuse()",
    ],
}


def refuse(apps, schema_editor):
    for statement in REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    for statement in ALLOW[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("common", "0001_create_tables")]

    operations = [migrations.RunPython(refuse, allow, elidable=False)]
