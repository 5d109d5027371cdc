"""Files to try the reading with, where the demonstration put some into the data folder."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest

from pcmt.apps.plans.policies import can_start
from pcmt.web.shell.access import acting


def sample_names() -> list[str]:
    """Names of the files, in order; none on a real installation."""
    folder = _folder()
    return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def sample(request: HttpRequest, name: str) -> FileResponse:
    """One of the files; a name that is not in the folder's own list is not looked for."""
    if not can_start(acting(request)) or name not in sample_names():
        raise Http404
    return FileResponse((_folder() / name).open("rb"), as_attachment=True, filename=name)


def _folder() -> Path:
    return Path(settings.PCMT_DATA) / "demo"
