# Part of packages.sh: the files that pin packages, copied, edited and taken back.
# shellcheck shell=bash disable=SC2154 # packages.sh sets the variables

projects() { sed -n 's/^Project(.*"\([^"]*\.csproj\)".*/\1/p' Dashtam.Jobs.sln | sed 's#\\#/#g'; }
pinning() {                               # the files that say which packages there are
    printf '%s\n' Dashtam.Jobs.sln global.json Directory.Build.props Directory.Packages.props
    local project
    for project in $(projects); do
        printf '%s\n' "$project"
        find "$(dirname "$project")" -maxdepth 1 -name 'packages*.lock.json'
    done
    find tools/npm .config -maxdepth 1 -type f
}

copy_out() {
    local file
    for file in $(pinning); do
        mkdir -p "$copy/$(dirname "$file")"
        cp "$file" "$copy/$file"
    done
}

changed() {                               # the files of the copy that differ
    local file
    for file in $(cd "$copy" && pinning); do
        cmp -s "$root/$file" "$copy/$file" || printf '%s\n' "$file"
    done
}

take_back() {                             # says which files changed; from here on there is nothing left that could fail
    local file locks=0
    trap '' INT TERM HUP
    for file in $(changed); do
        cp "$copy/$file" "$root/$file"
        case $file in
            */packages*.lock.json) locks=$((locks + 1)) ;;
            *) echo "changed      $file" ;;
        esac
    done
    [ "$locks" -eq 0 ] || echo "changed      $locks lock files"
}

# A line <KIND Include="ID" …> into the item group of such lines, in the alphabet's order where they are in it. LABEL: of the group; none: the
# first group that has such lines. A group that is missing is made.
insert_item() {                           # insert_item FILE KIND LINE ID [LABEL]
    awk -v kind="$2" -v line="    $3" -v id="$4" -v label="${5:-}" '
        function name(text) { return match(text, /Include="[^"]*"/) ? tolower(substr(text, RSTART + 9, RLENGTH - 10)) : "" }
        { text[NR] = $0 }
        /<ItemGroup/ { group = NR; wanted = label == "" || index($0, "Label=\"" label "\"") }
        group && wanted && index($0, "<" kind " ") && (!target || target == group) {
            target = group
            if (!before && name($0) > tolower(id)) before = NR
            last = NR
            if ($0 !~ /\/>/) open = NR
        }
        open && index($0, "</" kind ">") { last = NR; open = 0 }
        /<\/ItemGroup>/ { group = 0 }
        /<ItemGroup/ && !first { first = NR }
        /<\/Project>/ { end = NR }
        END {
            if (!target) place = label != "" || !first ? end : first
            for (i = 1; i <= NR; i++) {
                if (!target && i == place) {
                    made = sprintf("  <ItemGroup%s>\n%s\n  </ItemGroup>\n", label == "" ? "" : " Label=\"" label "\"", line)
                    printf "%s", place == end ? "\n" made : made "\n"
                }
                if (target && i == before) print line
                print text[i]
                if (target && !before && i == last) print line
            }
        }' "$copy/$1" >"$copy/edited"
    mv "$copy/edited" "$copy/$1"
}

# The lines of an item, and its group where that was the last one in it.
remove_item() {                           # remove_item FILE KIND ID
    awk -v kind="$2" -v id="$3" '
        skipping { if (index($0, "</" kind ">")) skipping = 0; next }
        index($0, "<" kind " ") && index(tolower($0), "include=\"" tolower(id) "\"") { skipping = !/\/>/ && !index($0, "</" kind ">"); next }
        { text[++count] = $0 }
        END {
            for (i = 1; i <= count; i++) {
                if (text[i] ~ /<ItemGroup[^\/]*>$/ && text[i + 1] ~ /^ *<\/ItemGroup>$/) {
                    i++
                    if (text[i + 1] ~ /^ *$/) i++            # with the blank line that parted it from the next
                    else if (kept > 0 && lines[kept] ~ /^ *$/) kept--
                    continue
                }
                lines[++kept] = text[i]
            }
            for (i = 1; i <= kept; i++) print lines[i]
        }' "$copy/$1" >"$copy/edited"
    mv "$copy/edited" "$copy/$1"
}

replace_item() {                          # replace_item FILE KIND LINE ID
    awk -v kind="$2" -v line="    $3" -v id="$4" '
        index($0, "<" kind " ") && index(tolower($0), "include=\"" tolower(id) "\"") { print line; next }
        { print }' "$copy/$1" >"$copy/edited"
    mv "$copy/edited" "$copy/$1"
}

has_item() {                              # has_item FILE KIND ID, in the copy
    grep -qi "<$2 Include=\"${3//./\\.}\"" "$copy/$1"
}
