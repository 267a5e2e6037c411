#!/usr/bin/env bash
# Kills every process of a run, and PostgreSQL too, on Temporal's own server with a PostgreSQL database.
set -euo pipefail
cd "$(dirname "$0")/.."
version=v1.32.0
bin="$PWD/.cache/temporal-postgres/bin"

missing() { echo "faults:postgres: $1" >&2; exit 2; }

export TUNEWRIGHT_POSTGRES_BIN="${TUNEWRIGHT_POSTGRES_BIN:-$(pg_config --bindir 2>/dev/null || ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)}"
[ -x "$TUNEWRIGHT_POSTGRES_BIN/initdb" ] ||
  missing "PostgreSQL is not installed. Install its server (Debian: postgresql), or name the folder of its programs in TUNEWRIGHT_POSTGRES_BIN."

for tool in server tools/sql; do
  [ -x "$bin/$(basename "$tool")" ] && continue
  command -v go >/dev/null || missing "Go is not installed; Temporal's server is built with it once, in some minutes."
  echo "Building go.temporal.io/server/cmd/$tool $version" >&2
  GOBIN="$bin" GOFLAGS=-modcacherw go install "go.temporal.io/server/cmd/$tool@$version"
done

export TUNEWRIGHT_FAULTS_TEMPORAL=postgres
export NODE_OPTIONS='--experimental-vm-modules --disable-warning=ExperimentalWarning'
exec jest --maxWorkers=1 --reporters=default --reporters=./test/faults/support/table.ts --testPathPatterns "${@:-test/faults/(activities|servers)}"
