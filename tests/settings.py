"""Settings of the tests: SQLite, or a real PostgreSQL with `PCMT_TEST_DB=pg`; own data folder; jobs run at once.

Read by pytest-django before any test module. With xdist the first process starts the server and the others, which
inherit its environment, use it.
"""

import atexit
import os
import shutil
import tempfile

from tests import pgbox

_data = tempfile.mkdtemp(prefix="pcmt-test-")
_owner = os.getpid()
atexit.register(lambda: shutil.rmtree(_data, ignore_errors=True) if os.getpid() == _owner else None)
os.environ["PCMT_DATA"] = _data
os.environ.setdefault("PCMT_TEST_MODEL", tempfile.mkdtemp(prefix="pcmt-model-", dir=_data))  # see tests/installation.py
os.environ["PCMT_SECRET_KEY"] = "only for tests"
os.environ["PCMT_SECOND_FACTOR_ROLES"] = ""  # tests of second factors ask for them themselves
for _name in (
    "PCMT_SMTP_URL",
    "PCMT_SITE",
    "PCMT_DEBUG",
    "PCMT_HTTPS",
    "PCMT_HOSTS",
    "PCMT_ORIGINS",
    "PCMT_DATABASE_URL",
    "PCMT_DATABASE_POOLED",
):
    os.environ.pop(_name, None)
if os.environ.get("PCMT_TEST_DB", "sqlite") == "pg":
    if "PCMT_TEST_PG_SOCKET" not in os.environ:
        os.environ["PCMT_TEST_PG_SOCKET"] = pgbox.start()
    os.environ["PCMT_DATABASE_URL"] = f"postgresql://postgres@/pcmt?host={os.environ['PCMT_TEST_PG_SOCKET']}"

from pcmt.config.settings import *  # noqa: E402, F403 - the environment above decides

TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
# Argon2 takes 0.2 s by design; a factory that makes users a hundred times should not.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEMO_REPORTING = 12
DEMO_COMMUNES = 2
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
