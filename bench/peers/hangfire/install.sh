#!/usr/bin/env bash
# Builds the peer with the packages that packages.lock.json pins. Idempotent, and quick when it is built.
# Not 0: the last line of stderr says what is missing.
set -euo pipefail
cd "$(dirname "$0")"

fail() { echo "hangfire: $*" >&2; exit 1; }

command -v dotnet >/dev/null || fail "the .NET SDK is missing"
want=$(cat ./*.cs ./*.csproj ./*.props packages.lock.json | sha256sum | cut -d' ' -f1)
if [ "$(cat bin/.made-of 2>/dev/null || true)" != "$want" ]; then
    # No build server outlives the build.
    export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
    dotnet restore --locked-mode --nologo -v quiet >&2 || fail "NuGet could not restore the packages of packages.lock.json"
    dotnet build --no-restore --nologo -v quiet -c Release -o bin/peer >&2 || fail "the peer does not build"
    echo "$want" > bin/.made-of
fi
