from django.db import migrations, models


class Migration(migrations.Migration):
    """The words of a question may be erased for law, as those of a petition. Rows that older code
    writes meanwhile are right: one column may be null, and the database itself fills the other."""

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
            field=models.CharField(blank=True, db_default='', default='', help_text='a key of common.acts.LEGAL_REASONS', max_length=40),
        ),
    ]
