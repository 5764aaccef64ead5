from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0001_entries'),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done')], db_index=True, default='queued', max_length=10)),
                ('file', models.FileField(blank=True, upload_to='reports')),
                ('ordered_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-ordered_at'],
            },
        ),
    ]
