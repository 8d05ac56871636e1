#!/usr/bin/env bash
# In a container of docker-compose.dev.yml: runs a program that deploy/dev-build.sh built, and the next build of it in its place:
#   deploy/dev-run.sh Dashtam.Jobs.Worker
set -euo pipefail
project=${1:?names the project}
place=${DEV_PROGRAMS:?is where finished programs are}/$project

program='' runs=''
alive() { [ -n "$program" ] && kill -0 "$program" 2>/dev/null; }
# SIGTERM, so that a worker drains and gives its jobs back. A killed worker's jobs would wait for its lease to end.
drain() {
    ! alive || kill -TERM "$program" 2>/dev/null || true
    while alive; do wait "$program" || true; done
    program=
}
trap 'drain; exit 0' INT TERM

while :; do
    newest=$(readlink "$place/current" || true)
    if [ -n "$newest" ] && [ "$newest" != "$runs" ]; then
        drain
        runs=$newest
        dotnet "$place/$newest/$project.dll" &
        program=$!
    elif [ -n "$program" ] && ! alive; then
        code=0
        wait "$program" || code=$?
        program=
        # 75 is a worker that asks to be started again.
        if [ "$code" -eq 75 ]; then
            runs=
        else
            echo "$project ended with code $code. The next build of it is started; make dev-restart starts this one again"
        fi
    fi
    # A signal to this script does not wait for the end of a sleep that runs beside it.
    sleep 0.2 &
    wait $! || true
done
