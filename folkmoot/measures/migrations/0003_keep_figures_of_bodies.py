"""Figures of bodies, such as NHS trusts: a table of their own, which refuses changes too.

A revision is of a value of an area or of a body. Going back drops the figures of bodies and what
later releases revised of them; figures of places are not touched.
"""

import django.db.models.deletion
from django.db import migrations, models

WORDS = "observations are never changed: a correction is a new release"

REFUSE = {
    "sqlite": [
        f"""CREATE TRIGGER body_observation_refuse_update
            BEFORE UPDATE ON measures_bodyobservation
            BEGIN SELECT RAISE(ABORT, '{WORDS}'); END""",
    ],
    # The function is the one that refuses for observations of places.
    "postgresql": [
        """CREATE TRIGGER body_observation_refuse_update
            BEFORE UPDATE ON measures_bodyobservation
            FOR EACH STATEMENT EXECUTE FUNCTION measures_observation_refuse()""",
    ],
}
ALLOW = {
    "sqlite": ["DROP TRIGGER body_observation_refuse_update"],
    "postgresql": ["DROP TRIGGER body_observation_refuse_update ON measures_bodyobservation"],
}


def refuse(apps, schema_editor):
    for statement in REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    for statement in ALLOW[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def keep(apps, schema_editor):
    """Nothing to do on the way forward."""


def forget(apps, schema_editor):
    apps.get_model("measures", "Revision").objects.filter(area=None).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('measures', '0002_refuse_changes_to_releases'),
        ('places', '0001_create_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='BodyObservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.SlugField(db_index=False, help_text='short name of the body', max_length=100)),
                ('period', models.CharField(help_text='ISO 8601: start/length, or a date', max_length=24)),
                ('period_end', models.DateField(help_text='first day after the period')),
                ('value', models.FloatField(null=True)),
                ('numerator', models.FloatField(null=True)),
                ('denominator', models.FloatField(null=True)),
                ('status', models.CharField(blank=True, help_text='the mark in place of a value', max_length=60)),
                ('row', models.PositiveIntegerField(help_text='row in the file, the header being row 1')),
                ('measure', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='body_observations', to='measures.measure')),
                ('release', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='body_observations', to='measures.release')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('measure', 'body', 'period', 'release'), name='body_observation_once')],
            },
        ),
        migrations.AddField(
            model_name='revision',
            name='body',
            field=models.SlugField(blank=True, db_default='', db_index=False, help_text='in place of an area', max_length=100),
        ),
        migrations.AlterField(
            model_name='revision',
            name='area',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('area__isnull', False), ('body', '')), models.Q(('area__isnull', True), models.Q(('body', ''), _negated=True)), _connector='OR'), name='revision_of_area_or_body'),
        ),
        migrations.RunPython(refuse, allow),
        migrations.RunPython(keep, forget),
    ]
