#!/usr/bin/env bash
# In the sample database: the password of the role, from its secret.
set -euo pipefail
# Over standard input: the arguments of a process are everybody's to read.
{
    printf '\\set password `cat /run/secrets/database_password`\n'
    printf 'ALTER ROLE dashtam_jobs PASSWORD :'"'password'"';\n'
} | PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB"
