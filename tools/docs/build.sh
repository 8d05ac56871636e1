#!/usr/bin/env bash
# Builds the documentation site into site/; a warning is an error.
set -euo pipefail
cd "$(dirname "$0")/../.."

tools/docs/mkdocs.sh build --strict --quiet
echo "The site is in site/: open site/index.html, or let make docs-serve serve what you edit."
