from decimal import Decimal

from django.db import models


class Entry(models.Model):
    """One line of the ledger: money that came in (positive) or went out (negative)."""

    date = models.DateField()
    description = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["-date", "-id"]
        verbose_name_plural = "entries"

    def __str__(self):
        return f"{self.date} {self.description}: {self.amount}"

    @classmethod
    def balance(cls):
        return cls.objects.aggregate(total=models.Sum("amount"))["total"] or Decimal(0)


class Report(models.Model):
    """A summary that somebody asked for. A worker writes it into a file; until then it waits in the queue."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"

    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED, db_index=True)
    file = models.FileField(upload_to="reports", blank=True)
    ordered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-ordered_at"]

    def __str__(self):
        return f"report of {self.year} ({self.state})"
