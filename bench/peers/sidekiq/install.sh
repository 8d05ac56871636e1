#!/usr/bin/env bash
# Installs Sidekiq from Debian, in the versions that the file `versions` names.
# Idempotent, and quick when it is there. Not 0: the last line of stderr says what is missing.
set -euo pipefail
cd "$(dirname "$0")"
peer=sidekiq
. ../debian.sh

install_pinned
/usr/bin/ruby -e 'require "sidekiq"' || fail "Sidekiq is installed but does not load"
