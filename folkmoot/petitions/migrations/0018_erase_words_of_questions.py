from django.db import migrations, models


class Migration(migrations.Migration):
    """The words of a question may be erased for law, as those of a petition. Both columns may be
    null, so that rows that older code writes meanwhile are right."""

    dependencies = [
        ('petitions', '0017_find_signatures_by_when_they_count'),
    ]

    operations = [
        migrations.AddField(
            model_name='question',
            name='erased_at',
            field=models.DateTimeField(blank=True, help_text='when its words were erased for law; it stays hidden', null=True),
        ),
        migrations.AddField(
            model_name='question',
            name='erased_reason',
            field=models.CharField(blank=True, help_text='a key of common.acts.LEGAL_REASONS', max_length=40, null=True),
        ),
    ]
