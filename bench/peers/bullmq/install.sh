#!/usr/bin/env bash
# Installs BullMQ as package.json and package-lock.json pin it, into node_modules/ beside this file.
# Idempotent, and quick when it is there. Not 0: the last line of stderr says what is missing.
set -euo pipefail
cd "$(dirname "$0")"

fail() { echo "bullmq: $*" >&2; exit 1; }

apt_install() {
    { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; } || fail "$* missing, and only root with apt-get could install it"
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y -qq --no-install-recommends "$@" >&2 || {
        apt-get update -qq >&2 || true
        DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y -qq --no-install-recommends "$@" >&2
    } || fail "could not install $*"
}

command -v node >/dev/null || apt_install nodejs
node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' || fail "Node.js 18 or newer is needed, this is $(node --version)"

# The lock's hash marks what node_modules was made of.
want=$(cat package.json package-lock.json | sha256sum | cut -d' ' -f1)
if [ "$(cat node_modules/.made-of 2>/dev/null || true)" != "$want" ]; then
    command -v npm >/dev/null || apt_install npm
    rm -rf node_modules
    # `npm ci` checks every hash of the lock, but refuses it where a registry lacks an optional package of another platform.
    npm ci --no-audit --no-fund --loglevel=error >&2 || {
        rm -rf node_modules
        npm install --no-save --no-audit --no-fund --loglevel=error >&2
    } || fail "npm could not install the packages of package.json"
    echo "$want" > node_modules/.made-of
fi
node -e 'import("bullmq").catch(e => { console.error(e.message); process.exit(1); })' || fail "BullMQ is installed but does not load"
