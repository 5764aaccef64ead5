import logging

from django.db import DatabaseError, connection
from django.http import HttpResponse

log = logging.getLogger(__name__)


def healthz(request):
    """200 when this process can serve: it runs, and it reaches its database. 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.error("the database cannot be reached: %s", error)
        return HttpResponse("the database cannot be reached\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
