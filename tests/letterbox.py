"""A real mail server on this machine, for tests: what was delivered to it can be read."""

from __future__ import annotations

import email
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

import attrs
from aiosmtpd.controller import Controller


@attrs.define
class Letterbox:
    """The letters that came, oldest first, how many were refused, and where the server listens."""

    port: int
    letters: list[EmailMessage] = attrs.field(factory=list)
    refuse: str = ""
    refused: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuse:
            self.refused += 1
            return self.refuse
        message = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        return "250 OK"

    def text(self, number: int = -1) -> str:
        """The plain text of a letter."""
        body = self.letters[number].get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def link(self, number: int = -1) -> str:
        """The address in a letter that opens a door."""
        found = re.search(r"https?://\S+/(?:loi-moi|dat-lai-mat-khau)/[0-9a-f]{64}/", self.text(number))
        assert found, self.text(number)
        return found[0]


@contextmanager
def letterbox(settings: Any) -> Iterator[Letterbox]:
    """Django's letters go there as long as it is open."""
    with socket.socket() as free:  # the library cannot be told to take any that is free
        free.bind(("127.0.0.1", 0))
        box = Letterbox(free.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        settings.SMTP_URL = f"smtp://127.0.0.1:{box.port}"
        yield box
    finally:
        controller.stop()
