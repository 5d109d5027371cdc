"""Each kind of job leaves a file when it is half done, and then waits for the end."""

import os
import time
from pathlib import Path
from typing import Any

from django.apps import AppConfig


def stay(name: str) -> Any:
    """A function that notes that it was reached, and never returns."""

    def reached(*_args: object, **_kwargs: object) -> None:
        (Path(os.environ["HANG_IN"]) / name).touch()
        time.sleep(600)

    return reached


class HangingConfig(AppConfig):
    """Takes the place of the middle of three jobs."""

    name = "tests.apps.jobs.hanging"

    def ready(self) -> None:
        from django.core.mail import EmailMultiAlternatives

        from pcmt.apps.jobs import operations
        from pcmt.core import reading

        reading.read = stay("reading")
        EmailMultiAlternatives.send = stay("letter")  # type: ignore[method-assign]
        operations.tidy = stay("scheduled")
