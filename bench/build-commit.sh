#!/usr/bin/env bash
# Builds a program of bench/ as it was at another commit, and prints the folder with its files.
#
#   bench/build-commit.sh Dashtam.Jobs.Faults 1a2b3c4             as `make faults` builds it
#   bench/build-commit.sh Dashtam.Jobs.Bench 1a2b3c4 linux-x64    as `make bench` publishes it for that kind of machine
#
# A commit that was built before is not built again. What was built lies under the program's own bin/, which git ignores.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "build-commit: $1" >&2; exit 2; }

{ [ $# -ge 2 ] && [ -n "$2" ]; } || fail 'name a program and a commit: bench/build-commit.sh Dashtam.Jobs.Faults HEAD~1'
program=$1 runtime=${3:-}
commit=$(git rev-parse --verify --quiet "$2^{commit}") || fail "$2 is no commit of this repository"

# The fault suite stood at the top until November 2026.
project=
for folder in "bench/$program" "$program"; do
    if git cat-file -e "$commit:$folder/$program.csproj" 2>/dev/null; then project=$folder; break; fi
done
[ -n "$project" ] || fail "commit $commit has no $program"

checkout="$PWD/bench/$program/bin/commits/$commit"
built="$checkout/$project/bin/Debug/net10.0"
[ -z "$runtime" ] || built="$checkout/$project/bin/publish"
if [ ! -e "$checkout/built" ]; then
    rm -rf "$checkout"
    mkdir -p "$checkout"
    git archive "$commit" | tar -x -C "$checkout"
    echo "build-commit: building $program of $commit" >&2
    if [ -n "$runtime" ]; then
        dotnet publish "$checkout/$project" --nologo -v quiet -c Release -p:RunAnalyzers=false -r "$runtime" -o "$built" >&2
    else
        dotnet build "$checkout/$project" --nologo -v quiet -p:RunAnalyzers=false >&2
    fi
    touch "$checkout/built"
fi
echo "$built"
