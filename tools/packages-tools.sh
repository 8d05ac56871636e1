# Part of packages.sh: the pinned tools of documentation and checks, of npm (tools/npm) and of NuGet (.config/dotnet-tools.json).
# shellcheck shell=bash disable=SC2154 # packages.sh sets the variables

manifest=.config/dotnet-tools.json
in_npm() { (cd "$copy/tools/npm" && npm --loglevel=error "$@"); }
require_npm() { has npm || fail 'npm is missing, which installs the tools of tools/npm: install node 20 or later'; }
is_npm_tool() { grep -q "^    \"$package\": " tools/npm/package.json; }
is_dotnet_tool() { grep -qi "^    \"$package\": " "$manifest"; }
is_tool() { is_npm_tool || is_dotnet_tool; }

add_tool() {
    copy_out
    if [ "$from" = npm ]; then add_npm_tool; else add_dotnet_tool; fi
    take_back
    echo 'next         make tools'
}

add_npm_tool() {
    require_npm
    local answer licence
    answer=$(in_npm view "$package@${version:-latest}" version license --json 2>&1) || explain_npm "$answer"
    [ -n "$answer" ] || fail "$package has no version $version at npm"
    version=$(sed -n 's/.*"version": "\([^"]*\)".*/\1/p' <<<"$answer" | tail -n 1)
    licence=$(sed -n 's/.*"license": "\([^"]*\)".*/\1/p' <<<"$answer" | tail -n 1)
    printf '%s %s\t%s\n' "$package" "$version" "${licence:-none stated}" | ask_for_licences
    in_npm install --package-lock-only --ignore-scripts --save-dev --save-exact "$package@$version" >"$copy/npm.log" 2>&1 ||
        explain_npm "$(cat "$copy/npm.log")"
    audit_npm
    echo "added        $package $version to tools/npm"
}

audit_npm() {
    if in_npm audit --package-lock-only >"$copy/audit.log" 2>&1; then
        echo 'vulnerable   none of the tools, as far as npm knows'
    elif grep -q 'found 0\|severity' "$copy/audit.log"; then
        sed 's/^/             /' "$copy/audit.log"
        fail 'a tool has a known vulnerability'
    else
        echo 'vulnerable   not known: the registry has no list of vulnerabilities'
    fi
}

explain_npm() {
    case $1 in
        *E404*)               fail "npm has no package \"$package\"${version:+ of version $version}" ;;
        *ETARGET* | *"No match"*) fail "$package has no version $version at npm" ;;
        *)                    fail "npm's registry does not answer, or refuses: $(grep -m 1 -E 'npm (error|ERR!)' <<<"$1" || tail -n 1 <<<"$1")" ;;
    esac
}

add_dotnet_tool() {
    require_dotnet
    choose_version
    local log=$copy/tool.log verb=install
    ! is_dotnet_tool || verb=update
    (cd "$copy" && dotnet tool "$verb" "$package" --version "$version" --tool-manifest "$manifest") >"$log" 2>&1 ||
        fail "$package $version is no .NET tool, or does not fit: $(grep -vE '^ *$' "$log" | head -n 2 | xargs)"
    printf '%s %s\t%s\n' "$package" "$version" "$(licence "$package" "$version")" | ask_for_licences
    echo 'vulnerable   not known: NuGet does not look at tools'
    echo "added        $package $version to $manifest"
}

remove_tool() {
    copy_out
    if is_npm_tool; then
        require_npm
        in_npm uninstall --package-lock-only "$package" >"$copy/npm.log" 2>&1 || explain_npm "$(cat "$copy/npm.log")"
    elif is_dotnet_tool; then
        require_dotnet
        (cd "$copy" && dotnet tool uninstall "$package" --tool-manifest "$manifest") >"$copy/tool.log" 2>&1 || fail "$(xargs <"$copy/tool.log")"
    else
        fail "no tool \"$package\" is pinned in tools/npm or $manifest"
    fi
    echo "removed      $package"
    take_back
}

outdated_tools() {
    local tool pinned newest
    while read -r tool pinned; do
        newest=$(versions "$tool" | grep -v -- - | sort -V | tail -n 1)
        [ "$newest" = "$pinned" ] || printf '%-52s %-12s newest: %s (%s)\n' "$tool" "$pinned" "$newest" "$manifest"
    done < <(awk -F '"' '/^    "/ { tool = $2 } /"version": "/ { print tool, $4 }' "$manifest")
    has npm || { say 'npm is missing: the tools of tools/npm were not compared'; return 0; }
    # npm's exit code says only whether anything is outdated.
    local answer
    answer=$(cd tools/npm && npm outdated --loglevel=error 2>&1) || true
    ! grep -q 'npm \(error\|ERR!\)' <<<"$answer" || fail "npm's registry does not answer: $(grep -m 1 'npm \(error\|ERR!\)' <<<"$answer")"
    awk 'NR > 1 { printf "%-52s %-12s newest: %s (tools/npm)\n", $1, $3, $4 }' <<<"$answer"
}
