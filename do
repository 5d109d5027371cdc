#!/bin/sh
# Everything a person does with this repository. Needs Python 3.11 or newer with pip or venv, and nothing else.
#
#   ./do run                 set up, load the demo if the database is empty, serve it (PCMT_PORT, default 8000)
#   ./do test [pytest args]  set up, then every check and test; with arguments: only pytest with these arguments
#   ./do lint                the checks without the tests        ./do fmt   bring code into form
#   ./do bench NAME [--size S|M|L] [--out FILE]                  run benchmarks/NAME.py
#   ./do lock                after a change of dependencies in pyproject.toml: write requirements/ anew
#
# A step does nothing while what it depends on is unchanged (its hash is kept beside its result).
set -eu
cd "$(dirname "$0")"
unset PYTHONDONTWRITEBYTECODE # some images set it; here programs are started hundreds of times, and compiled once
say() { printf '%s\n' "$*" >&2; }
die() { say "./do: $*"; exit 1; }

python=${PYTHON:-}
find_python() {
  [ -z "$python" ] || return 0
  for candidate in python3.11 python3.12 python3.13 python3; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
      python=$candidate
      return
    fi
  done
  die "needs Python 3.11, 3.12 or 3.13 (none of python3.11 ... python3 is)"
}

boot() { # uv and the build tool, pinned by hash, in .boot; nothing else is taken from outside without a hash
  [ -x .boot/bin/uv ] && return
  find_python
  say "setting up: tools"
  rm -rf .boot
  "$python" -m pip install -q --disable-pip-version-check --require-hashes --target .boot -r requirements/boot.txt 2>.boot.log ||
    { rm -rf .boot && "$python" -m venv .boot 2>>.boot.log &&
      .boot/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/boot.txt 2>>.boot.log; } ||
    { cat .boot.log >&2; rm -rf .boot .boot.log; die "could not set up the tools: Python needs pip or venv (Debian: python3-pip or python3-venv), and a package registry"; }
  rm -f .boot.log
}

hash_of() { cat "$@" | sha256sum | cut -d' ' -f1; }

environment() { # $1: folder, $2: requirements; an environment that already holds the tests' larger set serves for running too
  boot
  have=$(cat "$1/.stamp" 2>/dev/null || true)
  want=$(hash_of "$2" requirements/boot.txt pyproject.toml)
  [ "$have" = "$want" ] && return
  if [ "$2" = requirements/run.txt ] && [ "$have" = "$(hash_of requirements/test.txt requirements/boot.txt pyproject.toml)" ]; then
    return
  fi
  find_python
  say "setting up: Python packages ($2)"
  [ -x "$1/bin/python" ] || .boot/bin/uv venv -q --no-managed-python --python "$python" "$1"
  VIRTUAL_ENV=$PWD/$1 .boot/bin/uv pip sync -q --compile-bytecode --require-hashes "$2" requirements/boot.txt
  VIRTUAL_ENV=$PWD/$1 .boot/bin/uv pip install -q --no-deps --no-build-isolation --offline -e .
  printf '%s\n' "$want" >"$1/.stamp"
}

generated() { # what set-up makes and git ignores: third-party front-end files, compiled translations
  .venv/bin/python tools/assets.py "$@" || die "the front-end files could not be installed"
  .venv/bin/python tools/messages.py
}

run() {
  environment .venv requirements/run.txt
  generated
  .venv/bin/pcmt migrate --verbosity 0
  .venv/bin/pcmt createcachetable --verbosity 0
  .venv/bin/pcmt demo load
  say ""
  say "PCMT: http://${PCMT_HOST:-127.0.0.1}:${PCMT_PORT:-8000}/   (Ctrl-C dừng)"
  exec .venv/bin/pcmt serve
}

failed=
step() { # $1: name, then the command; goes on after a failure, so that one run shows all of them
  name=$1
  shift
  say ""
  say "== $name"
  began=$(date +%s)
  if "$@"; then word=passed; else word=FAILED; failed="$failed, $name"; fi
  say "== $name: $word ($(($(date +%s) - began)) s)"
}

migrations_written() { PCMT_DATA=var/check .venv/bin/pcmt makemigrations --check --dry-run --skip-checks; }

lint() {
  step "lint" .venv/bin/ruff check --quiet .
  step "form" .venv/bin/ruff format --check --quiet .
  step "types" .venv/bin/mypy
  step "templates" .venv/bin/djlint --quiet --lint src/pcmt/web/templates
  step "floors" .venv/bin/lint-imports --no-cache
  step "migrations" migrations_written
}

verdict() {
  say ""
  [ -z "$failed" ] || die "failed: ${failed#, }"
  say "all passed; what was skipped, and why, stands in the short summaries above"
}

failures=.pytest_cache/v/cache/lastfailed

checked() { # $1: database, then what pytest is to run
  PCMT_TEST_DB=$1
  export PCMT_TEST_DB
  shift
  set -- -q --durations=20 --durations-min=4 "$@"
  .venv/bin/python -m pytest --cache-clear -n "${PCMT_TEST_JOBS:-2}" --dist worksteal "$@" && return
  # One or two of thousands may fail because the machine stood still. Alone they are asked once more: who fails again has
  # failed, who passes is named for somebody to look at.
  [ -f "$failures" ] && [ "$(grep -c '::' "$failures")" -le 2 ] || return 1
  shaky=$(grep '::' "$failures")
  say "asked once more, alone: $shaky"
  .venv/bin/python -m pytest --last-failed --last-failed-no-failures=none "$@" || return 1
  say "SHAKY, failed once and passed alone: $shaky"
}

tables_ahead() { # what all runs of tests copy their databases from, made while the code is looked at
  PCMT_TEST_MODEL=$(mktemp -d)
  export PCMT_TEST_MODEL
  trap 'kill "$ahead" 2>/dev/null || true; rm -rf "$PCMT_TEST_MODEL"' EXIT
  trap 'exit 130' INT TERM
  for database in sqlite pg; do PCMT_TEST_DB=$database .venv/bin/python -m tests.installation; done >/dev/null 2>&1 &
  ahead=$!
}

tests() {
  environment .venv requirements/test.txt
  generated --dev
  if [ $# -gt 0 ]; then exec .venv/bin/python -m pytest "$@"; fi
  tables_ahead
  lint
  # core, documents and the house have no database: once is enough. The rooms and whole installations run on both; pages
  # ask the rooms, so they and the walk of all pages run on SQLite, and the browser's journeys through them on PostgreSQL
  step "tests on SQLite" checked sqlite --ignore=tests/journeys
  step "tests on PostgreSQL" checked pg --ignore=tests/journeys --ignore=tests/core --ignore=tests/documents \
    --ignore=tests/matrix --ignore=tests/house --ignore=tests/web
  step "browser journeys" checked pg tests/journeys
  verdict
}

bench() {
  [ $# -gt 0 ] || die "bench: which one? $(cd benchmarks && ls *.py | sed 's/\.py$//' | grep -v -e __init__ -e harness | tr '\n' ' ')"
  name=$1
  shift
  [ -f "benchmarks/$name.py" ] || die "bench: no benchmarks/$name.py"
  environment .venv-bench requirements/bench.txt
  exec .venv-bench/bin/python -m "benchmarks.$name" "$@"
}

lock() {
  boot
  export="export -q --format requirements-txt --no-header --no-emit-project"
  .boot/bin/uv lock -q
  .boot/bin/uv $export --no-default-groups -o requirements/run.txt >/dev/null
  .boot/bin/uv $export --group dev -o requirements/test.txt >/dev/null
  .boot/bin/uv $export --no-default-groups --group bench -o requirements/bench.txt >/dev/null
  .boot/bin/uv $export --only-group assets -o requirements/assets.txt >/dev/null
  # The build tool is installed beside the packages of each set: it must agree with them.
  .boot/bin/uv pip compile -q --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 \
    -c requirements/test.txt -c requirements/bench.txt requirements/boot.in -o requirements/boot.txt >/dev/null
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
  run) run ;;
  test) tests "$@" ;;
  lint) environment .venv requirements/test.txt; lint; verdict ;;
  fmt) environment .venv requirements/test.txt; .venv/bin/ruff check --quiet --fix . || true; .venv/bin/ruff format --quiet . ;;
  bench) bench "$@" ;;
  lock) lock ;;
  *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
