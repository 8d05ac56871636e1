#!/usr/bin/env bash
# Adds, changes, removes and lists the packages that this repository pins: `make add`, `make remove`, `make outdated`
# (docs/how-to/add-a-package.md). Settings come from the environment, where make puts what is on its command line:
#
#   PKG=Name        the package
#   VERSION=1.2.3   its version; without it the newest stable one
#   TO=Core         the project: Core, Scheduler, Worker or Tests
#   GROUP=dev       for the tests, and analyzers for all projects; GROUP=docs: a tool for documentation and checks
#   FROM=npm        of a tool (GROUP=docs): npm or nuget
#   YES=1           takes licences that are not on the list without a question
#
# All work is done in a copy. The repository changes only when the package is there, fits, has no known vulnerability and its licence
# is accepted. Exit code: 0; 1 when it failed; 2 when a setting is wrong.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

say() { echo "packages: $*"; }
fail() { echo "packages: $1. Nothing was changed." >&2; exit "${2:-1}"; }
lower() { tr '[:upper:]' '[:lower:]' <<<"$1"; }
has() { command -v "$1" >/dev/null; }

# shellcheck source=tools/packages-files.sh
. tools/packages-files.sh
# shellcheck source=tools/packages-nuget.sh
. tools/packages-nuget.sh
# shellcheck source=tools/packages-tools.sh
. tools/packages-tools.sh

action=${1:-}
package=${PKG:-} version=${VERSION:-} to=${TO:-} group=${GROUP:-} from=${FROM:-}
check_settings() {
    [[ $action =~ ^(add|remove|outdated)$ ]] || fail "say add, remove or outdated, not \"$action\"" 2
    [ "$action" = outdated ] && return
    [ -n "$package" ] || fail "say which package: make $action PKG=Name" 2
    [[ $package =~ ^(@[a-z0-9._-]+/)?[A-Za-z0-9._-]+$ ]] || fail "PKG=\"$package\" is no package's name: letters, digits, dots, dashes" 2
    [[ $version =~ ^([0-9]+(\.[0-9]+){1,3}(-[0-9A-Za-z.-]+)?)?$ ]] || fail "VERSION=\"$version\" is no version: 1.2.3 or 1.2.3-rc.1" 2
    [[ $to =~ ^(Core|Scheduler|Worker|Tests)?$ ]] || fail "there is no project TO=\"$to\": it is Core, Scheduler, Worker or Tests" 2
    [[ $group =~ ^(dev|docs)?$ ]] || fail "there is no GROUP=\"$group\": it is dev (tests, analyzers) or docs (tools), or is left out" 2
    [[ $from =~ ^(npm|nuget)?$ ]] || fail "there is no FROM=\"$from\": it is npm or nuget" 2
    [ "$group" = docs ] || [ -z "$from" ] || fail 'FROM is for GROUP=docs; all other packages come from NuGet' 2
    [ "$group" != docs ] || [ -z "$to" ] || fail 'a tool of GROUP=docs belongs to no project: leave TO out' 2
    [ "$action:$group:$from" != add:docs: ] || fail 'say where the tool comes from: FROM=npm or FROM=nuget' 2
}
check_settings

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
# What CI sets would refuse new lock files.
unset CI
case $action:$group in
    add:docs)    add_tool ;;
    add:*)       add_package ;;
    remove:docs) remove_tool ;;
    remove:*)    if is_tool; then remove_tool; else remove_package; fi ;;
    outdated:*)  outdated_packages; outdated_tools ;;
esac
