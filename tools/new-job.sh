#!/usr/bin/env bash
# Makes a job and its test from tools/templates/job (`make new-job`); both compile and pass the tests as they are.
#
#   tools/new-job.sh NAME DOMAIN [FOLDER]
#
# NAME    the job's name on the wire, verb_noun: count_stale_connections
# DOMAIN  the folder below Dashtam.Jobs.Core/Tasks, a new one or one that is there: Connections
# FOLDER  where the files go; by default this checkout
#
# Exit codes: 0 made, 1 something of that name is there, 2 a bad argument. Nothing is overwritten.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
name=${1:-} domain=${2:-} into=${3:-$root}
tasks=$root/Dashtam.Jobs.Core/Tasks

fail() { echo "new-job: $2" >&2; exit "$1"; }

domains=$(find "$tasks" -mindepth 1 -maxdepth 1 -type d -exec basename {} \; | sort | paste -sd ' ' -)
[[ $name =~ ^[a-z]+(_[a-z0-9]+)+$ && ${#name} -le 60 ]] ||
    fail 2 "NAME '$name' is not allowed; allowed is verb_noun in lower case, at most 60 characters: NAME=count_stale_connections"
[[ $domain =~ ^[A-Z][A-Za-z]+$ && ${#domain} -le 40 ]] ||
    fail 2 "DOMAIN '$domain' is not allowed; allowed is one word that begins with a capital letter, letters only: DOMAIN=Connections (there are: $domains)"
# As a namespace it would hide what jobs and tests call by that name.
case $domain in
    Task | Tasks | System | Dashtam | Jobs | Job | Core | Tests | Unit | Support | Execution | Options | Settings | Is | Does | Has | Throws | Assert | Test)
        fail 2 "DOMAIN '$domain' is not allowed: code calls something else by that name (there are: $domains)" ;;
esac

# A folder that is there hides nothing new.
if [ ! -d "$tasks/$domain" ] &&
    taken=$(grep -rlE --include='*.cs' "(class|record|struct|interface|enum|delegate) (struct |class )?$domain\b" "$root/Dashtam.Jobs.Core"); then
    fail 2 "DOMAIN '$domain' is not allowed: ${taken//$root\//} has a type of that name, which the namespace would hide (there are: $domains)"
fi

class=
for word in ${name//_/ }; do class+=$(printf '%s' "${word:0:1}" | tr '[:lower:]' '[:upper:]')${word:1}; done
[ "$class" != "$domain" ] || fail 2 "NAME '$name' and DOMAIN '$domain' make a class and a namespace of one name; take another NAME or DOMAIN"

if taken=$(grep -rlE --include='*.cs' "\[Job\(\"$name\"|(class|record|struct|interface|enum) $class\b" "$root/Dashtam.Jobs.Core"); then
    fail 1 "a job '$name' or a type $class is there already: ${taken//$root\//}; take another NAME"
fi
job=Dashtam.Jobs.Core/Tasks/$domain/$class.cs
test=Dashtam.Jobs.Tests/Unit/Core/Tasks/$domain/${class}Tests.cs
for file in "$job" "$test"; do
    [ ! -e "$into/$file" ] || fail 1 "$file is there already and stays as it is; remove it or take another NAME"
done

# Settings of templates of its own: what this user has installed is neither used nor changed.
hive=$(mktemp -d)
trap 'rm -rf "$hive"' EXIT
quietly() { "$@" >"$hive/log" 2>&1 || { cat "$hive/log" >&2; fail 1 "the command above failed: $*"; }; }
quietly dotnet new install "$root/tools/templates/job" --debug:custom-hive "$hive/hive"
quietly dotnet new dashtam-job --debug:custom-hive "$hive/hive" --no-update-check --output "$into" \
    --jobClass "$class" --jobName "$name" --domain "$domain" --category "$(printf '%s' "$domain" | tr '[:upper:]' '[:lower:]')"

echo "$job"
echo "$test"
echo "Next: say in both what the job does (docs/how-to/add-a-job.md), then make test-unit and make run."
