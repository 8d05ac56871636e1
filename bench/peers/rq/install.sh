#!/usr/bin/env bash
# Installs RQ from Debian, in the versions that the file `versions` names.
# Idempotent, and quick when it is there. Not 0: the last line of stderr says what is missing.
set -euo pipefail
cd "$(dirname "$0")"
peer=rq
. ../debian.sh

install_pinned
/usr/bin/python3 -c 'import redis, rq' || fail "RQ is installed but does not load"
