#!/usr/bin/env bash
# Counts instructions a record by Valgrind's callgrind, and prints them as a table: of each engine in all, of each thread,
# and of the functions that take most. Instructions are the same in every run and on a busy machine; they are not time
# (tools/bench/NOTES.md).
#
#   [CAPTURES=DIR|FILE] tools/bench/count.sh PROGRAM DIR      DIR has the program `repeat` of tools/bench
#
# $COUNT_RECORDS (1000000) records of each trace are counted, less what a replay of a thousand takes: what the program
# does before and after. Without $CAPTURES it is the traces in traces/samples; with it, what .swt it names. $TOP (12)
# functions are named; one that the compiler has put into its caller counts there.
set -u
usage='usage: [CAPTURES=DIR|FILE] tools/bench/count.sh PROGRAM DIR'
program=$(realpath -m "${1:?$usage}") repeat=$(realpath -m "${2:?$usage}")/repeat
[ -z "${CAPTURES-}" ] || CAPTURES=$(realpath -m "$CAPTURES")
cd "$(dirname "$0")/../.." || exit 1
shopt -s nullglob

records=${COUNT_RECORDS-1000000}
few=1000
top=${TOP-12}

if ! type -P valgrind >/dev/null; then
    echo 'bench-count: valgrind is not installed: skipped'
    exit 0
fi
tmp=$(mktemp -d "${TMPDIR-/tmp}/stagewalk-count.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
failed=0

# count ENGINE TRACE DIR: leaves a file for each thread in DIR: cg-01 (who simulates), cg-02 (who decodes; of tlm who times), ...
count() {
    mkdir -p "$3"
    valgrind --tool=callgrind --separate-threads=yes --callgrind-out-file="$3/cg" \
        "$program" replay --engine "$1" -q --json "$3/report.json" "$2" >"$tmp/out" 2>"$tmp/err"
}

# totals DIR: the instructions of each thread.
totals() {
    local file
    for file in "$1"/cg-[0-9]*; do
        awk '/^(totals|summary):/ { n = $2 } END { printf "%d\n", n }' "$file"
    done
}

# functions FILE...: for each function: its own instructions, calls, instructions with what it calls, and its name; over
# all files. What has no symbol is named by the library that it is in.
functions() {
    awk '
        FNR == 1 { split("", name); split("", object); called = 0 }
        /^c?ob=\(/ {
            id = $1; sub(/^c?ob=/, "", id)
            if (NF > 1) { object[id] = $NF; sub(/^.*[\/]/, "", object[id]) }
            if (/^c/) callee_in = object[id]; else current_in = callee_in = object[id]
            next
        }
        /^c?fn=\(/ {
            id = $1; sub(/^c?fn=/, "", id); text = $0
            if (NF > 1) {
                sub(/^[^)]*\) /, "", text)
                name[id] = text ~ /^0x/ ? text " in " (/^c/ ? callee_in : current_in) : text
            }
            if (/^c/) callee = name[id]; else current = name[id]
            next
        }
        /^calls=/ { split($1, part, "="); calls[callee] += part[2]; called = 1; next }
        /^[0-9+*-]/ {
            if (called) { whole[callee] += $2; called = 0; callee_in = current_in } else own[current] += $2
        }
        END { for (f in own) printf "%d %d %d %s\n", own[f], calls[f], whole[f], f }' "$@"
}

# table NAME ENGINE TRACE
table() {
    local name=$1 engine=$2 trace=$3 all=$tmp/$2-all small=$tmp/$2-small i many=() little=()
    rm -rf "$all" "$small"
    if ! "$repeat" "$records" 1000000000 "$trace" "$tmp/all.swt" 2>"$tmp/err" ||
        ! "$repeat" $few $few "$trace" "$tmp/small.swt" 2>"$tmp/err" ||
        ! count "$engine" "$tmp/all.swt" "$all" || ! count "$engine" "$tmp/small.swt" "$small"; then
        failed=1
        printf '\n%s, %s: failed: %s\n' "$name" "$engine" "$(tail -n 1 "$tmp/err")"
        return
    fi
    mapfile -t many < <(totals "$all")
    mapfile -t little < <(totals "$small")
    printf '\n%s, engine %s: instructions a record, of %d records\n' "$name" "$engine" "$records"
    {
        for i in "${!many[@]}"; do echo "$i ${many[i]} ${little[i]-0}"; done
    } | awk -v n=$((records - few)) -v engine="$engine" '
        {
            per = ($2 - $3) / n; sum += per
            who = NR == 1 ? "the thread that simulates" : "a thread that reads ahead and decodes"
            if (engine == "tlm" && NR == 2) who = "the thread that times" # which is started first, on two processors or more
            printf "  %8.1f  %s\n", per, who
        }
        END { printf "  %8.1f  in all\n", sum }'
    printf '  %8s %12s %12s  %s\n' own calls 'with callees' ''
    printf '  %8s %12s %12s  %s\n' 'a record' 'a 1000 rec.' 'a call' function
    functions "$small"/cg-[0-9]* >"$tmp/functions"
    functions "$all"/cg-[0-9]* | awk -v few="$tmp/functions" '
        function name(line) { sub(/^[0-9]+ [0-9]+ [0-9]+ /, "", line); return line }
        BEGIN {
            while ((getline line < few) > 0) {
                split(line, f, " "); n = name(line)
                own[n] = f[1]; calls[n] = f[2]; whole[n] = f[3]
            }
        }
        { n = name($0); printf "%d %d %d %s\n", $1 - own[n], $2 - calls[n], $3 - whole[n], n }' |
        sort -rn | awk -v n=$((records - few)) -v top="$top" '
        # The long way of an access, whatever its rank: what a miss costs.
        NR <= top || $4 ~ /^(cluster_access|mmu_translate|walk|odd_record)$/ {
            text = $0; sub(/^[-0-9]+ [-0-9]+ [-0-9]+ /, "", text)
            printf "  %8.2f %12.2f %12s  %.70s\n", $1 / n, 1000 * $2 / n, ($2 > 0 ? sprintf("%.0f", $3 / $2) : "-"), text
        }'
}

traces=(traces/samples/*.swt)
if [ -n "${CAPTURES-}" ]; then
    traces=("$CAPTURES")
    [ ! -d "$CAPTURES" ] || traces=("$CAPTURES"/*.swt)
fi
[ "${#traces[@]}" -gt 0 ] || {
    echo "bench-count: no .swt in ${CAPTURES-traces/samples}" >&2
    exit 2
}
"$program" --version | head -n 1
for trace in "${traces[@]}"; do
    for engine in fast tlm; do
        table "$(basename "$trace" .swt)" $engine "$trace"
    done
done
exit $failed
