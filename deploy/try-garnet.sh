#!/usr/bin/env bash
# Tries another version of the embedded Garnet: in a copy of the committed source, which is deleted at the end, restores it
# (NU1603 and NU1605 are errors, as every warning) and runs what must pass on it.
#
#   deploy/try-garnet.sh 2.2.11
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:-}
[ -n "$version" ] || { echo 'try-garnet: say VERSION=…; those that exist: dotnet package search Microsoft.Garnet --exact-match' >&2; exit 2; }
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git archive HEAD | tar -x -C "$copy"
cd "$copy"

sed -i "s/\(Include=\"Microsoft.Garnet\" Version=\"\)[^\"]*/\1$version/" Directory.Packages.props
grep -q "Microsoft.Garnet\" Version=\"$version\"" Directory.Packages.props
dotnet restore Dashtam.Jobs.Tests --force-evaluate
.ci/test --filter 'FullyQualifiedName~OnGarnet|FullyQualifiedName~LocalRunTests'
echo "try-garnet: Garnet $version may be taken: set it in Directory.Packages.props, then dotnet restore --force-evaluate"
