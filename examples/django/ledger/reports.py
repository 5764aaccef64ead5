"""The queue of reports. It lives in the database, so that a deploy loses none of it."""

import csv
import io

from django.core.files.base import ContentFile
from django.db import connection, transaction

from ledger.models import Entry, Report


def claim():
    """The oldest report that waits, now marked as running; None when the queue is empty. Two workers never get the same one."""
    with transaction.atomic():
        waiting = Report.objects.filter(state=Report.State.QUEUED).order_by("ordered_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        report = waiting.first()
        if report is None:
            return None
        report.state = Report.State.RUNNING
        report.save(update_fields=["state"])
        return report


def write(report):
    """Writes the report's file below MEDIA_ROOT and marks it as done."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["date", "description", "amount"])
    for entry in Entry.objects.filter(date__year=report.year).order_by("date", "id"):
        rows.writerow([entry.date, entry.description, entry.amount])
    report.file.save(f"{report.year}.csv", ContentFile(text.getvalue().encode()), save=False)
    report.state = Report.State.DONE
    report.save(update_fields=["file", "state"])
