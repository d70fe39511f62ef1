"""The database itself refuses what would quietly change a petition, its state or its thresholds.

A petition makes the moves that ``rules.states.MOVES`` allows and no others. Once it has been
opened, what it asks of whom, its days and what its thresholds were reckoned from are never
changed, and it is never deleted; its words may be taken away, while they are hidden, because a
court or the law of data protection may ask for that. A threshold that was stamped is never changed,
and one that was reached stays reached. On SQLite, INSERT OR REPLACE removes a row without firing
the trigger on DELETE, so it is refused too. A later migration that rebuilds these tables on SQLite
drops the triggers with the old tables and must make them again;
tests/rooms/test_petitions_guards.py fails if not.
"""

from django.db import migrations

MOVED = "a petition does not move like this"
WORDS_CHANGED = "what an opened petition asks is never changed"
DAYS_CHANGED = "the days and the residents of an opened petition are never changed"
DELETED = "a petition that was opened is never deleted"
STAMP_CHANGED = "a threshold is never changed"
UNREACHED = "a threshold that was reached stays reached"
STAMP_DELETED = "a threshold is never deleted"

# As in rules/states.py; a test holds the two together.
MOVES = {
    "draft": ("sponsors", "withdrawn"),
    "sponsors": ("moderation", "withdrawn"),
    "moderation": ("hidden", "merged", "open", "referred", "rejected", "withdrawn"),
    "open": ("closed", "hidden", "merged", "referred", "withdrawn"),
    "closed": ("hidden",),
    "rejected": ("hidden", "open"),
    "hidden": (
        "closed", "merged", "moderation", "open", "referred", "rejected", "withdrawn",
    ),
    "withdrawn": ("hidden",),
    "merged": ("hidden",),
    "referred": ("hidden",),
}
ASKED = ("id", "area_id", "service_id", "body_id", "office")
DAYS = (
    "created_at", "opened_on", "term", "closes_on", "scheme", "scheme_version", "population",
)
STAMPS = ("id", "petition_id", "kind", "needed", "share", "days")
REACHED = ("reached_at", "duty")

_LEGAL = " OR ".join(
    f"(OLD.state = '{before}' AND NEW.state IN ({', '.join(repr(to) for to in after)}))"
    for before, after in MOVES.items()
)
ILLEGAL = f"NEW.state <> OLD.state AND NOT ({_LEGAL})"


def _differs(columns, word):
    return " OR ".join(f"NEW.{column} {word} OLD.{column}" for column in columns)


def _words(word, false):
    """That words were changed: anything but taken away while they are hidden."""
    changed = [
        f"(NEW.{column} <> OLD.{column} AND (NEW.{column} <> '' OR NEW.{hidden} = {false}))"
        for column, hidden in (
            ("title", "title_hidden"), ("background", "words_hidden"), ("detail", "words_hidden"),
        )
    ]
    changed.append("(NEW.creator_name <> OLD.creator_name AND NEW.creator_name <> '')")
    return f"OLD.opened_on IS NOT NULL AND ({_differs(ASKED, word)} OR {' OR '.join(changed)})"


def _days(word):
    return f"OLD.opened_on IS NOT NULL AND ({_differs(DAYS, word)})"


def _reached(word):
    return f"OLD.reached_at IS NOT NULL AND ({_differs(REACHED, word)})"


REFUSE = {
    "sqlite": [
        f"""CREATE TRIGGER petition_refuse_change BEFORE UPDATE ON petitions_petition
            BEGIN
                SELECT RAISE(ABORT, '{MOVED}') WHERE {ILLEGAL};
                SELECT RAISE(ABORT, '{WORDS_CHANGED}') WHERE {_words("IS NOT", "0")};
                SELECT RAISE(ABORT, '{DAYS_CHANGED}') WHERE {_days("IS NOT")};
            END""",
        f"""CREATE TRIGGER petition_refuse_replace BEFORE INSERT ON petitions_petition
            WHEN EXISTS (
                SELECT 1 FROM petitions_petition
                WHERE opened_on IS NOT NULL AND (id = NEW.id OR sponsor_key = NEW.sponsor_key)
            )
            BEGIN SELECT RAISE(ABORT, '{DELETED}'); END""",
        f"""CREATE TRIGGER petition_refuse_delete BEFORE DELETE ON petitions_petition
            WHEN OLD.opened_on IS NOT NULL
            BEGIN SELECT RAISE(ABORT, '{DELETED}'); END""",
        f"""CREATE TRIGGER threshold_refuse_change BEFORE UPDATE ON petitions_threshold
            BEGIN
                SELECT RAISE(ABORT, '{STAMP_CHANGED}') WHERE {_differs(STAMPS, "IS NOT")};
                SELECT RAISE(ABORT, '{UNREACHED}') WHERE {_reached("IS NOT")};
            END""",
        f"""CREATE TRIGGER threshold_refuse_replace BEFORE INSERT ON petitions_threshold
            WHEN EXISTS (
                SELECT 1 FROM petitions_threshold
                WHERE id = NEW.id OR (petition_id = NEW.petition_id AND kind = NEW.kind)
            )
            BEGIN SELECT RAISE(ABORT, '{STAMP_CHANGED}'); END""",
        f"""CREATE TRIGGER threshold_refuse_delete BEFORE DELETE ON petitions_threshold
            BEGIN SELECT RAISE(ABORT, '{STAMP_DELETED}'); END""",
    ],
    "postgresql": [
        f"""CREATE FUNCTION petitions_petition_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    IF OLD.opened_on IS NOT NULL THEN
                        RAISE EXCEPTION '{DELETED}'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN OLD;
                END IF;
                IF {ILLEGAL} THEN
                    RAISE EXCEPTION '{MOVED}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF {_words("IS DISTINCT FROM", "FALSE")} THEN
                    RAISE EXCEPTION '{WORDS_CHANGED}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF {_days("IS DISTINCT FROM")} THEN
                    RAISE EXCEPTION '{DAYS_CHANGED}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$""",
        """CREATE TRIGGER petition_guard BEFORE UPDATE OR DELETE ON petitions_petition
            FOR EACH ROW EXECUTE FUNCTION petitions_petition_guard()""",
        f"""CREATE FUNCTION petitions_threshold_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    RAISE EXCEPTION '{STAMP_DELETED}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF {_differs(STAMPS, "IS DISTINCT FROM")} THEN
                    RAISE EXCEPTION '{STAMP_CHANGED}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF {_reached("IS DISTINCT FROM")} THEN
                    RAISE EXCEPTION '{UNREACHED}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$""",
        """CREATE TRIGGER threshold_guard BEFORE UPDATE OR DELETE ON petitions_threshold
            FOR EACH ROW EXECUTE FUNCTION petitions_threshold_guard()""",
    ],
}

ALLOW = {
    "sqlite": [
        "DROP TRIGGER petition_refuse_change",
        "DROP TRIGGER petition_refuse_replace",
        "DROP TRIGGER petition_refuse_delete",
        "DROP TRIGGER threshold_refuse_change",
        "DROP TRIGGER threshold_refuse_replace",
        "DROP TRIGGER threshold_refuse_delete",
    ],
    "postgresql": [
        "DROP TRIGGER petition_guard ON petitions_petition",
        "DROP FUNCTION petitions_petition_guard()",
        "DROP TRIGGER threshold_guard ON petitions_threshold",
        "DROP FUNCTION petitions_threshold_guard()",
    ],
}


def refuse(apps, schema_editor):
    for statement in REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    for statement in ALLOW[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("petitions", "0006_tell_askers_of_answers")]

    operations = [migrations.RunPython(refuse, allow, elidable=False)]
