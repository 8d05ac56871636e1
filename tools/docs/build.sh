#!/usr/bin/env bash
# Builds the documentation site into site/, a warning being an error, and checks what was built and how words are spelled.
set -euo pipefail
cd "$(dirname "$0")/../.."

.ci/tools
.tools/node_modules/.bin/cspell lint --config .config/cspell.json --no-progress --no-summary --gitignore '**/*.md' || {
    echo 'make docs-site: correct these words. A word that is right goes into docs/words.txt.' >&2
    exit 1
}
tools/docs/api.sh
# --quiet would hide the warnings, too.
said=$(tools/docs/mkdocs.sh build --strict 2>&1) || { grep -vE '^(INFO|  )' <<<"$said" >&2; exit 1; }
dotnet run --project tools/docs/Dashtam.Jobs.Docs --no-build -- check site
echo "The site is in site/: open site/index.html, or let make docs-serve serve what you edit."
