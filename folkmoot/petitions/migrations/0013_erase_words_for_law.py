"""The words of a petition may be erased for law: all of them, once, while it is hidden.

Until now the database let any words be taken away that were hidden. From now on the words of an
opened petition go only together, while the petition is hidden, with the moment and the reason
written in the same row; and what was erased stays erased and hidden. Both new columns may be null,
so that adding them rebuilds no table and rows that older code writes meanwhile are right.

On SQLite a later migration that rebuilds the table must make these triggers again, as
0007_guard_petitions says.
"""

import importlib

from django.db import migrations, models

guard = importlib.import_module("folkmoot.petitions.migrations.0007_guard_petitions")

ERASED_WRONGLY = (
    "the words of a petition are erased while it is hidden, all of them, with a reason"
)
ERASED_STAYS = "a petition whose words were erased stays so"

WORDS = ("title", "background", "detail")
KEPT = ("state", "erased_at", "erased_reason", "words_hidden", "title_hidden", *WORDS)


def _erasing(true):
    """That this change erases the words, as it may."""
    empty = " AND ".join(f"NEW.{column} = ''" for column in (*WORDS, "creator_name"))
    return (
        "OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL"
        " AND OLD.state = 'hidden' AND NEW.state = 'hidden'"
        f" AND NEW.words_hidden = {true} AND NEW.title_hidden = {true}"
        f" AND COALESCE(NEW.erased_reason, '') <> '' AND {empty}"
    )


def _words(word, true):
    """That the words of an opened petition were changed, or what it asks of whom."""
    changed = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in WORDS)
    renamed = "(NEW.creator_name <> OLD.creator_name AND NEW.creator_name <> '')"
    return (
        f"OLD.opened_on IS NOT NULL AND ({guard._differs(guard.ASKED, word)} OR {renamed}"
        f" OR (({changed}) AND NOT ({_erasing(true)})))"
    )


def _wrongly(word, true):
    """That erasing was done otherwise."""
    return (
        f"OLD.erased_at IS NULL AND NOT ({_erasing(true)})"
        " AND (NEW.erased_at IS NOT NULL OR NEW.erased_reason IS NOT NULL)"
    )


def _back(word):
    """That anything of an erased petition came back."""
    named = "(NEW.creator_name <> OLD.creator_name AND NEW.creator_name <> '')"
    return f"OLD.erased_at IS NOT NULL AND ({guard._differs(KEPT, word)} OR {named})"


def _rules(word, true):
    return (
        (guard.MOVED, guard.ILLEGAL),
        (ERASED_STAYS, _back(word)),
        (ERASED_WRONGLY, _wrongly(word, true)),
        (guard.WORDS_CHANGED, _words(word, true)),
        (guard.DAYS_CHANGED, guard._days(word)),
    )


def _sqlite():
    checks = "\n".join(
        f"SELECT RAISE(ABORT, '{said}') WHERE {wrong};" for said, wrong in _rules("IS NOT", "1")
    )
    return f"""CREATE TRIGGER petition_refuse_change BEFORE UPDATE ON petitions_petition
        BEGIN {checks} END"""


def _postgresql():
    checks = "\n".join(
        f"""IF {wrong} THEN
            RAISE EXCEPTION '{said}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;"""
        for said, wrong in _rules("IS DISTINCT FROM", "TRUE")
    )
    return f"""CREATE OR REPLACE FUNCTION petitions_petition_guard() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF OLD.opened_on IS NOT NULL THEN
                    RAISE EXCEPTION '{guard.DELETED}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN OLD;
            END IF;
            {checks}
            RETURN NEW;
        END $$"""


def _before(vendor):
    """The statement of 0007 that makes the guard as it was."""
    return guard.REFUSE[vendor][0]


REFUSE = {
    "sqlite": ["DROP TRIGGER petition_refuse_change", _sqlite()],
    "postgresql": [_postgresql()],
}
ALLOW = {
    "sqlite": ["DROP TRIGGER petition_refuse_change", _before("sqlite")],
    "postgresql": [_before("postgresql").replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")],
}


def refuse(apps, schema_editor):
    for statement in REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    for statement in ALLOW[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("petitions", "0012_keep_answers_and_commitments")]

    operations = [
        migrations.AddField(
            model_name="petition",
            name="erased_at",
            field=models.DateTimeField(
                blank=True,
                help_text="when its words were erased for law; it stays hidden",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="petition",
            name="erased_reason",
            field=models.CharField(
                blank=True,
                help_text="a key of common.acts.LEGAL_REASONS",
                max_length=40,
                null=True,
            ),
        ),
        migrations.RunPython(refuse, allow, elidable=False),
    ]
