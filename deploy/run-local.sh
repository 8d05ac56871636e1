#!/usr/bin/env bash
# Runs a scheduler and a worker side by side, from the Debug build, until Ctrl-C (`make run`).
#
# Both write to this terminal. Ctrl-C or SIGTERM stops the worker, which drains and gives back what it has not finished, and
# then the scheduler, whose embedded Redis the worker needs until then; the exit code is 0. A second Ctrl-C kills both.
# If one of them ends by itself, the other is stopped, and its exit code is this script's.
set -euo pipefail
cd "$(dirname "$0")/.."

# make dies of a Ctrl-C, whatever its recipe makes of it. So in the foreground of a terminal a process group of its own gets it.
in_foreground() {
    local group foreground
    read -r group foreground < <(ps -o pgid= -o tpgid= -p $$ 2>/dev/null ||
        sed 's/.*) //' /proc/$$/stat 2>/dev/null | cut -d ' ' -f 3,6) || return 1
    [ -n "$group" ] && [ "$group" = "$foreground" ]
}
if [ "${1:-}" != --inside ] && in_foreground; then
    set -m
    "$0" --inside
    exit
fi

export DOTNET_ENVIRONMENT="${DOTNET_ENVIRONMENT:-Development}"
drain=${WORKER_DRAIN_SECONDS:-30}
[[ $drain =~ ^[0-9]+$ ]] || drain=30            # the worker says what is wrong with it
patience=$((drain + 30))                        # seconds; more than either process takes to stop
parent=$PPID
stopping=0
worker=
scheduler=

# Where the build put it; a container of development builds elsewhere (ArtifactsPath).
built() {
    if [ -n "${ArtifactsPath:-}" ]; then echo "$ArtifactsPath/bin/$1/debug/$1.dll"; else echo "$1/bin/Debug/net10.0/$1.dll"; fi
}
# Children of a script ignore SIGINT: Ctrl-C reaches this script alone, which stops them in order.
start() { dotnet "$(built "Dashtam.Jobs.$1")" </dev/null & }
runs()  { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }
nap()   { sleep 0.2 & wait $! || true; }         # `wait` lets a signal through at once

stop() {                                         # stop PID: gracefully, or by force when that takes too long
    local deadline=$((SECONDS + patience))
    runs "$1" || return 0
    kill -TERM "$1" 2>/dev/null || true
    while runs "$1"; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            echo "run-local: process $1 did not stop within $patience s and is killed" >&2
            kill -KILL "$1" 2>/dev/null || true
        fi
        nap
    done
}

interrupted() {
    stopping=$((stopping + 1))
    if [ "$stopping" -gt 1 ]; then
        kill -KILL ${worker:+"$worker"} ${scheduler:+"$scheduler"} 2>/dev/null || true
    else
        echo 'run-local: stopping; once more to kill' >&2
    fi
}
trap interrupted INT TERM HUP

# The scheduler embeds the Redis that the worker needs; the worker would wait for it, with a line of error in its log.
wait_for_redis() {
    local deadline=$((SECONDS + 20))
    while [ -z "${REDIS_URL:-}" ] && [ "$stopping" -eq 0 ] && runs "$scheduler" && [ "$SECONDS" -lt "$deadline" ] &&
        ! (exec 3<>"/dev/tcp/127.0.0.1/${JOBS_REDIS_PORT:-6381}") 2>/dev/null; do nap; done
}

start Scheduler
scheduler=$!
wait_for_redis
start Worker
worker=$!

result=0
while [ "$stopping" -eq 0 ]; do
    # Whoever started this script may be killed without a chance to tell it.
    if ! kill -0 "$parent" 2>/dev/null; then stopping=1; fi
    if ! runs "$worker"; then wait "$worker" || result=$?; break; fi
    if ! runs "$scheduler"; then wait "$scheduler" || result=$?; break; fi
    nap
done
if [ "$stopping" -eq 0 ]; then
    echo "run-local: one of the two ended by itself with $result; the other is stopped" >&2
fi

stop "$worker"
stop "$scheduler"
[ "$stopping" -le 1 ] || result=130
exit "$result"
