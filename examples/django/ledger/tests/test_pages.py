from datetime import date
from decimal import Decimal
from unittest.mock import patch

from django.db import OperationalError
from django.test import TestCase, override_settings

from ledger.models import Entry, Report


class EntriesPage(TestCase):
    def test_shows_the_balance_and_the_version(self):
        Entry.objects.create(date=date(2026, 1, 2), description="Invoice 1", amount=Decimal("120.50"))
        Entry.objects.create(date=date(2026, 1, 3), description="Rent", amount=Decimal("-20.25"))
        with override_settings(VERSION="v1.4.0"):
            page = self.client.get("/")
        self.assertContains(page, "100.25")
        self.assertContains(page, "Version v1.4.0")

    def test_adds_an_entry(self):
        answer = self.client.post("/", {"date": "2026-02-01", "description": "Paper", "amount": "-9.90"})
        self.assertRedirects(answer, "/")
        self.assertEqual(Entry.balance(), Decimal("-9.90"))

    def test_says_what_is_wrong_with_an_entry(self):
        page = self.client.post("/", {"date": "2026-02-01", "description": "", "amount": "1"})
        self.assertContains(page, "This field is required")
        self.assertEqual(Entry.objects.count(), 0)

    def test_orders_a_report(self):
        self.client.post("/reports/", {"year": "2026"})
        self.assertEqual(Report.objects.get().state, Report.State.QUEUED)


class Health(TestCase):
    @override_settings(RELEASE="sha256:0123")
    def test_names_the_release(self):
        answer = self.client.get("/healthz")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer["X-Release"], "sha256:0123")

    def test_fails_when_the_database_cannot_be_reached(self):
        with patch("config.health.connection.cursor", side_effect=OperationalError("no route")):
            answer = self.client.get("/healthz")
        self.assertEqual(answer.status_code, 503)
