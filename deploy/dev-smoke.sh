#!/usr/bin/env bash
# Shows that development in containers works, on a copy of the source, in containers of its own: deploy/dev-smoke.sh
#
# It starts the containers and saves three edits: the body of a job, a new job, and its schedule. Each is saved while a run_canary runs
# that is 10 s longer than SMOKE_SECONDS (10). Each edit must be live within SMOKE_SECONDS, and each canary must end once: given back by
# the worker that stops, not recovered after its death. Then it adds a package in the shell of the worker and restores with the lock
# files alone, runs the tests of the filter SMOKE_TESTS (Category=Unit; empty for all), restarts, and stops. A line for each; the last
# line says how many failed.
# Exit code: 0, or 1 when any did. Needs docker compose, make and git; removes all it made, but for the image and NuGet's cache.
set -euo pipefail
cd "$(dirname "$0")/.."

limit=${SMOKE_SECONDS:-10}
[[ $limit =~ ^[1-9][0-9]*$ ]] || { echo "dev-smoke: SMOKE_SECONDS=\"$limit\" is no number of seconds above 0" >&2; exit 2; }
tests=${SMOKE_TESTS-Category=Unit}
patience=$((limit > 100 ? 2 * limit + 20 : 120))         # seconds after which it is not waited for any more

copy=$(mktemp -d) log=$(mktemp)
export DEV_UID=${DEV_UID:-$(id -u)} DEV_GID=${DEV_GID:-$(id -g)}
export DEV_PROJECT=dashtam-jobs-dev-smoke DEV_SCHEDULER_PORT=${DEV_SCHEDULER_PORT:-18180} DEV_WORKER_PORT=${DEV_WORKER_PORT:-18181}
export DEV_REDIS_PORT=${DEV_REDIS_PORT:-16479} DEV_POSTGRES_PORT=${DEV_POSTGRES_PORT:-15532}
tasks=$copy/Dashtam.Jobs.Core/Tasks/Diagnostics

dev() { "$copy/deploy/dev.sh" "$@"; }
redis() { dev redis-cli "$1" | tr -d '\r'; }
logs() { FOLLOW=0 dev logs "$1" | tr -d '\r'; }
now() { date +%s%N; }
finish() {
    local code=$?
    [ "$code" -eq 0 ] || for service in build worker; do logs "$service" 2>/dev/null | tail -n 40 >&2 || true; done
    dev down >/dev/null 2>&1 || true
    local volume
    for volume in redis-data postgres-data; do docker volume rm "${DEV_PROJECT}_$volume" >/dev/null 2>&1 || true; done
    docker volume rm "$DEV_PROJECT-artifacts-$DEV_UID" >/dev/null 2>&1 || true
    rm -rf "$copy" "$log"
}

until_holds() {                                 # until_holds WHAT COMMAND…: as long as patience lasts
    local what=$1 since=$SECONDS
    shift
    until "$@"; do
        [ $((SECONDS - since)) -lt "$patience" ] || { echo "dev-smoke: not within $patience s: $what" >&2; return 1; }
        sleep 0.2
    done
}
lines() { logs "$1" | grep -cF -- "$2" || true; }
more_lines() { [ "$(lines "$1" "$2")" -gt "$3" ]; }      # more_lines SERVICE TEXT COUNT
succeeded() { redis 'HGET {dashtam:jobs}:stats:jobs run_canary:succeeded'; }
has_result() { [ "$(redis "EXISTS taskiq:result:$1")" = 1 ]; }

push() {                                        # push ID JOB [SLEEP_MS]
    redis "LPUSH dashtam:jobs '{\"task_id\": \"$1\", \"task_name\": \"$2\", \"labels\": {}, \"args\": [], \"kwargs\": {${3:+\"sleep_ms\": $3}}}'" >/dev/null
}

edit_body() { sed -i.bak 's/\.With("worker", job\.Worker)/.With("worker", "edited")/' "$tasks/RunCanary.cs"; }
edit_new_job() {
    cat >"$tasks/ShowSmoke.cs" <<'END'
using Dashtam.Jobs.Core.Execution;

namespace Dashtam.Jobs.Core.Tasks.Diagnostics;

/// <summary>Shows that a new job is live.</summary>
/// <remarks>Schedule: at New Year. Returns: <c>checked</c> 1, <c>processed</c> 1, <c>errors</c> 0.</remarks>
[Job("show_smoke", Category = "diagnostics", Schedule = "0 0 1 1 *")]
internal sealed class ShowSmoke : IJobHandler
{
    public Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken) =>
        Task.FromResult(new JobSummary(Checked: 1, Processed: 1, Errors: 0));
}
END
}
undo() {                                        # the tests are to see what the repository holds
    cp "$tasks/RunCanary.cs.bak" "$tasks/RunCanary.cs"
    rm -f "$tasks"/RunCanary.cs.bak "$tasks"/ShowSmoke.cs*
}
edit_schedule() { sed -i.bak 's/0 0 1 1 \*/0 0 2 2 */' "$tasks/ShowSmoke.cs"; }

# What a person would look at, once the worker that ran the old code has stopped.
body_is_live() { redis 'GET taskiq:result:body' | grep -q '"edited"'; }
new_job_is_live() { logs worker | grep -q 'show_smoke succeeded'; }
schedule_is_live() { logs scheduler | grep -qF 'Schedule show_smoke (0 0 2 2 *'; }
probe_body() { push body run_canary; canaries=$((canaries + 1)); }
probe_new_job() { push new-job show_smoke; }
probe_schedule() { :; }

broken=0 canaries=0
verdict() {                                     # verdict NAME SINCE SAID PROBLEMS: a line, and the count of what is broken
    local took=$((($(now) - $2) / 100000000))
    printf '%-12s %4d.%d s  %s\n' "$1" $((took / 10)) $((took % 10)) "${4:-$3}"
    [ -z "$4" ] || broken=$((broken + 1))
}

try() {                                         # try NAME: edit_NAME while a canary runs, until NAME_is_live
    local name=$1 id=canary-$1 started given stopped since live took said=
    started=$(lines worker 'run_canary started') given=$(lines worker 'run_canary was given back') stopped=$(lines worker 'has left')
    push "$id" run_canary $(((limit + 10) * 1000))
    until_holds 'a canary runs' more_lines worker 'run_canary started' "$started"
    since=$(now)
    "edit_$name"
    until_holds 'the worker stops' more_lines worker 'has left' "$stopped"
    "probe_$name"
    until_holds "the edit $name is live" "${name}_is_live"
    live=$(now)
    took=$(((live - since) / 100000000))
    until_holds "the canary of $name has a result" has_result "$id"

    canaries=$((canaries + 1))
    [ "$(succeeded)" -eq "$canaries" ] || said+='its canary did not end once; '
    [ "$(lines worker 'run_canary was given back')" -eq $((given + 1)) ] || said+='its canary was not given back once; '
    [ "$(lines worker 'is dead: what it held is ready again')" -eq 0 ] || said+='a job was recovered; '
    [ "$took" -le $((limit * 10)) ] || said+="live after $((took / 10)) s, more than $limit s"
    verdict "$name" "$since" "live after $((took / 10)).$((took % 10)) s; its canary was given back, and ended once" "$said"
}

# A target of make: its last line, or what was wrong with it. CHECK says on standard output what is wrong with what is there now.
step() {                                        # step TARGET CHECK [SETTING…]
    local target=$1 check=$2 since said=
    shift 2
    since=$(now)
    if ! make -s -C "$copy" "$target" "$@" >"$log" 2>&1; then
        said='failed; above is the end of what it printed. '
        tail -n 40 "$log" >&2
    fi
    said+=$("$check")
    verdict "make $target" "$since" "$(grep -v '^$' "$log" | tail -n 1)" "$said"
}
no_check() { :; }
states() { docker ps -a --filter "label=com.docker.compose.project=$DEV_PROJECT" --format '{{.State}}' | sort | uniq -c | tr -s ' \n' ' '; }
five_run() { [ "$(states)" = ' 5 running ' ] || echo "not five containers run: $(states)"; }
none_is_left() { [ -z "$(states)" ] || echo "containers are left: $(states)"; }

in_shell='set -e; id -u; make -s add PKG=Humanizer.Core TO=Core; dotnet restore Dashtam.Jobs.Core --locked-mode; echo it adds a package and restores as locked'
was_added() {
    [ "$(sed -n 1p "$log")" = "$DEV_UID" ] || echo "the shell is that of user $(sed -n 1p "$log"), not $DEV_UID; "
    grep -q 'Include="Humanizer.Core"' "$copy/Dashtam.Jobs.Core/Dashtam.Jobs.Core.csproj" || echo 'the project has no reference to the package; '
    local strangers
    strangers=$(find "$copy" ! -uid "$DEV_UID" | head -n 3)
    [ "$DEV_UID" != "$(id -u)" ] || [ -z "$strangers" ] || echo "these files belong to somebody else: $strangers"
}

trap finish EXIT
git ls-files -co --exclude-standard -z | while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --null -T - -cf - | tar -xf - -C "$copy"
step dev-up five_run
[ "$broken" -eq 0 ] || { echo 'dev-smoke: without containers nothing else can be shown' >&2; exit 1; }
for name in body new_job schedule; do try "$name"; done
undo
step dev-shell was_added <<<"$in_shell"
step dev-test no_check TESTS="$tests"
step dev-restart five_run
step dev-status five_run
step dev-down none_is_left
echo "dev-smoke: 9 steps, $broken broken"
[ "$broken" -eq 0 ]
