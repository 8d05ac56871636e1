#!/usr/bin/env bash
# In a container of docker-compose.dev.yml: builds and runs a project, and again whenever its source changes:
#   deploy/dev-watch.sh Dashtam.Jobs.Worker
set -euo pipefail
cd "$(dirname "$0")/.."
project=$1

# What the build says here should be said fast; the analyzers speak in `make build`.
export RunAnalyzers=false

# dotnet watch looks at the files that were there when it began, and neither at new ones nor at what fixes the packages. So this
# list of them is watched too. It is an MSBuild file because such a change makes dotnet watch look for all files anew.
export WATCH_LIST=${ArtifactsPath:?is where the build goes}/watched.props
inputs() {
    {
        find Dashtam.Jobs.Core "$project" \( -name bin -o -name obj \) -prune -o \( -name '*.cs' -o -name '*.lua' \) -print | sort
        cat Directory.*.props
    } | cksum
}
write() { printf '<Project><!-- %s --></Project>\n' "$1" >"$WATCH_LIST"; }

# Restoring is a quarter of the work of a build, and few edits concern packages: it is done here, when what fixes them has changed.
packages() { cat Directory.*.props Dashtam.Jobs.Core/*.csproj Dashtam.Jobs.Core/packages.lock.json "$project"/*.csproj "$project"/packages.lock.json | cksum; }
restore() { dotnet restore "$project" -v quiet || true; }   # what is wrong is shown, and the next change is tried

mkdir -p "$ArtifactsPath"
known=$(inputs) restored=$(packages)
restore
write "$known"
while sleep 1; do
    if ! now=$(inputs 2>/dev/null) || ! fixed=$(packages 2>/dev/null); then
        continue                                # a file went away under the reader
    fi
    if [ "$fixed" != "$restored" ]; then
        # A build that began before has not seen the packages: the list changes, so another one follows.
        restored=$fixed
        restore
    elif [ "$now" = "$known" ]; then
        continue
    fi
    known=$now
    write "$known $restored"
done &

# A signal that reaches dotnet watch alone drains nothing. The program is told first; dotnet watch has nothing left to stop then.
watcher=
program() { pgrep -f "^$ArtifactsPath/bin/$project/"; }
stop() {
    trap '' INT TERM
    program | xargs -r kill -TERM || true
    while program >/dev/null; do sleep 0.1; done
    kill -TERM "$watcher" 2>/dev/null || true
    exit 0
}
trap stop INT TERM

dotnet watch --no-hot-reload --non-interactive --project "$project" run --no-launch-profile --no-restore &
watcher=$!
wait "$watcher"
