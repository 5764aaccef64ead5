import tempfile
from datetime import date
from decimal import Decimal

from django.core.management import call_command
from django.test import TestCase, override_settings

from ledger import reports
from ledger.models import Entry, Report


class Reports(TestCase):
    def test_are_claimed_once_and_in_order(self):
        first = Report.objects.create(year=2025)
        second = Report.objects.create(year=2026)
        self.assertEqual([reports.claim(), reports.claim(), reports.claim()], [first, second, None])

    def test_are_written_by_the_worker(self):
        Entry.objects.create(date=date(2026, 1, 2), description="Invoice 1", amount=Decimal("120.50"))
        Entry.objects.create(date=date(2025, 1, 2), description="Last year", amount=Decimal("1"))
        Report.objects.create(year=2026)
        with tempfile.TemporaryDirectory() as media, override_settings(MEDIA_ROOT=media):
            call_command("work", once=True)
            report = Report.objects.get()
            with report.file.open() as file:
                written = file.read().decode()
        self.assertEqual(report.state, Report.State.DONE)
        self.assertEqual(written.split(), ["date,description,amount", "2026-01-02,Invoice", "1,120.50"])
