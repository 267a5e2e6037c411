#!/bin/sh
# Creates Temporal's two databases, or brings them up to the version of the tools. Safe to run again.
set -eu
sql() { temporal-sql-tool --plugin postgres12 --ep postgresql -p 5432 -u "$POSTGRES_USER" --pw "$POSTGRES_PASSWORD" "$@"; }

for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  sql --db "$database" create
  # Fails when the schema is there already; the update below is what has to succeed.
  sql --db "$database" setup-schema -v 0.0 || true
  sql --db "$database" update-schema -d "/etc/temporal/schema/postgresql/v12/${pair##*:}/versioned"
done
