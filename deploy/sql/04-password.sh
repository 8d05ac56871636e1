#!/usr/bin/env bash
# In the sample database: the password of the role, from its secret.
set -euo pipefail

# The official image's entrypoint unsets POSTGRES_PASSWORD_FILE before it runs this script, and sets POSTGRES_PASSWORD instead.
superuser=${POSTGRES_PASSWORD_FILE:-/run/secrets/postgres_password}
if [ -r "$superuser" ]; then
    PGPASSWORD=$(cat "$superuser")
else
    PGPASSWORD=${POSTGRES_PASSWORD:-}
fi
export PGPASSWORD

# Over standard input: the arguments of a process are everybody's to read.
{
    # shellcheck disable=SC2016  # psql runs what stands in backticks
    printf '\\set password `cat /run/secrets/database_password`\n'
    printf 'ALTER ROLE dashtam_jobs PASSWORD :'"'password'"';\n'
} | psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB"
