"""The database itself refuses to change an observation or what a release is.

Observations are never updated: a correction is a new release. Of a release only the state
moves, and only forward: held, ready, published, superseded. A later migration that rebuilds
one of these tables on SQLite drops its triggers with the old table and must make them again;
tests/rooms/test_releases_immutable.py fails if it does not.
"""

from django.db import migrations

OBSERVATION = "observations are never changed: a correction is a new release"
RELEASE = "a release is never changed: a correction is a new release"

_FIXED = ("source_id", "number", "sha256", "filename", "size", "received_at", "definition")
_CHANGED = {
    "sqlite": " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _FIXED),
    "postgresql": " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FIXED),
}
_BACKWARD = """(NEW.state <> OLD.state AND NOT (
    (OLD.state = 'held' AND NEW.state = 'ready')
    OR (OLD.state = 'ready' AND NEW.state = 'published')
    OR (OLD.state = 'published' AND NEW.state = 'superseded')))"""

REFUSE = {
    "sqlite": [
        f"""CREATE TRIGGER observation_refuse_update BEFORE UPDATE ON measures_observation
            BEGIN SELECT RAISE(ABORT, '{OBSERVATION}'); END""",
        f"""CREATE TRIGGER release_refuse_change BEFORE UPDATE ON measures_release
            WHEN {_CHANGED["sqlite"]} OR {_BACKWARD}
            BEGIN SELECT RAISE(ABORT, '{RELEASE}'); END""",
    ],
    "postgresql": [
        f"""CREATE FUNCTION measures_observation_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '{OBSERVATION}' USING ERRCODE = 'integrity_constraint_violation';
            END $$""",
        """CREATE TRIGGER observation_refuse_update BEFORE UPDATE ON measures_observation
            FOR EACH STATEMENT EXECUTE FUNCTION measures_observation_refuse()""",
        f"""CREATE FUNCTION measures_release_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '{RELEASE}' USING ERRCODE = 'integrity_constraint_violation';
            END $$""",
        f"""CREATE TRIGGER release_refuse_change BEFORE UPDATE ON measures_release
            FOR EACH ROW WHEN ({_CHANGED["postgresql"]} OR {_BACKWARD})
            EXECUTE FUNCTION measures_release_refuse()""",
    ],
}

ALLOW = {
    "sqlite": [
        "DROP TRIGGER observation_refuse_update",
        "DROP TRIGGER release_refuse_change",
    ],
    "postgresql": [
        "DROP TRIGGER observation_refuse_update ON measures_observation",
        "DROP FUNCTION measures_observation_refuse()",
        "DROP TRIGGER release_refuse_change ON measures_release",
        "DROP FUNCTION measures_release_refuse()",
    ],
}


def refuse(apps, schema_editor):
    for statement in REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    for statement in ALLOW[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("measures", "0001_create_tables")]

    operations = [migrations.RunPython(refuse, allow)]
