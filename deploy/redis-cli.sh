#!/usr/bin/env bash
# redis-cli on the sample deployment's Redis, as its operator or as the user that REDIS_USER names: deploy/redis-cli.sh LLEN dashtam:jobs
set -euo pipefail
file=$(cd "$(dirname "$0")" && pwd)/docker-compose.yml
# The password goes through the environment: arguments are everybody's to read.
exec docker compose -f "$file" --profile sample exec -T redis sh -c \
    'user=$1; shift; REDISCLI_AUTH=$(cat "/run/secrets/redis_password_$user") exec redis-cli --user "dashtam-$user" "$@"' \
    sh "${REDIS_USER:-operator}" "$@"
