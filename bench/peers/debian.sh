# shellcheck shell=bash
# For install.sh of the peers that come from Debian (sourced): installs the packages that the file `versions` beside it names,
# one `package version` a line, and refuses others. Asks apt-get only for what is missing. `peer` is the peer's name.

# shellcheck disable=SC2154  # whoever sources this sets peer
fail() { echo "$peer: $*" >&2; exit 1; }

not_as_pinned() {
    grep -v '^#' versions | while read -r package version; do
        case "$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null)" in
            "$version"[!0-9.]*) ;; # the rest is Debian's own revision
            *) echo "$package" ;;
        esac
    done
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y -qq --no-install-recommends "$@" >&2
}

install_pinned() {
    command -v dpkg-query >/dev/null || fail "its packages are Debian's, and this is another system"
    mapfile -t packages < <(not_as_pinned)
    [ "${#packages[@]}" -gt 0 ] || return 0
    [ "$(id -u)" -eq 0 ] || fail "${packages[*]} missing or of another version, and only root could install that"
    apt_install "${packages[@]}" || { apt-get update -qq >&2 || true; apt_install "${packages[@]}"; } ||
        fail "could not install ${packages[*]}"
    mapfile -t packages < <(not_as_pinned)
    [ "${#packages[@]}" -eq 0 ] || fail "this Debian has another version of ${packages[*]} than the file versions names"
}
