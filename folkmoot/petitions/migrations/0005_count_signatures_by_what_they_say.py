"""A signature is in the counts or it is not, and is found by its address under every petition."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('petitions', '0004_index_titles'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='signature',
            name='signature_of_address',
        ),
        migrations.RemoveIndex(
            model_name='signature',
            name='signature_to_count',
        ),
        migrations.AlterField(
            model_name='signature',
            name='counted',
            field=models.BooleanField(default=False, help_text='it is in the counts'),
        ),
        migrations.AlterField(
            model_name='signaturecount',
            name='kind',
            field=models.CharField(help_text='district, constituency, or hour of the day', max_length=12),
        ),
        migrations.AlterField(
            model_name='signaturecount',
            name='place',
            field=models.CharField(blank=True, help_text='code, country, two figures of an hour, or unknown', max_length=12),
        ),
        migrations.AddIndex(
            model_name='signature',
            index=models.Index(fields=['address_key', 'signed_at'], name='signature_of_address'),
        ),
        migrations.AddIndex(
            model_name='signature',
            index=models.Index(condition=models.Q(models.Q(('counted', False), ('state', 1)), models.Q(('counted', True), ('state__in', [2, 3])), _connector='OR'), fields=['petition', 'id'], name='signature_to_count'),
        ),
    ]
