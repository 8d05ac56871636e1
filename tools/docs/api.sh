#!/usr/bin/env bash
# Writes docs/reference/api from the doc comments of what is public in Dashtam.Jobs.Core. The pages are not committed.
set -euo pipefail
cd "$(dirname "$0")/../.."

said=$(dotnet tool restore 2>&1) || { echo "$said" >&2; exit 1; }
said=$(dotnet build tools/docs/Dashtam.Jobs.Docs --nologo --verbosity quiet 2>&1) || { echo "$said" >&2; exit 1; }
rm -rf tools/docs/obj/api docs/reference/api
said=$(dotnet docfx metadata tools/docs/docfx.json 2>&1) || { echo "$said" >&2; echo 'docfx could not read the doc comments: see above.' >&2; exit 1; }
dotnet run --project tools/docs/Dashtam.Jobs.Docs --no-build -- api tools/docs/obj/api docs/reference/api
