"""All state of one installation lives under one folder, `PCMT_DATA`."""

import os
import secrets
from pathlib import Path

from . import env

PCMT_DATA = Path(env.text("PCMT_DATA", "var")).resolve()
PCMT_DATA.mkdir(parents=True, exist_ok=True)

MEDIA_ROOT = PCMT_DATA / "files"
MEDIA_URL = "files/"
FILE_UPLOAD_TEMP_DIR = PCMT_DATA / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o640


def kept_secret(path: Path) -> str:
    """The secret in the file; made on first use, readable by its owner only. Two processes starting at once agree."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(fresh, path)  # fails when another process was first: its secret stands
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = env.text("PCMT_SECRET_KEY") or kept_secret(PCMT_DATA / "secret_key")
SECRET_KEY_FALLBACKS = env.names("PCMT_SECRET_KEY_OLD")
