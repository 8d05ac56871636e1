#!/usr/bin/env bash
# mkdocs.sh ARGUMENTS: runs mkdocs in the repository's root, and says how to get what is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."

how='Debian 12, Ubuntu 24.04: apt-get install mkdocs mkdocs-material; elsewhere: pipx install mkdocs && pipx inject mkdocs mkdocs-material.'
command -v mkdocs >/dev/null || { echo "mkdocs is missing. $how" >&2; exit 1; }
mkdocs "$@" || { echo "mkdocs $1 failed: see above. If the theme 'material' is missing: $how" >&2; exit 1; }
