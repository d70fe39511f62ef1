"""Bodies state when their full councils meet, and a debate that is owed may be due at a meeting.

The database refuses to change or delete a stated meeting; it may be called off, once. At which
meeting a debate is due is part of what stays once a threshold was reached, so the guard of
thresholds (0007_guard_petitions) is made anew with it. Taking the new column away rebuilds the
table on SQLite, so its triggers are gone before and are made again after.
"""

import importlib

import django.db.models.deletion
from django.db import migrations, models

guard = importlib.import_module("folkmoot.petitions.migrations.0007_guard_petitions")

CHANGED = "a stated meeting is never changed"
CALLED_OFF = "a meeting that was called off stays so"
DELETED = "a stated meeting is never deleted"

STATED = ("id", "body_id", '"on"', "source", "stated_at", '"by"')
OFF = ("withdrawn_at", "withdrawn_by")


def _off(word):
    return f"OLD.withdrawn_at IS NOT NULL AND ({guard._differs(OFF, word)})"


MEETINGS = {
    "sqlite": [
        f"""CREATE TRIGGER meeting_refuse_change BEFORE UPDATE ON petitions_meeting
            BEGIN
                SELECT RAISE(ABORT, '{CHANGED}') WHERE {guard._differs(STATED, "IS NOT")};
                SELECT RAISE(ABORT, '{CALLED_OFF}') WHERE {_off("IS NOT")};
            END""",
        f"""CREATE TRIGGER meeting_refuse_replace BEFORE INSERT ON petitions_meeting
            WHEN EXISTS (
                SELECT 1 FROM petitions_meeting
                WHERE id = NEW.id OR (
                    body_id = NEW.body_id AND "on" = NEW."on"
                    AND withdrawn_at IS NULL AND NEW.withdrawn_at IS NULL
                )
            )
            BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END""",
        f"""CREATE TRIGGER meeting_refuse_delete BEFORE DELETE ON petitions_meeting
            BEGIN SELECT RAISE(ABORT, '{DELETED}'); END""",
    ],
    "postgresql": [
        f"""CREATE FUNCTION petitions_meeting_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    RAISE EXCEPTION '{DELETED}' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF {guard._differs(STATED, "IS DISTINCT FROM")} THEN
                    RAISE EXCEPTION '{CHANGED}' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF {_off("IS DISTINCT FROM")} THEN
                    RAISE EXCEPTION '{CALLED_OFF}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$""",
        """CREATE TRIGGER meeting_guard BEFORE UPDATE OR DELETE ON petitions_meeting
            FOR EACH ROW EXECUTE FUNCTION petitions_meeting_guard()""",
    ],
}
UNGUARDED = {
    "sqlite": [
        "DROP TRIGGER meeting_refuse_change",
        "DROP TRIGGER meeting_refuse_replace",
        "DROP TRIGGER meeting_refuse_delete",
    ],
    "postgresql": [
        "DROP TRIGGER meeting_guard ON petitions_meeting",
        "DROP FUNCTION petitions_meeting_guard()",
    ],
}


def _of_thresholds(statements):
    return [each for each in statements if "threshold" in each]


def _with_meeting(statement):
    """The guard of thresholds, which keeps the meeting too."""
    for word in ("IS NOT", "IS DISTINCT FROM"):
        duty = f"NEW.duty {word} OLD.duty"
        statement = statement.replace(duty, f"{duty} OR NEW.meeting_id {word} OLD.meeting_id")
    return statement


def _run(*lists):
    def run(apps, schema_editor):
        for statements in lists:
            for statement in statements[schema_editor.connection.vendor]:
                schema_editor.execute(statement)

    return run


FREED = {vendor: _of_thresholds(guard.ALLOW[vendor]) for vendor in guard.ALLOW}
BEFORE = {vendor: _of_thresholds(guard.REFUSE[vendor]) for vendor in guard.REFUSE}
AFTER = {vendor: [_with_meeting(each) for each in BEFORE[vendor]] for vendor in BEFORE}
# All of it at once, as where a test database is emptied.
REFUSE = {vendor: [*FREED[vendor], *AFTER[vendor], *MEETINGS[vendor]] for vendor in AFTER}
ALLOW = {vendor: [*UNGUARDED[vendor], *FREED[vendor], *BEFORE[vendor]] for vendor in AFTER}


class Migration(migrations.Migration):

    dependencies = [
        ("bodies", "0001_create_tables"),
        ("petitions", "0013_erase_words_for_law"),
    ]

    operations = [
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField()),
                ("source", models.URLField(help_text="where the body published the date")),
                ("stated_at", models.DateTimeField()),
                (
                    "by",
                    models.CharField(
                        help_text="privacy: public office, not a person", max_length=161
                    ),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(
                        blank=True, help_text="when it was called off", null=True
                    ),
                ),
                (
                    "withdrawn_by",
                    models.CharField(
                        blank=True,
                        help_text="privacy: public office, not a person",
                        max_length=161,
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="bodies.body",
                    ),
                ),
            ],
            options={
                "ordering": ["body_id", "on", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("body", "on"),
                        name="meeting_stated_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at__isnull", True), ("withdrawn_by", "")),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                models.Q(("withdrawn_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="meeting_called_off_by_an_office",
                    ),
                ],
            },
        ),
        migrations.RunPython(_run(FREED), _run(BEFORE), elidable=False),
        migrations.AddField(
            model_name="threshold",
            name="meeting",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="at which a debate is due, where one was known when it was reached",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="petitions.meeting",
            ),
        ),
        migrations.RunPython(_run(AFTER, MEETINGS), _run(UNGUARDED, FREED), elidable=False),
    ]
