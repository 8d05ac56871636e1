#!/usr/bin/env bash
# In the container `build` of docker-compose.dev.yml: builds scheduler and worker in one build, and again whenever their source changes.
# A finished build is copied to $DEV_PROGRAMS, where deploy/dev-run.sh takes it. A build that fails changes nothing there.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${ArtifactsPath:?is where the build goes}" "${DEV_PROGRAMS:?is where finished programs go}"
projects='Dashtam.Jobs.Core Dashtam.Jobs.Scheduler Dashtam.Jobs.Worker'
first_build_ended=/tmp/first-build-ended        # the health of this container

# Times, sizes and names are looked at: on macOS nothing tells a container of a saved file.
# shellcheck disable=SC2086 # three names
inputs() {
    find $projects Directory.*.props global.json .editorconfig \( -name bin -o -name obj -o -name TestResults \) -prune -o -type f -printf '%p %s %T@\n' | sort | cksum
}
# Restoring is a quarter of the work of a build, and few edits concern packages.
packages() { cat Directory.*.props ./*.Core/{*.csproj,packages.lock.json} ./*.Scheduler/{*.csproj,packages.lock.json} ./*.Worker/{*.csproj,packages.lock.json} | cksum; }

restored=
build() {
    local fixed
    fixed=$(packages) || return 1
    if [ "$fixed" != "$restored" ]; then
        dotnet restore deploy/dev.slnf --verbosity quiet || return 1
        restored=$(packages)                    # a restore may write the lock files
    fi
    # What the build says here should be said fast; the analyzers speak in `make build`.
    dotnet build deploy/dev.slnf --no-restore --nologo --verbosity quiet \
        -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -p:GenerateDocumentationFile=false
}

# A running program still reads its files: each build gets a folder of its own, and a link that is replaced at once names the newest.
# A program whose files are the same is not started again. Three folders stay: a program that drains may still run from the one before.
offer() {                                       # offer PROJECT NUMBER
    local built=$ArtifactsPath/bin/$1/debug place=$DEV_PROGRAMS/$1
    mkdir -p "$place"
    ! diff -rq "$built" "$place/current" >/dev/null 2>&1 || return 0
    cp -R "$built" "$place/$2"
    ln -sfn "$2" "$place/next"
    mv -fT "$place/next" "$place/current"
    find "$place" -mindepth 1 -maxdepth 1 -type d | sort -V | head -n -3 | xargs -r rm -rf
}

rm -f "$first_build_ended"
built=
while :; do
    if now=$(inputs 2>/dev/null) && [ "$now" != "$built" ]; then
        built=$now since=$(date +%s%N)
        if build; then
            for project in Dashtam.Jobs.Scheduler Dashtam.Jobs.Worker; do offer "$project" "$since"; done
            echo "Built in $((($(date +%s%N) - since) / 1000000)) ms"
        else
            echo 'The build failed: scheduler and worker go on with the build before it. Save a file to try again'
        fi
        touch "$first_build_ended"
    fi
    sleep 0.3
done &
trap 'kill $!; exit 0' INT TERM
wait $!
