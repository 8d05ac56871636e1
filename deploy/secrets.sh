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
page=$(sed -n 's/^ACL SETUSER dashtam-/user dashtam-/p' ../docs/reference/redis-acl.md)
# line_of USER PASSWORDS: the user's line for this version. The passwords go through the environment, which ps does not show.
line_of() {
    PASSWORDS=$2 awk -v name="dashtam-$1" -v mark=">change-me-$1 " '$2 == name {
        at = index($0, mark); print substr($0, 1, at - 1) ENVIRON["PASSWORDS"] " " substr($0, at + length(mark)); exit }' <<<"$page"
}
# passwords_in LINE: the passwords of a line, or their hashes, as they stand there.
passwords_in() { awk '{ for (i = 3; i <= NF && $i !~ /^\(/; i++) if ($i ~ /^[>#]/) { printf "%s%s", gap, $i; gap = " " } }' <<<"$1"; }
# is_off LINE: whether its user may not log in, as an operator has decided.
is_off() { case " ${1%%(*} " in *' off '*) ;; *) return 1 ;; esac; }
# renewed LINE: the same user's line for this version, with the passwords that it has. Redis reads it at its next start, or with ACL LOAD.
renewed() {
    local user=${1#user dashtam-} passwords new=''
    user=${user%% *} passwords=$(passwords_in "$1")
    case $1 in *'~dashtam:jobs '*) new=$(line_of "$user" "$passwords") ;; esac
    if is_off "$1"; then new=${new/ on / off }; fi
    if [ -z "$new" ] || [ -z "$passwords" ]; then
        printf '%s\n' "$dir/redis_acl: the line of dashtam-$user stays as it is: it has no password, is for another queue, or is not this" \
            "version's user. Compare it with what the command acl prints." >&2
        new=$1
    elif [ "$new" != "$1" ]; then
        printf '%s\n' "$dir/redis_acl: the line of dashtam-$user is brought to this version; its password stays," \
            "what else was changed in the line does not: see $dir/redis_acl.old. Restart Redis." >&2
    fi
    printf '%s\n' "$new"
}
# Nobody logs in as the default user, but Redis reads its append-only file with that user's rights: without them each MULTI … EXEC
# in there, that is each script, is left out, and half of the data is gone after a restart.
default='user default off ~* &* +@all'
acl() {
    local line user
    if [ ! -e "$dir/redis_acl" ]; then
        printf '%s\n' "$default"
        for user in $users; do line_of "$user" ">$(cat "$dir/redis_password_$user")"; done
        return
    fi
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
            'user default off') printf '%s\n' "$default" ;;
            'user dashtam-'*' '*) renewed "$line" ;;
            *) printf '%s\n' "$line" ;;
        esac
    done <"$dir/redis_acl"
    grep -q '^user dashtam-' "$dir/redis_acl" || return 0
    for user in $users; do # those that an earlier version did not have
        if grep -q "^user dashtam-$user " "$dir/redis_acl"; then continue; fi
        printf '%s\n' "$dir/redis_acl: the user dashtam-$user is added. To be rid of it, write 'user dashtam-$user reset off'. Restart Redis." >&2
        line_of "$user" ">$(cat "$dir/redis_password_$user")"
    done
}
lines=$(acl)
printf '%s\n' "$lines" >"$dir/redis_acl.new"
chmod 444 "$dir/redis_acl.new"
if [ -e "$dir/redis_acl" ] && ! cmp -s "$dir/redis_acl" "$dir/redis_acl.new"; then mv -f "$dir/redis_acl" "$dir/redis_acl.old"; fi
mv -f "$dir/redis_acl.new" "$dir/redis_acl"
for user in scheduler worker fsck; do
    write "redis_url_$user" "redis://dashtam-$user:$(cat "$dir/redis_password_$user")@redis:6379/0"
done

write postgres_password "$(password)"
write database_password "$(password)"
write database_url "postgresql://dashtam_jobs:$(cat "$dir/database_password")@postgres:5432/dashtam"
write dashtam_api_secret_key "$(password)"
