"""Settings of an installation that a test starts: the real ones, but a dead worker is found soon."""

import os

from pcmt.config.settings import *  # noqa: F403

JOBS_BEAT_SECONDS = 0.3
JOBS_SILENCE_SECONDS = 3.0
DEMO_REPORTING = 12
DEMO_COMMUNES = 1
# Nothing is collected here: pages name static files as they are.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
if "HANG_IN" in os.environ:
    INSTALLED_APPS = [*INSTALLED_APPS, "tests.apps.jobs.hanging"]  # noqa: F405
