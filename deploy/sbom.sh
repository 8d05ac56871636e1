#!/usr/bin/env bash
# Lists the packages of a published program as a CycloneDX 1.5 document: deploy/sbom.sh Dashtam.Jobs.Worker.deps.json > sbom.cdx.json
# The .deps.json is what the program itself loads, so nothing is missing and nothing is too much. What the base image holds, the
# .NET runtime and Debian or Ubuntu, is that image's own to list.
set -euo pipefail

component() {                             # component NAME VERSION SHA512, which is base64
    local hash
    hash=$(printf %s "$3" | base64 -d | od -An -v -tx1 | tr -d ' \n')
    printf '    {"type": "library", "name": "%s", "version": "%s", "purl": "pkg:nuget/%s@%s"' "$1" "$2" "$1" "$2"
    [ -z "$hash" ] || printf ', "hashes": [{"alg": "SHA-512", "content": "%s"}]' "$hash"
    printf '}'
}

# The section "targets" says what a package brings along; one that brings nothing is a name alone. The section "libraries" has its hash.
packages=$(awk -F '"' '
    /^      ".*": \{/ { id = $2 }
    /^        "(runtime|native|runtimeTargets|resources)": \{/ { brings[id] = 1 }
    /^  "libraries": \{/ { libraries = 1 }
    libraries && /^    ".*": \{/ { id = $2; type = hash = "" }
    libraries && $2 == "type" { type = $4 }
    libraries && $2 == "sha512" { hash = $4; sub(/^sha512-/, "", hash) }
    libraries && /^    \}/ && type == "package" && brings[id] { split(id, part, "/"); print part[1], part[2], hash }
' "$1")
[ -n "$packages" ] || { echo "sbom: no packages in $1" >&2; exit 1; }

name=$(basename "$1" .deps.json)
printf '{\n  "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,\n'
printf '  "metadata": {"component": {"type": "application", "name": "%s"}},\n  "components": [\n' "$name"
first=1
while read -r package version hash; do
    [ "$first" = 1 ] || printf ',\n'
    first=0
    component "$package" "$version" "${hash:-}"
done <<<"$packages"
printf '\n  ]\n}\n'
