"""`pcmt worker`: one worker for background jobs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from pcmt.apps.jobs.worker import work


class Command(BaseCommand):
    """Thin call of `worker.work`."""

    help = "Chạy một tiến trình xử lý việc nền cho đến khi nhận SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", action="store_true", help="làm hết việc đang chờ rồi dừng")

    def handle(self, *, batch: bool, **options: Any) -> None:
        work(batch=batch)
