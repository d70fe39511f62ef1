"""Where bodies, such as NHS trusts, stand on standards: beside the standings of places."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bodies', '0001_create_tables'),
        ('framework', '0003_guard_cases'),
        ('measures', '0003_keep_figures_of_bodies'),
    ]

    operations = [
        migrations.CreateModel(
            name='BodyStanding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('standard', models.CharField(help_text='id in the framework', max_length=60)),
                ('row', models.PositiveIntegerField(help_text="row in the release's file", null=True)),
                ('period', models.CharField(max_length=24)),
                ('period_end', models.DateField()),
                ('newest', models.BooleanField(help_text='whether period is the newest that is judged')),
                ('state', models.CharField(help_text='meets, below, cannot-say, not-in-release', max_length=16)),
                ('how', models.CharField(blank=True, help_text='how sure it is, where below', max_length=16)),
                ('failing', models.BooleanField(help_text='below a minimum that binds and is due')),
                ('due', models.BooleanField(help_text='whether the standard had fallen due')),
                ('shortfall', models.FloatField(help_text="beyond the line, in the measure's unit", null=True)),
                ('consecutive', models.PositiveSmallIntegerField(help_text='published periods below in a row')),
                ('affected', models.PositiveIntegerField(help_text='people for whom it was not met', null=True)),
                ('cases', models.PositiveIntegerField(help_text='people counted', null=True)),
                ('value', models.FloatField(null=True)),
                ('status', models.CharField(blank=True, max_length=60)),
                ('body', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bodies.body')),
                ('framework', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='body_standings', to='framework.frameworkversion')),
                ('measure', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measures.measure')),
                ('release', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measures.release')),
            ],
            options={
                'indexes': [models.Index(fields=['body', 'framework'], name='standing_of_body')],
                'constraints': [models.UniqueConstraint(fields=('framework', 'standard', 'body', 'period'), name='body_standing_once')],
            },
        ),
    ]
