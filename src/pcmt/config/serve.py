"""`pcmt serve`: granian and one jobs worker, supervised: one that dies is started again, both stop together."""

import argparse
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

import attrs

PATIENCE = 15.0
"""Seconds that a child may take to end its present work before it is killed."""
DEATHS, WITHIN = 5, 60.0
"""So many deaths of one child within so many seconds, and supervision gives up."""
PR_SET_PDEATHSIG = 1


def main(arguments: Sequence[str]) -> int:
    """Serve until SIGTERM or SIGINT: 0. A child that keeps dying: 1."""
    parser = argparse.ArgumentParser(
        prog="pcmt serve", description="Phục vụ trang web và chạy việc nền cho đến khi bị dừng."
    )
    parser.add_argument("--host", default=os.environ.get("PCMT_HOST", "127.0.0.1"), help="địa chỉ nghe")
    parser.add_argument("--port", type=int, default=os.environ.get("PCMT_PORT", "8000"), help="cổng nghe")
    parser.add_argument("--workers", type=int, default=2, help="số tiến trình web")
    parser.add_argument("--no-jobs", action="store_true", help="không chạy việc nền (đã có pcmt worker chạy riêng)")
    try:
        chosen = parser.parse_args(arguments)
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 2
    if not static_files_collected():
        return 1
    web = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"),
        "--no-access-log",  # so that no variable of the environment turns on what would hold the senders of tips
        *("--host", chosen.host, "--port", str(chosen.port), "--workers", str(chosen.workers)),
        *("--blocking-threads", "1", "--respawn-failed-workers", "pcmt.config.wsgi:application"),
    ]
    jobs = [sys.executable, "-m", "pcmt.config.cli", "worker"]
    return supervise([Child(command=web)] + ([] if chosen.no_jobs else [Child(command=jobs)]))


def static_files_collected() -> bool:
    """Lay out the style sheets and scripts that pages name; whether that went well. A second when nothing changed.

    At every start, because pages of new code name files of new code: without them every page would be an error.
    """
    command = [sys.executable, "-m", "pcmt.config.cli", "collectstatic", "--no-input", "--verbosity", "0"]
    done = subprocess.run(command, check=False)
    if done.returncode:
        sys.stderr.write("pcmt serve: chưa gom được tệp tĩnh của trang web; chạy pcmt collectstatic để xem vì sao\n")
    return done.returncode == 0


@attrs.define
class Child:
    """A process that is to live as long as we do."""

    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = attrs.field(factory=list)

    def start(self) -> None:
        """Start it in a group of its own: Ctrl-C reaches us only, and we tell it."""
        self.process = subprocess.Popen(self.command, preexec_fn=_die_with_parent, start_new_session=True)

    def died(self, now: float) -> bool:
        """Whether it has ended by itself; the time is noted."""
        if self.process is None or self.process.poll() is None:
            return False
        self.deaths = [moment for moment in self.deaths if now - moment < WITHIN] + [now]
        return True


def _die_with_parent() -> None:
    """In the child: have the kernel send SIGTERM when the supervisor dies, even by SIGKILL (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def supervise(children: list[Child]) -> int:
    """Keep the children alive until a signal says stop."""
    stop_at: list[int] = []

    def stop(signum: int, frame: FrameType | None) -> None:
        stop_at.append(signum)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for child in children:
        child.start()
    code = 0
    while not stop_at and not code:
        time.sleep(0.2)
        now = time.monotonic()
        for child in children:
            if stop_at or not child.died(now):
                continue
            if len(child.deaths) >= DEATHS:
                sys.stderr.write(f"pcmt serve: tiến trình dừng {DEATHS} lần trong một phút, thôi chạy lại\n")
                code = 1
                break
            time.sleep(0.2 * 2 ** len(child.deaths))
            child.start()
    stop_all(children)
    return code


def stop_all(children: list[Child]) -> None:
    """Ask all to end, wait, and kill who does not."""
    processes = [child.process for child in children if child.process is not None]
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
