#!/bin/sh
# Back up PCMT: ./backup.sh FOLDER. Database first, files after: a file without a row is harmless, a row without a file is not.
# Reads PCMT_DATA and PCMT_DATABASE_URL, as the service does. Restore: docs/dev/operations.md
set -eu
target=${1:?where to?}/$(date +%Y%m%d-%H%M%S)
data=${PCMT_DATA:?the data folder}
umask 077
mkdir -p "$target"
if [ -n "${PCMT_DATABASE_URL:-}" ]; then
  pg_dump --format=custom --file="$target/database.dump" "$PCMT_DATABASE_URL"
else
  # SQLite's own backup: consistent while people work. Python is there in any case, the sqlite3 program may not be.
  python3 - "$data/pcmt.sqlite3" "$target/pcmt.sqlite3" <<'PY'
import sqlite3, sys
source, copy = (sqlite3.connect(path) for path in sys.argv[1:])
with copy:
    source.backup(copy)
answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
sys.exit(0 if answer == "ok" else f"the copy is damaged: {answer}")
PY
fi
[ ! -d "$data/files" ] || tar -C "$data" -cf "$target/files.tar" files
[ ! -f "$data/secret_key" ] || cp -p "$data/secret_key" "$target/"
(cd "$target" && sha256sum -- * >SHA256SUMS)
printf '%s\n' "$target"
