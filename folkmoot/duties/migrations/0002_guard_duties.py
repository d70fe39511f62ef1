"""The database itself refuses what would quietly end or change an answer owed.

A duty that was answered or waived is not changed again. What is owed, by whom, to what, since
and until when, is never changed. A duty counts as answered only when its answer is there. One of
the record is not deleted; one of a rehearsal may be. The words of an answer are never changed,
only taken away. On SQLite, INSERT OR REPLACE removes a row without firing the trigger on DELETE,
so it is refused too. A later migration that rebuilds these tables on SQLite drops the triggers
with the old tables and must make them again; tests/rooms/test_duties_guards.py fails if not.
"""

from django.db import migrations

DUTY_CHANGED = "an answer owed is never changed"
DUTY_ENDED = "a duty that was answered or waived is not changed again"
DUTY_EMPTY = "a duty is answered only when its answer is there"
DUTY_DELETED = "an answer owed is never deleted"
WORDS_CHANGED = "the words of an answer are never changed, only withdrawn"

TERMS = (
    "id", "space", "key", "kind", "body_id", "office", "subject", "place", "service", "rule",
    "rule_version", "owed_to", "since", "due",
)
STAMPS = ("id", "duty_id", "number", "office", '"on"', '"at"')


def _differs(columns, word):
    return " OR ".join(f"NEW.{column} {word} OLD.{column}" for column in columns)


NO_ANSWER = "NOT EXISTS (SELECT 1 FROM duties_dutyanswer WHERE duty_id = NEW.id)"

REFUSE = {
    "sqlite": [
        f"""CREATE TRIGGER duty_refuse_change BEFORE UPDATE ON duties_duty
            BEGIN
                SELECT RAISE(ABORT, '{DUTY_ENDED}') WHERE OLD.ended <> '';
                SELECT RAISE(ABORT, '{DUTY_CHANGED}') WHERE {_differs(TERMS, "IS NOT")};
                SELECT RAISE(ABORT, '{DUTY_EMPTY}') WHERE NEW.ended = 'answered' AND {NO_ANSWER};
            END""",
        f"""CREATE TRIGGER duty_refuse_insert BEFORE INSERT ON duties_duty
            BEGIN
                SELECT RAISE(ABORT, '{DUTY_EMPTY}') WHERE NEW.ended = 'answered';
                SELECT RAISE(ABORT, '{DUTY_DELETED}') WHERE EXISTS (
                    SELECT 1 FROM duties_duty
                    WHERE id = NEW.id OR (space = NEW.space AND key = NEW.key)
                );
            END""",
        f"""CREATE TRIGGER duty_refuse_delete BEFORE DELETE ON duties_duty
            WHEN OLD.space = 'record'
            BEGIN SELECT RAISE(ABORT, '{DUTY_DELETED}'); END""",
        f"""CREATE TRIGGER duty_answer_refuse_change BEFORE UPDATE ON duties_dutyanswer
            WHEN {_differs(STAMPS, "IS NOT")} OR (NEW.text <> OLD.text AND NEW.text <> '')
            BEGIN SELECT RAISE(ABORT, '{WORDS_CHANGED}'); END""",
        f"""CREATE TRIGGER duty_answer_refuse_delete BEFORE DELETE ON duties_dutyanswer
            WHEN EXISTS (
                SELECT 1 FROM duties_duty WHERE id = OLD.duty_id AND space = 'record'
            )
            BEGIN SELECT RAISE(ABORT, '{DUTY_DELETED}'); END""",
        f"""CREATE TRIGGER duty_answer_refuse_replace BEFORE INSERT ON duties_dutyanswer
            WHEN EXISTS (
                SELECT 1 FROM duties_dutyanswer
                WHERE id = NEW.id OR (duty_id = NEW.duty_id AND number = NEW.number)
            )
            BEGIN SELECT RAISE(ABORT, '{WORDS_CHANGED}'); END""",
    ],
    "postgresql": [
        f"""CREATE FUNCTION duties_duty_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    IF OLD.space = 'record' THEN
                        RAISE EXCEPTION '{DUTY_DELETED}'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN OLD;
                END IF;
                IF TG_OP = 'UPDATE' THEN
                    IF OLD.ended <> '' THEN
                        RAISE EXCEPTION '{DUTY_ENDED}'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    IF {_differs(TERMS, "IS DISTINCT FROM")} THEN
                        RAISE EXCEPTION '{DUTY_CHANGED}'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                END IF;
                IF NEW.ended = 'answered' AND {NO_ANSWER} THEN
                    RAISE EXCEPTION '{DUTY_EMPTY}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$""",
        """CREATE TRIGGER duty_guard BEFORE INSERT OR UPDATE OR DELETE ON duties_duty
            FOR EACH ROW EXECUTE FUNCTION duties_duty_guard()""",
        f"""CREATE FUNCTION duties_dutyanswer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    IF EXISTS (
                        SELECT 1 FROM duties_duty WHERE id = OLD.duty_id AND space = 'record'
                    ) THEN
                        RAISE EXCEPTION '{DUTY_DELETED}'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN OLD;
                END IF;
                IF {_differs(STAMPS, "IS DISTINCT FROM")}
                    OR (NEW.text <> OLD.text AND NEW.text <> '') THEN
                    RAISE EXCEPTION '{WORDS_CHANGED}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$""",
        """CREATE TRIGGER duty_answer_guard BEFORE UPDATE OR DELETE ON duties_dutyanswer
            FOR EACH ROW EXECUTE FUNCTION duties_dutyanswer_guard()""",
    ],
}

ALLOW = {
    "sqlite": [
        "DROP TRIGGER duty_refuse_change",
        "DROP TRIGGER duty_refuse_insert",
        "DROP TRIGGER duty_refuse_delete",
        "DROP TRIGGER duty_answer_refuse_change",
        "DROP TRIGGER duty_answer_refuse_delete",
        "DROP TRIGGER duty_answer_refuse_replace",
    ],
    "postgresql": [
        "DROP TRIGGER duty_guard ON duties_duty",
        "DROP FUNCTION duties_duty_guard()",
        "DROP TRIGGER duty_answer_guard ON duties_dutyanswer",
        "DROP FUNCTION duties_dutyanswer_guard()",
    ],
}


def refuse(apps, schema_editor):
    for statement in REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    for statement in ALLOW[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("duties", "0001_create_tables")]

    operations = [migrations.RunPython(refuse, allow, elidable=False)]
