"""Background jobs live in the same database; a killed worker's job is taken up by another (`pcmt.apps.jobs`)."""

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

JOBS_BEAT_SECONDS = 2.0
"""How often a worker says that it lives."""
JOBS_SILENCE_SECONDS = 30.0
"""After so much silence a worker counts as dead; longer than SQLite's wait of 20 s for its write lock."""
JOBS_ATTEMPTS = 3
"""How many workers may die over one job before it counts as failed."""
JOBS_WAITS = (60.0, 300.0, 1800.0)
"""Seconds before a job is tried again whose error may pass (no database, no network); after the last it has failed."""
JOBS_KEEP_DAYS = 14
"""How long results of finished jobs are kept."""
