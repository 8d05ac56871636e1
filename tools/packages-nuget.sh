# Part of packages.sh: packages of NuGet.
# shellcheck shell=bash disable=SC2154 # packages.sh sets the variables

# Licences that allow use in a closed or open program without conditions on its source (SPDX).
accepted_licences=' MIT MIT-0 Apache-2.0 BSD-2-Clause BSD-3-Clause 0BSD ISC PostgreSQL Zlib Unlicense CC0-1.0 BSL-1.0 MS-PL BlueOak-1.0.0 Python-2.0 '

require_dotnet() { has dotnet || fail 'the .NET SDK is missing; global.json says which one'; }

# All versions of a package that the registry lists, one a line; fails when no registry answers.
versions() {
    local answer
    if ! answer=$(dotnet package search "$1" --exact-match --prerelease --format json 2>&1) || grep -q '"problems": \[$' <<<"$answer"; then
        fail "no package registry answers: $(grep -m 1 -oE '(Unable to load|error)[^"]*' <<<"$answer" || tail -n 1 <<<"$answer")"
    fi
    sed -n 's/^ *"version": "\([^"]*\)".*/\1/p' <<<"$answer"
}

choose_version() {                        # sets `version`, and NuGet's `folder`
    local all newest
    folder=$(packages_folder)
    all=$(versions "$package")
    [ -n "$all" ] || fail "NuGet has no package \"$package\""
    newest=$(grep -v -- - <<<"$all" | sort -V | tail -n 1)
    if [ -z "$version" ]; then
        version=$newest
        [ -n "$version" ] || fail "$package has no stable version; say one of these with VERSION=: $(sort -V <<<"$all" | tail -n 5 | xargs)"
    elif ! grep -qix -- "$version" <<<"$all"; then
        fail "$package has no version $version; the newest stable one is ${newest:-none}"
    fi
}

# Every lock file is written anew: those of Debug, of Release, and of each kind of machine that something is published for.
restore_all() {
    local lock runtime log=$copy/restore.log
    restore() { (cd "$copy" && dotnet restore "$@" --force-evaluate --nologo -v minimal) >>"$log" 2>&1; }
    {
        restore Dashtam.Jobs.sln && restore Dashtam.Jobs.sln -p:Configuration=Release
    } || explain_restore "$log"
    for lock in $(cd "$copy" && pinning | grep -E '/packages\.[a-z]+-[a-z0-9]+\.lock\.json$'); do
        runtime=${lock##*/packages.} runtime=${runtime%.lock.json}
        restore "$(dirname "$lock")" -p:Configuration=Release -p:RuntimeIdentifier="$runtime" || explain_restore "$log"
    done
}

explain_restore() {
    local errors
    errors=$(grep -oE 'error (NU|MSB|NETSDK)[0-9]+: .*' "$1" | sed -E 's/ \[[^]]*\]$//' | sort -u | head -n 5)
    case $errors in
        *NU190[1-4]*) fail "a package has a known vulnerability, and the build would refuse it:
$errors
" ;;
        *NU1301*)     fail "the package registry does not answer:
$errors
" ;;
        *)            fail "the packages do not fit together:
${errors:-$(tail -n 5 "$1")}
" ;;
    esac
}

# Resolved packages of all lock files: "id version", lower case.
resolved() {                              # resolved DIRECTORY
    find "$1" -name 'packages*.lock.json' -not -path '*/node_modules/*' -not -path '*/peers/*' -exec awk '
        /^      "/ { split($0, part, "\""); id = tolower(part[2]) }
        /"resolved":/ { split($0, part, "\""); print id, tolower(part[4]) }' {} + | sort -u
}

packages_folder() { dotnet nuget locals global-packages --list | sed 's/^global-packages: *//; s#/$##'; }
nuspec() {                                # nuspec ID VERSION: its path in NuGet's folder
    local id number
    id=$(lower "$1") number=$(lower "$2")
    echo "$folder/$id/$number/$id.nuspec"
}

licence() {                               # licence ID VERSION: an SPDX expression, or where it can be read
    local file
    file=$(nuspec "$1" "$2")
    [ -f "$file" ] || { echo 'unknown'; return; }
    tr -d '\r\n' <"$file" | sed -nE \
        -e 's#.*<license type="expression"[^>]*>([^<]*)</license>.*#\1#p;t' \
        -e 's#.*<licenseUrl>https://licenses\.nuget\.org/([^<]*)</licenseUrl>.*#\1#p;t' \
        -e 's#.*<license type="file"[^>]*>([^<]*)</license>.*#in its file \1#p;t' \
        -e 's#.*<licenseUrl>([^<]*)</licenseUrl>.*#at \1#p;t' \
        -e 's#.*#none stated#p'
}

is_accepted() {                           # is_accepted EXPRESSION: one of several with OR, all of several with AND
    local choice part ok
    while IFS= read -r choice; do
        ok=1
        for part in ${choice// AND / }; do [[ $accepted_licences == *" $part "* ]] || ok=0; done
        [ "$ok" -eq 0 ] || return 0
    done < <(tr -d '()' <<<"$1" | awk '{ gsub(/ OR /, "\n"); print }')
    return 1
}

ask_for_licences() {                      # reads "what<TAB>licence" lines; prints them, and asks for those that are not on the list
    local what expression questionable=() answer
    while IFS=$'\t' read -r what expression; do
        printf 'licence      %s: %s\n' "$what" "$expression"
        is_accepted "$expression" || questionable+=("$what ($expression)")
    done
    [ ${#questionable[@]} -gt 0 ] || return 0
    [ "${YES:-}" != 1 ] || return 0
    printf 'Not on the list of accepted licences: %s\n' "${questionable[@]}"
    [ -t 1 ] || fail 'the licence was not accepted; YES=1 accepts it'
    read -r -p 'Take it all the same? [y/N] ' answer </dev/tty || true
    [[ $answer =~ ^[yY] ]] || fail 'the licence was not accepted'
}

report_and_take() {                       # what comes with the package, its licences and vulnerabilities; then the files
    local id number
    while read -r id number; do
        [ -z "$id" ] || printf '%s %s\t%s\n' "$id" "$number" "$(licence "$id" "$number")"
    done < <(comm -13 <(resolved "$root") <(resolved "$copy")) >"$copy/licences"
    ask_for_licences <"$copy/licences"
    if grep -qE 'NU190[05]' "$copy/restore.log"; then
        echo 'vulnerable   not known: the registry has no list of vulnerabilities'
    else
        echo 'vulnerable   none of the packages, as far as the registry knows'
    fi
    take_back
}

# The package alone, into NuGet's folder. The registry finds a name in any case; the files have it as its author writes it.
fetch() {
    mkdir -p "$copy/fetch"
    cat >"$copy/fetch/fetch.csproj" <<END
<Project><PropertyGroup><ImportDirectoryBuildProps>false</ImportDirectoryBuildProps>
<ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps></PropertyGroup>
<Import Project="Sdk.props" Sdk="Microsoft.NET.Sdk" />
<PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
<ItemGroup><PackageDownload Include="$package" Version="[$version]" /></ItemGroup>
<Import Project="Sdk.targets" Sdk="Microsoft.NET.Sdk" /></Project>
END
    dotnet restore "$copy/fetch/fetch.csproj" --nologo -v quiet >"$copy/restore.log" 2>&1 || explain_restore "$copy/restore.log"
    local file
    file=$(nuspec "$package" "$version")
    [ -f "$file" ] || fail "NuGet did not put $package $version into its folder $(packages_folder)"
    package=$(tr -d '\r\n' <"$file" | sed -E 's#.*<id>([^<]*)</id>.*#\1#')
}

# What works on the code at build time alone says so in its package.
is_analyzer() { grep -qi '<developmentDependency>true' "$(nuspec "$package" "$version")"; }

choose_target() {                         # sets the file that refers to the package, the line, and the group of its version
    target=Dashtam.Jobs.${to:-Core}/Dashtam.Jobs.${to:-Core}.csproj label=Libraries
    reference="<PackageReference Include=\"$package\" />"
    [ "$group" != dev ] || [ -n "$to" ] || target=Dashtam.Jobs.Tests/Dashtam.Jobs.Tests.csproj
    [[ $target != *Tests* ]] || label='Local run and tests only'
    if is_analyzer; then
        label=Analyzers reference="<PackageReference Include=\"$package\" PrivateAssets=\"all\" />"
        [ "$group" != dev ] || [ -n "$to" ] || target=Directory.Build.props
    fi
}

add_package() {
    require_dotnet
    choose_version
    copy_out
    fetch
    local target label reference
    choose_target
    local pin="<PackageVersion Include=\"$package\" Version=\"$version\" />"
    if has_item Directory.Packages.props PackageVersion "$package"; then
        replace_item Directory.Packages.props PackageVersion "$pin" "$package"
    else
        insert_item Directory.Packages.props PackageVersion "$pin" "$package" "$label"
    fi
    has_item "$target" PackageReference "$package" || insert_item "$target" PackageReference "$reference" "$package"
    if [ -z "$(changed)" ]; then say "$target has $package $version already"; return; fi
    say "restoring everything with $package $version"
    restore_all
    echo "added        $package $version to $target"
    report_and_take
}

remove_package() {
    require_dotnet
    copy_out
    local file found=() referring
    # shellcheck disable=SC2207 # none of these paths has a blank
    referring=($(projects) Directory.Build.props)
    for file in "${referring[@]}"; do
        [ -z "$to" ] || [ "$file" = "Dashtam.Jobs.$to/Dashtam.Jobs.$to.csproj" ] || continue
        has_item "$file" PackageReference "$package" || continue
        found+=("$file")
        remove_item "$file" PackageReference "$package"
    done
    [ ${#found[@]} -gt 0 ] || fail "$([ -z "$to" ] && echo 'no project' || echo "Dashtam.Jobs.$to") refers to no package \"$package\""
    if ! (cd "$copy" && grep -qi "<PackageReference Include=\"${package//./\\.}\"" "${referring[@]}"); then
        remove_item Directory.Packages.props PackageVersion "$package"
    fi
    say "restoring everything without $package"
    restore_all
    echo "removed      $package from ${found[*]}"
    take_back
}

outdated_packages() {
    require_dotnet
    local pinned answer
    answer=$(dotnet package list --project Dashtam.Jobs.sln --outdated --include-transitive 2>&1) ||
        fail "the packages cannot be compared with the registry: $(grep -m 1 -oE 'error.*' <<<"$answer" || tail -n 1 <<<"$answer")"
    pinned=$(sed -n 's/.*<PackageVersion Include="\([^"]*\)".*/\1/p' Directory.Packages.props)
    awk -v pinned="$pinned" '
        BEGIN { split(pinned, names, "\n"); for (i in names) ours[tolower(names[i])] = 1 }
        $1 == ">" && tolower($2) in ours && !seen[$2]++ { printf "%-52s %-12s newest: %s\n", $2, $(NF - 1), $NF; count++ }
        END { if (!count) print "All packages of Directory.Packages.props are the newest stable ones." }' <<<"$answer"
}
