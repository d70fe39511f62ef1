"""What moderators took away by mistake is given back: the days to sign, and the petition itself.

A petition that was joined or passed on may be opened again on appeal; and one that goes back to
being open, from where nobody could sign it, may have a later last day than before. The guard of
petitions (0007_guard_petitions, 0013_erase_words_for_law) is made anew with both. Nothing else of
its days is ever changed, and its last day never comes sooner. No table is rebuilt.
"""

import importlib

from django.db import migrations

guard = importlib.import_module("folkmoot.petitions.migrations.0007_guard_petitions")
erasing = importlib.import_module("folkmoot.petitions.migrations.0013_erase_words_for_law")

# As in rules/states.py; a test holds the two together.
MOVES = guard.MOVES | {"merged": ("hidden", "open"), "referred": ("hidden", "open")}
_LEGAL = " OR ".join(
    f"(OLD.state = '{before}' AND NEW.state IN ({', '.join(repr(to) for to in after)}))"
    for before, after in MOVES.items()
)
ILLEGAL = f"NEW.state <> OLD.state AND NOT ({_LEGAL})"
GIVEN_BACK = (
    "OLD.state IN ('hidden', 'merged', 'referred') AND NEW.state = 'open'"
    " AND NEW.closes_on > OLD.closes_on"
)


def _days(word):
    stamped = guard._differs([each for each in guard.DAYS if each != "closes_on"], word)
    last = f"NEW.closes_on {word} OLD.closes_on AND NOT ({GIVEN_BACK})"
    return f"OLD.opened_on IS NOT NULL AND ({stamped} OR ({last}))"


def _rules(word, true):
    return (
        (guard.MOVED, ILLEGAL),
        (erasing.ERASED_STAYS, erasing._back(word)),
        (erasing.ERASED_WRONGLY, erasing._wrongly(word, true)),
        (guard.WORDS_CHANGED, erasing._words(word, true)),
        (guard.DAYS_CHANGED, _days(word)),
    )


def _anew(vendor, rules):
    """The statements of 0013 that make the guard, with ``rules`` in place of its own."""
    if vendor == "sqlite":
        checks = "\n".join(
            f"SELECT RAISE(ABORT, '{said}') WHERE {wrong};" for said, wrong in rules("IS NOT", "1")
        )
        made = f"""CREATE TRIGGER petition_refuse_change BEFORE UPDATE ON petitions_petition
            BEGIN {checks} END"""
        return ["DROP TRIGGER petition_refuse_change", made]
    checks = "\n".join(
        f"""IF {wrong} THEN
            RAISE EXCEPTION '{said}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;"""
        for said, wrong in rules("IS DISTINCT FROM", "TRUE")
    )
    return [
        f"""CREATE OR REPLACE FUNCTION petitions_petition_guard() RETURNS trigger
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
    ]


REFUSE = {vendor: _anew(vendor, _rules) for vendor in ("sqlite", "postgresql")}
ALLOW = {vendor: _anew(vendor, erasing._rules) for vendor in ("sqlite", "postgresql")}


def refuse(apps, schema_editor):
    for statement in REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    for statement in ALLOW[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("petitions", "0018_erase_words_of_questions")]

    operations = [migrations.RunPython(refuse, allow, elidable=False)]
