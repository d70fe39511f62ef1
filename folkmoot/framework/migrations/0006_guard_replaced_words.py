"""Words of a case cannot be overwritten by INSERT OR REPLACE on SQLite, which fires no trigger on
UPDATE or DELETE. PostgreSQL has no such statement: what it does instead is an UPDATE, which
0003_guard_cases refuses.
"""

from django.db import migrations

REFUSE = """CREATE TRIGGER case_words_refuse_replace BEFORE INSERT ON framework_casewords
    WHEN EXISTS (
        SELECT 1 FROM framework_casewords
        WHERE id = NEW.id OR (event_id = NEW.event_id AND part = NEW.part)
    )
    BEGIN SELECT RAISE(ABORT, 'the words of a case are never changed, only withdrawn'); END"""


def refuse(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(REFUSE)


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER case_words_refuse_replace")


class Migration(migrations.Migration):

    dependencies = [("framework", "0005_say_cases_where_cases_are_counted")]

    operations = [migrations.RunPython(refuse, allow, elidable=False)]
