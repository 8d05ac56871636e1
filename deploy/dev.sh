#!/usr/bin/env bash
# Development in containers, for `make dev-…` (docs/how-to/develop-in-containers.md):
#
#   deploy/dev.sh up                    starts all and waits until scheduler and worker are ready
#   deploy/dev.sh down                  stops and removes the containers; with VOLUMES=1 their data and caches too
#   deploy/dev.sh restart [SERVICE]     scheduler and worker, or one service
#   deploy/dev.sh status                what runs, and whether it is healthy
#   deploy/dev.sh logs [SERVICE]        follows the logs; with FOLLOW=0 prints what there is
#   deploy/dev.sh shell [SERVICE]       a shell in the worker, or in SERVICE; reads commands from standard input where that is no terminal
#   deploy/dev.sh redis-cli [COMMAND]   on the Redis of the containers
#   deploy/dev.sh psql [SQL]            on their PostgreSQL
#   deploy/dev.sh test [FILTER]         all tests, or those of a filter, inside a container
#   deploy/dev.sh env                   writes the caller's ids to deploy/.env, for programs that call docker compose themselves
#
# Exit code: 0; 1 when Docker is missing or something failed; 2 when the arguments are wrong.
# shellcheck disable=SC2016 # what stands in backquotes is for a person to type
set -euo pipefail
cd "$(dirname "$0")/.."

services='build scheduler worker redis postgres'
# Files on the host belong to this user. DEV_UID=0 DEV_GID=0 is for an engine without root, whose root is the caller.
export DEV_UID=${DEV_UID:-$(id -u)} DEV_GID=${DEV_GID:-$(id -g)}
compose() { docker compose -f deploy/docker-compose.dev.yml "$@"; }
fail() { echo "dev: $1" >&2; exit "${2:-1}"; }

without=                                  # what does the same without containers
case ${1:-} in
    up | restart) without='`make run` starts a scheduler and a worker on this machine' ;;
    down)         without='there is nothing to stop; Ctrl-C stops `make run`' ;;
    status)       without='`make run` and then `curl http://127.0.0.1:8081/health/ready` shows whether a worker is ready' ;;
    logs)         without='`make run` shows the logs of both processes in its terminal' ;;
    shell)        without='`make build` and `make test` work in any shell that has the .NET SDK' ;;
    redis-cli)    without='`redis-cli -p 6381` reaches the Redis of `make run`' ;;
    psql)         without='`make run` uses a SQLite file with sample rows; `make test-integration` starts a PostgreSQL of this machine' ;;
    test)         without='`make test` runs all tests on this machine' ;;
    env)          ;;
    *) sed -n '2,/^set -e/ s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
require_docker() {
    local missing=
    if ! command -v docker >/dev/null; then missing='the command `docker` is missing'
    elif ! docker compose version >/dev/null 2>&1; then missing='Docker is here without its plugin compose v2'
    elif ! timeout 20 docker version >/dev/null 2>&1; then missing='no Docker engine answers'
    fi
    [ -z "$missing" ] || fail "$missing, which \`make dev-$1\` needs. Without it: $without."
}
known() {                                 # known SERVICE ALLOWED: refuses any other name
    [[ " $2 " == *" $1 "* ]] || fail "there is no service \"$1\"; SERVICE is one of: $2" 2
}
running() { [ -n "$(compose ps -q --status running "$1")" ] || fail "$1 does not run: \`make dev-up\` starts it"; }
# A terminal where the caller has one; a pipe stays a pipe.
terminal=()
[ -t 0 ] && [ -t 1 ] || terminal=(-T)
inside() { compose exec ${terminal[@]+"${terminal[@]}"} "$@"; }
port() { compose port "$1" "$2"; }

up() {
    if ! compose up -d --build --wait; then
        compose ps -a >&2
        compose logs --no-color --tail 20 build scheduler worker >&2
        fail 'not all of it is healthy; above are the last lines of build, scheduler and worker, and `make dev-logs` shows the rest. A port that
     is taken: DEV_SCHEDULER_PORT, DEV_WORKER_PORT, DEV_REDIS_PORT and DEV_POSTGRES_PORT name other ones'
    fi
    cat <<END
scheduler    http://$(port scheduler 8080)/health/ready
worker       http://$(port worker 8081)/health/ready
Redis        redis://$(port redis 6379)/0    make dev-redis-cli
PostgreSQL   postgresql://dashtam_jobs:dashtam_jobs@$(port postgres 5432)/dashtam    make dev-psql
When a file is saved, it is built and started: make dev-logs shows it. To stop all: make dev-down
END
}

command=$1
shift
case $command in
    up) require_docker up; up ;;
    down)
        require_docker down
        options=(--remove-orphans)
        [ "${VOLUMES:-0}" != 1 ] || options+=(--volumes)
        compose --profile tests down "${options[@]}"
        ;;
    env) printf 'DEV_UID=%s\nDEV_GID=%s\n' "$DEV_UID" "$DEV_GID" >deploy/.env ;;
    restart)
        [ -z "${1:-}" ] || known "$1" "$services"
        require_docker restart
        # shellcheck disable=SC2086 # two names
        compose restart ${1:-scheduler worker}
        up
        ;;
    status) require_docker status; compose ps -a ;;
    logs)
        [ -z "${1:-}" ] || known "$1" "$services"
        require_docker logs
        options=()
        [ "${FOLLOW:-1}" = 0 ] || options=(--follow)
        compose logs ${options[@]+"${options[@]}"} ${1:+"$1"}
        ;;
    shell)
        service=${1:-worker}
        known "$service" "$services"
        require_docker shell
        running "$service"
        # A build by hand and the one that watches must not write the same files.
        case $service in
            build | scheduler | worker) inside -e ArtifactsPath=/artifacts/shell "$service" bash ;;
            *) inside "$service" sh ;;
        esac
        ;;
    redis-cli)
        require_docker redis-cli
        running redis
        # redis-cli reads quotes in a line as a person means them.
        if [ -n "${1:-}" ]; then inside redis redis-cli <<<"$1"; else inside redis redis-cli; fi
        ;;
    psql)
        require_docker psql
        running postgres
        inside postgres psql -U dashtam -d dashtam ${1:+-c "$1"}
        ;;
    test)
        require_docker test
        compose build --quiet tests
        compose run --rm ${terminal[@]+"${terminal[@]}"} tests .ci/test ${1:+--filter "$1"}
        ;;
esac
