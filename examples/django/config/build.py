"""Settings for building and checking an artifact: no secret, no database. `step-env` in tarlift.yml chooses them."""

import os

os.environ["SECRET_KEY"] = "only-for-building"
os.environ["DATABASE_URL"] = "sqlite://:memory:"

from .settings import *  # noqa: E402, F403
