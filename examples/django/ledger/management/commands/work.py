import logging
import signal
import threading

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from ledger import reports

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Writes the reports that wait in the queue. SIGTERM: finishes the one at hand, then ends."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="end when the queue is empty")
        parser.add_argument("--pause", type=float, default=1.0, help="seconds between looks at an empty queue")

    def handle(self, *, once, pause, **options):
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        log.info("waiting for reports")
        while not stop.is_set():
            report = reports.claim()
            if report:
                reports.write(report)
                log.info("wrote the %s", report)
            elif once:
                break
            else:
                close_old_connections()
                stop.wait(pause)
        log.info("stopped")
