"""A notice may lapse. That is a state of its own, and closed like the others.

SQLite changes a constraint by making the table anew, which drops its triggers and does not get
past those of other tables that read it: so all the triggers of cases go before, and are made
again after, now with the new state among those that are closed.
"""

from importlib import import_module

from django.db import migrations, models

GUARDS = import_module("folkmoot.framework.migrations.0003_guard_cases")
CLOSED = "('refused', 'withdrawn', 'lapsed', 'stopped', 'ended')"


def take_away(apps, schema_editor):
    GUARDS.allow(apps, schema_editor)


def make_again(apps, schema_editor):
    for statement in GUARDS.REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(statement.replace(GUARDS.CLOSED, CLOSED))


def make_as_before(apps, schema_editor):
    GUARDS.refuse(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('bodies', '0001_create_tables'),
        ('framework', '0006_guard_replaced_words'),
        ('places', '0002_keep_constituencies_of_postcodes'),
    ]

    operations = [
        migrations.RunPython(take_away, make_as_before, elidable=False),
        migrations.RemoveConstraint(
            model_name='case',
            name='case_has_what_its_state_needs',
        ),
        migrations.AlterField(
            model_name='case',
            name='state',
            field=models.CharField(choices=[('refused', 'refused: a matter for the local people'), ('noticed', 'notice given'), ('withdrawn', 'proposal withdrawn'), ('lapsed', 'notice lapsed: nobody decided on it in time'), ('stopped', 'decided: the centre does not step in'), ('running', 'the centre has stepped in'), ('ended', 'ended')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('notice_on__isnull', True), ('outside', False), ('state', 'refused'), ('decided_on__isnull', True), ('ends__isnull', True), ('starts__isnull', True), ('ended_on__isnull', True), ('ending', '')), models.Q(('outside', False), ('state__in', ('noticed', 'withdrawn', 'lapsed')), ('body__isnull', False), ('notice_on__isnull', False), ('reply_due__isnull', False), ('decided_on__isnull', True), ('ends__isnull', True), ('starts__isnull', True), ('ended_on__isnull', True), ('ending', '')), models.Q(('outside', False), ('state', 'stopped'), ('body__isnull', False), ('notice_on__isnull', False), ('reply_due__isnull', False), ('decided_on__isnull', False), ('ends__isnull', True), ('starts__isnull', True), ('ended_on__isnull', True), ('ending', '')), models.Q(('state', 'running'), ('decided_on__isnull', False), ('ends__isnull', False), ('starts__isnull', False), ('ended_on__isnull', True), ('ending', '')), models.Q(('state', 'ended'), ('decided_on__isnull', False), ('ends__isnull', False), ('starts__isnull', False), ('ended_on__isnull', False), models.Q(('ending', ''), _negated=True)), _connector='OR'), name='case_has_what_its_state_needs'),
        ),
        migrations.RunPython(make_again, take_away, elidable=False),
    ]
