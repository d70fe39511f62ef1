"""The database itself keeps the course of a case as it was.

What a case is about, whose it is and whether it is outside the framework are never changed; one
that is closed is not changed at all; what was done in it is never changed; its words are only ever
taken away; one of the record is never deleted. On SQLite, INSERT OR REPLACE removes a row without
firing the trigger on DELETE, so it is refused too. A later migration that rebuilds these tables on
SQLite drops the triggers with the old tables and must make them again;
tests/rooms/test_cases_guards.py fails if it does not.
"""

from django.db import migrations

CASE_CHANGED = "what a case is about is never changed"
CASE_CLOSED = "a case that is closed is not changed"
CASE_DELETED = "a case of the record is never deleted"
EVENT_CHANGED = "what was done in a case is never changed"
WORDS_CHANGED = "the words of a case are never changed, only withdrawn"

CLOSED = "('refused', 'withdrawn', 'stopped', 'ended')"
ABOUT = (
    "id", "space", "run", "framework_id", "step", "area_id", "service", "centre_id", "body_id",
    "outside", "power", "proposed_on", "begun_at",
)
OF_RECORD = "EXISTS (SELECT 1 FROM framework_case WHERE id = OLD.case_id AND space = 'record')"
WORDS_OF_RECORD = """EXISTS (
    SELECT 1 FROM framework_case c JOIN framework_caseevent e ON e.case_id = c.id
    WHERE e.id = OLD.event_id AND c.space = 'record')"""
WORDS = "NEW.id {0} OLD.id OR NEW.event_id {0} OLD.event_id OR NEW.part {0} OLD.part"


def _differs(columns, word):
    return " OR ".join(f"NEW.{column} {word} OLD.{column}" for column in columns)


REFUSE = {
    "sqlite": [
        f"""CREATE TRIGGER case_refuse_change BEFORE UPDATE ON framework_case
            BEGIN
                SELECT RAISE(ABORT, '{CASE_CLOSED}') WHERE OLD.state IN {CLOSED};
                SELECT RAISE(ABORT, '{CASE_CHANGED}') WHERE {_differs(ABOUT, "IS NOT")};
            END""",
        f"""CREATE TRIGGER case_refuse_delete BEFORE DELETE ON framework_case
            WHEN OLD.space = 'record'
            BEGIN SELECT RAISE(ABORT, '{CASE_DELETED}'); END""",
        f"""CREATE TRIGGER case_refuse_replace BEFORE INSERT ON framework_case
            WHEN EXISTS (SELECT 1 FROM framework_case WHERE id = NEW.id)
            BEGIN SELECT RAISE(ABORT, '{CASE_CHANGED}'); END""",
        f"""CREATE TRIGGER case_event_refuse_change BEFORE UPDATE ON framework_caseevent
            BEGIN SELECT RAISE(ABORT, '{EVENT_CHANGED}'); END""",
        f"""CREATE TRIGGER case_event_refuse_delete BEFORE DELETE ON framework_caseevent
            WHEN {OF_RECORD}
            BEGIN SELECT RAISE(ABORT, '{CASE_DELETED}'); END""",
        f"""CREATE TRIGGER case_event_refuse_replace BEFORE INSERT ON framework_caseevent
            WHEN EXISTS (
                SELECT 1 FROM framework_caseevent
                WHERE id = NEW.id OR (case_id = NEW.case_id AND number = NEW.number)
            )
            BEGIN SELECT RAISE(ABORT, '{EVENT_CHANGED}'); END""",
        f"""CREATE TRIGGER case_words_refuse_change BEFORE UPDATE ON framework_casewords
            WHEN {WORDS.format("IS NOT")} OR (NEW.text <> OLD.text AND NEW.text <> '')
            BEGIN SELECT RAISE(ABORT, '{WORDS_CHANGED}'); END""",
        f"""CREATE TRIGGER case_words_refuse_delete BEFORE DELETE ON framework_casewords
            WHEN {WORDS_OF_RECORD}
            BEGIN SELECT RAISE(ABORT, '{CASE_DELETED}'); END""",
    ],
    "postgresql": [
        f"""CREATE FUNCTION framework_case_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    IF OLD.space = 'record' THEN
                        RAISE EXCEPTION '{CASE_DELETED}'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN OLD;
                END IF;
                IF OLD.state IN {CLOSED} THEN
                    RAISE EXCEPTION '{CASE_CLOSED}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF {_differs(ABOUT, "IS DISTINCT FROM")} THEN
                    RAISE EXCEPTION '{CASE_CHANGED}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$""",
        """CREATE TRIGGER case_guard BEFORE UPDATE OR DELETE ON framework_case
            FOR EACH ROW EXECUTE FUNCTION framework_case_guard()""",
        f"""CREATE FUNCTION framework_caseevent_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' OR {OF_RECORD} THEN
                    RAISE EXCEPTION '{EVENT_CHANGED}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN OLD;
            END $$""",
        """CREATE TRIGGER case_event_guard BEFORE UPDATE OR DELETE ON framework_caseevent
            FOR EACH ROW EXECUTE FUNCTION framework_caseevent_guard()""",
        f"""CREATE FUNCTION framework_casewords_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    IF {WORDS_OF_RECORD} THEN
                        RAISE EXCEPTION '{CASE_DELETED}'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN OLD;
                END IF;
                IF {WORDS.format("IS DISTINCT FROM")}
                    OR (NEW.text <> OLD.text AND NEW.text <> '') THEN
                    RAISE EXCEPTION '{WORDS_CHANGED}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$""",
        """CREATE TRIGGER case_words_guard BEFORE UPDATE OR DELETE ON framework_casewords
            FOR EACH ROW EXECUTE FUNCTION framework_casewords_guard()""",
    ],
}

ALLOW = {
    "sqlite": [
        "DROP TRIGGER case_refuse_change",
        "DROP TRIGGER case_refuse_delete",
        "DROP TRIGGER case_refuse_replace",
        "DROP TRIGGER case_event_refuse_change",
        "DROP TRIGGER case_event_refuse_delete",
        "DROP TRIGGER case_event_refuse_replace",
        "DROP TRIGGER case_words_refuse_change",
        "DROP TRIGGER case_words_refuse_delete",
    ],
    "postgresql": [
        "DROP TRIGGER case_guard ON framework_case",
        "DROP FUNCTION framework_case_guard()",
        "DROP TRIGGER case_event_guard ON framework_caseevent",
        "DROP FUNCTION framework_caseevent_guard()",
        "DROP TRIGGER case_words_guard ON framework_casewords",
        "DROP FUNCTION framework_casewords_guard()",
    ],
}


def refuse(apps, schema_editor):
    for statement in REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    for statement in ALLOW[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("framework", "0002_create_cases")]

    operations = [migrations.RunPython(refuse, allow, elidable=False)]
