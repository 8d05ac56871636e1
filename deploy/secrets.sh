#!/usr/bin/env bash
# Makes the secrets of the sample deployment, random ones, in deploy/secrets (or in $SECRETS_DIR): deploy/secrets.sh
# What is there already stays. Against servers of your own write these files yourself: redis_url_scheduler, redis_url_worker,
# redis_url_fsck, database_url and dashtam_api_secret_key. The other files belong to the sample Redis and PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")"
dir=${SECRETS_DIR:-secrets}

# Nobody else may enter the directory. The files are readable: compose mounts them as they are, and the processes have users of their own.
mkdir -p "$dir"
chmod 700 "$dir"
write() { [ -e "$dir/$1" ] || printf '%s\n' "$2" >"$dir/$1"; chmod 444 "$dir/$1"; }
password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# One user for each who calls Redis; the rights are those of the page, which shows the default settings.
users='worker scheduler producer net-producer schedule-control fsck operator'
for user in $users; do write "redis_password_$user" "$(password)"; done
# Nobody logs in as the default user, but Redis reads its append-only file with that user's rights: without them each MULTI … EXEC
# in there, that is each script, is left out, and half of the data is gone after a restart.
default='user default off ~* &* +@all'
if [ ! -e "$dir/redis_acl" ]; then
    acl=$(sed -n 's/^ACL SETUSER dashtam-/user dashtam-/p' ../docs/reference/redis-acl.md)
    {
        printf '%s\n' "$default"
        for user in $users; do
            awk -v name="dashtam-$user" '$2 == name { print; exit }' <<<"$acl" |
                sed "s/>change-me-$user />$(cat "$dir/redis_password_$user") /"
        done
    } >"$dir/redis_acl"
    chmod 444 "$dir/redis_acl"
elif grep -qx 'user default off' "$dir/redis_acl"; then
    # Made by an earlier version of this script. ACL LOAD, or the next start of Redis, reads it.
    acl=$(awk -v line="$default" '$0 == "user default off" { $0 = line } 1' "$dir/redis_acl")
    rm "$dir/redis_acl"
    printf '%s\n' "$acl" >"$dir/redis_acl"
    chmod 444 "$dir/redis_acl"
fi
for user in scheduler worker fsck; do
    write "redis_url_$user" "redis://dashtam-$user:$(cat "$dir/redis_password_$user")@redis:6379/0"
done

write postgres_password "$(password)"
write database_password "$(password)"
write database_url "postgresql://dashtam_jobs:$(cat "$dir/database_password")@postgres:5432/dashtam"
write dashtam_api_secret_key "$(password)"
