"""Settings for the test suite: as for building, but static files need not have been collected."""

from .build import *  # noqa: F403
from .build import STORAGES

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
