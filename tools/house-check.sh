#!/usr/bin/env bash
# Checks what the house asks of every file and a compiler does not see: where things lie, who may include whom, what the
# models may not do, and that each citation leads somewhere.
#
#   tools/house-check.sh [DIR]      the tree to check; default: the one that this script lies in
#
# Prints ok or FAIL for each check, with file:line for each finding. The last line is `house: N passed, M failed`.
set -u
shopt -s lastpipe # verdict counts at the end of a pipe, in this shell
cd "${1:-$(dirname "$0")/..}" || exit 2

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0

# ---- The files: all that git has or would take ----------------------------------------------------------------------

if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files -co --exclude-standard
else
    find . -path ./.git -prune -o -path ./build -prune -o -type f -print | sed 's|^\./||'
fi | sort -u | while IFS= read -r file; do
    [ ! -f "$file" ] || printf '%s\n' "$file"
done >"$tmp/files"
grep -E '\.(c|h|cpp|hpp)$' "$tmp/files" >"$tmp/c"
grep -E '\.(c|h|cpp|hpp|sh|py|js|css|html|S)$|(^|/)Makefile$|^\.ci/run$' "$tmp/files" >"$tmp/source"

# each LIST COMMAND...: the command with all files of a list as arguments; nothing when the list is empty.
each() {
    local list=$tmp/$1
    shift
    tr '\n' '\0' <"$list" | xargs -0 -r "$@"
}

# verdict NAME: standard input is the findings, one a line; none is a pass.
verdict() {
    local findings count
    findings=$(cat)
    if [ -z "$findings" ]; then
        passed=$((passed + 1))
        printf '  ok     %s\n' "$1"
        return
    fi
    failed=$((failed + 1))
    count=$(printf '%s\n' "$findings" | wc -l)
    printf '  FAIL   %s\n' "$1"
    printf '%s\n' "$findings" | head -n 20 | sed 's/^/         /'
    [ "$count" -le 20 ] || printf '         ... %d findings in all\n' "$count"
}

# The code without comments and without what stands in quotes, as `file:line:code`, but with the operand of #include.
each c awk '
    FNR == 1 { comment = 0 }
    {
        line = $0
        if (!comment && line ~ /^[ \t]*#[ \t]*include/) { print FILENAME ":" FNR ":" line; next }
        code = ""
        while (line != "") {
            if (comment) {
                end = index(line, "*/")
                if (!end) { line = ""; break }
                line = substr(line, end + 2); comment = 0; code = code " "
            } else if (match(line, /\/\*|\/\/|"|\047/)) {
                code = code substr(line, 1, RSTART - 1)
                open = substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH)
                if (open == "/*") { comment = 1; continue }
                if (open == "//") { line = ""; break }
                while (line != "") {
                    char = substr(line, 1, 1); line = substr(line, 2)
                    if (char == "\\") line = substr(line, 2)
                    else if (char == open) break
                }
                code = code open open
            } else { code = code line; line = "" }
        }
        if (code ~ /[^ \t]/) print FILENAME ":" FNR ":" code
    }' >"$tmp/code"

# calls NAMES: the lines of code that call one of these functions (a|b|c).
calls() { grep -E "(^|[^A-Za-z0-9_>.])($1)[[:space:]]*\("; }

# ---- Where things lie -----------------------------------------------------------------------------------------------

names='LICENSE Makefile README.md models platforms sim tests tools traces'
{
    cut -d/ -f1 "$tmp/files" | grep -v '^\.' | sort -u >"$tmp/top"
    tr ' ' '\n' <<<"$names" | sort -u >"$tmp/names"
    comm -23 "$tmp/top" "$tmp/names" | sed 's/$/: does not belong at the top level/'
    comm -13 "$tmp/top" "$tmp/names" | sed 's/$/: missing at the top level/'
} | verdict "top level: $names"

each source awk '
    function close_file() { if (lines > 400) print file ":" lines ": over 400 lines" }
    FNR == 1 { close_file(); file = FILENAME }
    { lines = FNR }
    END { close_file() }' | verdict 'no source file over 400 lines'

# clang-format sees to code, not to comments
each c awk '
    FNR == 1 { table = 0 }
    /clang-format off/ { table = 1 }
    /clang-format on/ { table = 0 }
    length > 120 && !table { print FILENAME ":" FNR ": " length " columns" }' | verdict 'no line over 120 columns, but in tables'

each files stat -c '%s %n' | awk '$1 > 1048576 { size = $1; sub(/^[0-9]+ /, ""); print $0 ": " size " bytes" }' |
    verdict 'no file over 1 MB'

each files grep -InE '(^|[^A-Za-z0-9_.])/(wor[k]|hom[e]|roo[t])/[A-Za-z]' /dev/null | verdict 'no path of a machine'

# ---- Who may include whom -------------------------------------------------------------------------------------------

grep -E ':[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$tmp/code" | awk '
    BEGIN {
        n = split("models/arch models/mem models/mmu models/cost models/cluster traces platforms sim/tlm sim tools tests", order, " ")
    }
    function layer(path,  i) {
        for (i = 1; i <= n; i++)
            if (index(path, order[i] "/") == 1) return i
        return 0
    }
    {
        split($0, part, ":")
        split($0, quoted, "\"")
        from = layer(part[1]); to = layer(quoted[2])
        if (!to) why = "is not written from the top of the tree, or is in no layer"
        else if (to > from) why = "is in a higher layer"
        else if (order[from] == "traces" && quoted[2] ~ /^models\// && order[to] != "models/arch")
            why = "is not of models/arch, the only models that traces may know"
        else next
        print part[1] ":" part[2] ": includes " quoted[2] ", which " why
    }' | verdict 'a file includes only its own layer or a lower one'

# ---- What the models may not do -------------------------------------------------------------------------------------

grep '^models/' "$tmp/code" |
    grep -E '#[[:space:]]*include[[:space:]]*<(stdio|stdlib|malloc|alloca|time|unistd|signal|pthread|setjmp|sys/[a-z]+)\.h>' |
    verdict 'models include nothing of input, output, memory, time'

grep '^models/' "$tmp/code" |
    calls 'f?printf|v?s?n?printf|puts|putchar|fputs|fwrite|malloc|calloc|realloc|free|alloca|exit|_exit|abort|getenv|time|clock' |
    verdict 'models do not print, allocate, exit or read a clock'

grep -E '^(models|traces|platforms|sim)/' "$tmp/code" | grep -vE '^sim/(main|jobs_pipe)\.c:' | calls 'exit|_exit|_Exit|quick_exit' |
    verdict 'only sim/main.c exits, and sim/jobs_pipe.c a child'

# ---- What every file has --------------------------------------------------------------------------------------------

each c awk '
    FNR == 1 && ($0 !~ /^(\/\*|\/\/)/ || length($0) < 16) { print FILENAME ":1: does not begin with a comment of a line" }' |
    verdict 'every C and C++ file begins by saying why it exists'

grep -E '\.(h|hpp)$' "$tmp/c" >"$tmp/headers"
each headers grep -L '^#pragma once$' | sed 's/$/:1: no #pragma once/' | verdict 'every header has #pragma once'

each source grep -nwE 'TO[D]O|FIX[M]E|XX[X]|HAC[K]' /dev/null | verdict 'nothing is left for later'

# ---- Citations ------------------------------------------------------------------------------------------------------

# The tags of the README: the first word of each row of the table(s) under the heading that contains "References".
[ ! -f README.md ] || awk '
    /^#+ / { depth = index($0, " ") - 1
             if ($0 ~ /References/) { inside = depth; next } else if (inside && depth <= inside) inside = 0 }
    inside && /^\|/ {
        split($0, cell, "|"); gsub(/[][`*:]/, " ", cell[2]); split(cell[2], word, " ")
        if (word[1] != "") print word[1]
    }' README.md | sort -u >"$tmp/tags"
touch "$tmp/tags"

each c grep -noE '\[[A-Z][A-Za-z0-9_.+-]*: ' /dev/null | awk -v tags="$tmp/tags" '
    BEGIN { while ((getline tag < tags) > 0) known[tag] = 1 }
    {
        tag = $0; sub(/^.*\[/, "", tag); sub(/:.*/, "", tag)
        if (tag in known) next
        if (!count[tag]++) { sub(/:\[.*/, ""); first[tag] = $0 }
    }
    END {
        for (tag in count)
            print first[tag] ": [" tag ": ...] is not in the References of README.md (" count[tag] " uses)"
    }' | verdict 'every citation resolves to a row of References'

echo "house: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
