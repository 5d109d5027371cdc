"""`pcmt serve`: answers, starts its worker again when that is killed, and leaves nothing behind when it stops."""

import os
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

from tests.installation import install, wait_for


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> Message | None:
    """Headers of an error page; None while nothing listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/nothing-here", timeout=5) as response:
            return response.headers
    except urllib.error.HTTPError as error:
        return error.headers
    except OSError:
        return None


def children(of: int) -> dict[int, str]:
    """Processes started by this one, with their command lines (Linux)."""
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(of)], capture_output=True, text=True, check=False)
    pairs = (line.strip().split(" ", 1) for line in listed.stdout.splitlines() if line.strip())
    return {int(pid): args for pid, args in pairs}


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def worker_of(server: int) -> int:
    return next((pid for pid, args in children(server).items() if args.endswith("cli worker")), 0)


def test_serve_supervises_and_stops_as_one(tmp_path: Path) -> None:
    here = install(tmp_path)
    port = free_port()
    server = here.start("serve", "--port", str(port), "--workers", "1")
    try:
        wait_for("the server answers", lambda: answers(port))
        headers = answers(port)
        assert headers is not None
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert len(headers["X-Request-ID"]) == 32

        wait_for("the worker runs", lambda: worker_of(server.pid))
        killed = worker_of(server.pid)
        os.kill(killed, signal.SIGKILL)
        wait_for("another worker runs", lambda: worker_of(server.pid) not in {0, killed})
        family = list(children(server.pid))
        family += [grandchild for child in family for grandchild in children(child)]
        assert len(family) >= 2
    finally:
        server.terminate()
        code = server.wait(timeout=30)
    assert code == 0, here.log
    wait_for("all of them are gone", lambda: not any(alive(pid) for pid in family))


def test_when_the_server_is_killed_its_children_end_too(tmp_path: Path) -> None:
    here = install(tmp_path)
    port = free_port()
    server = here.start("serve", "--port", str(port), "--workers", "1")
    try:
        wait_for("the server answers", lambda: answers(port))
        wait_for("the worker runs", lambda: worker_of(server.pid))
        family = list(children(server.pid))
    finally:
        server.kill()
        server.wait()
    wait_for("the children are gone", lambda: not any(alive(pid) for pid in family))


def test_serve_lays_out_the_static_files_that_pages_name(tmp_path: Path) -> None:
    """As in production, with hashed names: a page that names a file which was never collected would be an error."""
    here = install(tmp_path)
    here.environment["DJANGO_SETTINGS_MODULE"] = "pcmt.config.settings"
    (tmp_path / "static" / "staticfiles.json").unlink(missing_ok=True)
    port = free_port()
    server = here.start("serve", "--port", str(port), "--workers", "1", "--no-jobs")
    try:
        wait_for("the server answers", lambda: answers(port))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/dang-nhap/", timeout=10) as response:
            page = response.read().decode()
    finally:
        server.terminate()
        server.wait(timeout=30)
    style = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
    assert style, "no style sheet under a hashed name"


def test_serve_says_why_it_does_not_start(tmp_path: Path) -> None:
    here = install(tmp_path)
    here.environment["DJANGO_SETTINGS_MODULE"] = "pcmt.config.settings"
    (tmp_path / "static").symlink_to("/dev/null")
    done = here.pcmt("serve", "--port", str(free_port()), "--no-jobs")
    assert done.returncode == 1
    assert "pcmt collectstatic" in done.stderr
