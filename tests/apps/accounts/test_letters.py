"""A letter goes out by a real worker to a real server, also when the worker was killed or the server was away."""

from __future__ import annotations

import signal
from pathlib import Path
from types import SimpleNamespace

import attrs

from tests.installation import install, wait_for
from tests.letterbox import letterbox

INVITE = """
from django.utils import timezone
from pcmt.apps.accounts.operations import create_user, ask_reset
create_user(actor=None, at=timezone.now(), username="thu", full_name="Thu", email="thu@x.vn")
print(ask_reset(at=timezone.now(), name="thu"))
"""
TRIED = "from pcmt.apps.accounts.models import Letter; print(Letter.objects.get().tries)"
SENT = "from pcmt.apps.accounts.models import Letter; print(Letter.objects.get().sent_at is not None)"
AGAIN = (
    "from datetime import timedelta; from django.utils import timezone;"
    "from pcmt.apps.accounts.operations import send_waiting_letters;"
    "print(send_waiting_letters(at=timezone.now() + timedelta(minutes=5)))"
)


def test_a_letter_gets_there(tmp_path: Path) -> None:
    with letterbox(SimpleNamespace()) as box:
        box.refuse = "451 come back later"
        here = install(tmp_path)
        here = attrs.evolve(
            here,
            environment={
                **here.environment,
                "PCMT_SMTP_URL": f"smtp://127.0.0.1:{box.port}",
                "PCMT_SITE": "https://x.vn",
            },
        )
        assert here.python(INVITE) == "1"
        worker = here.start("worker")
        try:
            # Looking into the database needs a process each time: look when the letter has been at the door.
            wait_for("the worker tries", lambda: box.refused and here.python(TRIED) == "1")
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        assert "451" in here.pcmt("check").stdout
        box.refuse = ""
        assert here.python(AGAIN) == "1"
        assert here.python(SENT) == "True"
        assert here.python(AGAIN) == "0"
        assert len(box.letters) == 1
        assert box.link().startswith("https://x.vn/dat-lai-mat-khau/")
