#!/usr/bin/env bash
# Breaks the docker deployment in every way that Docker offers, and checks after each that every job has ended with exactly one
# result and that fsck finds nothing: deploy/faults.sh [fault ...]. Takes about 6 minutes. Needs docker with compose v2 and, for the
# network partition, root and iptables. It uses a project of its own (dashtam-jobs-faults) and removes it at the end.
# The last line says `N faults, N broken`; the exit code is 1 when something was broken.
set -euo pipefail
cd "$(dirname "$0")"

JOBS=40 SLEEP_MS=2000 PATIENCE=120
number=0 broken=0
compose() { docker compose --progress quiet -p dashtam-jobs-faults -f docker-compose.yml --profile sample "$@"; }
container() { compose ps -aq "$1" | sed -n "${2:-1}p"; }
redis() { as operator "$@"; }
as() {                                    # as USER ARGUMENTS: redis-cli as one of the users of the sample deployment
    docker exec -i "$(container redis)" sh -c \
        'user=$1; shift; REDISCLI_AUTH=$(cat "/run/secrets/redis_password_$user") exec redis-cli --user "dashtam-$user" "$@"' sh "$@"
}
address() { docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$1"; }
succeeded() { redis hget '{dashtam:jobs}:stats:jobs' run_canary:succeeded 2>/dev/null | grep -E '^[0-9]+$' || echo 0; }

push() {                                  # JOBS canaries under ids of their own
    local i
    for ((i = 0; i < JOBS; i++)); do
        printf 'LPUSH dashtam:jobs "{\\"task_id\\": \\"fault-%d-%d\\", \\"task_name\\": \\"run_canary\\", \\"labels\\": {}, \\"labels_types\\": {}, \\"args\\": [], \\"kwargs\\": {\\"sleep_ms\\": %d}}"\n' \
            "$number" "$i" "$SLEEP_MS"
    done | as producer >/dev/null
}

results() {                               # how many of them have a result
    local keys
    keys=$(seq -f "taskiq:result:fault-$number-%g" 0 $((JOBS - 1)))
    # shellcheck disable=SC2086
    redis exists $keys 2>/dev/null | grep -E '^[0-9]+$' || echo 0
}

check() {                                 # check NAME SECONDS COUNT_BEFORE
    local have
    while have=$(results); [ "$have" -lt "$JOBS" ] && [ $((SECONDS - $2)) -lt "$PATIENCE" ]; do sleep 1; done
    local counted=$(($(succeeded) - $3)) report
    report=$(compose exec -T -e REDIS_URL_FILE=/run/secrets/redis_url_fsck scheduler dotnet Dashtam.Jobs.Scheduler.dll fsck 2>&1) || true
    if [ "$have" -eq "$JOBS" ] && [ "$counted" -eq "$JOBS" ] && grep -qi 'clean' <<<"$report"; then
        printf '%-28s %d of %d results, counted once each, fsck clean, %d s\n' "$1" "$have" "$JOBS" $((SECONDS - $2))
    else
        printf '%-28s BROKEN: %d of %d results, counted %d, fsck: %s\n' "$1" "$have" "$JOBS" "$counted" "$(tail -n 3 <<<"$report")"
        broken=$((broken + 1))
    fi
}

worker_kill()       { docker kill -s KILL "$(container worker 1)" >/dev/null; sleep 3; docker start "$(container worker 1)" >/dev/null; }
worker_crash()      { kill -9 "$(docker inspect -f '{{.State.Pid}}' "$(container worker 1)")"; }   # the restart policy acts
worker_stop()       { docker stop -t 65 "$(container worker 1)" >/dev/null; docker start "$(container worker 1)" >/dev/null; }
worker_pause()      { docker pause "$(container worker 1)" >/dev/null; sleep 35; docker unpause "$(container worker 1)" >/dev/null; }
worker_disconnect() { network disconnect "$(container worker 1)"; sleep 35; network connect "$(container worker 1)"; }
worker_partition()  {
    local rule
    rule=(-s "$(address "$(container worker 1)")" -d "$(address "$(container redis)")" -j DROP)
    iptables -I DOCKER-USER "${rule[@]}"; sleep 35; iptables -D DOCKER-USER "${rule[@]}"
}
redis_pause()       { docker pause "$(container redis)" >/dev/null; sleep 10; docker unpause "$(container redis)" >/dev/null; }
redis_stop()        { docker stop "$(container redis)" >/dev/null; sleep 10; docker start "$(container redis)" >/dev/null; }
redis_kill()        { sleep 2; docker kill -s KILL "$(container redis)" >/dev/null; docker start "$(container redis)" >/dev/null; } # everysec: written by now
redis_disconnect()  { network disconnect "$(container redis)"; sleep 10; docker network connect --alias redis dashtam-jobs-faults_default "$(container redis)"; }
scheduler_kill()    { docker kill -s KILL "$(container scheduler)" >/dev/null; docker start "$(container scheduler)" >/dev/null; sleep 5; }
network()           { docker network "$1" dashtam-jobs-faults_default "$2"; }

all=(worker_kill worker_crash worker_stop worker_pause worker_disconnect worker_partition
    redis_pause redis_stop redis_kill redis_disconnect scheduler_kill)
[ $# -gt 0 ] || set -- "${all[@]}"
for fault in "$@"; do
    [[ " ${all[*]} " == *" $fault "* ]] || { echo "no such fault: $fault; there are: ${all[*]}" >&2; exit 2; }
done

trap 'compose down -v --timeout 5 >/dev/null 2>&1 || true' EXIT
./secrets.sh
compose up -d --build --wait --scale worker=2 >/dev/null
sleep 21                                  # who recovers others has held a lease of its own
for fault in "$@"; do
    number=$((number + 1))
    before=$(succeeded) since=$SECONDS
    push
    sleep 1
    "$fault"
    check "$fault" "$since" "$before"
done
echo "$# faults, $broken broken"
[ "$broken" -eq 0 ]
