#!/usr/bin/env bash
# Compares the program with a second reader, tests/format/read_swt.py, which is made of traces/FORMAT.md and TEXT.md alone.
#
#   tools/check-format.sh PROGRAM [--whole]
#
#   tests/fuzz/seeds/swt/*.swt  both print the same text, and `trace pack` makes the same bytes of it
#   traces/samples/*.swt        likewise of stretches, cut from several places; with --whole of all their records
#   every register and system instruction by the name that both give it
#   two cuts, one after the other: together they hold all records of the stretch
#   tests/format/break_swt.py   unusual files that both must take, with the same text; broken ones that both must refuse; and
#                               broken ones that the program takes as yet: when it refuses one, that one is among the broken
#
# The last line is `format: N passed, M failed`.
set -u
program=$(realpath "${1:?usage: tools/check-format.sh PROGRAM [--whole]}") || exit 1
whole=${2-}
cd "$(dirname "$0")/.." || exit 1
limit=${TEST_SECONDS-300}
half=150000  # two of them are more than the largest block of records
passed=0 failed=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export PYTHONDONTWRITEBYTECODE=1

# verdict NAME REASON: an empty reason is a pass. A failure shows the beginning of what was said.
verdict() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
        printf '  ok     %s\n' "$1"
    else
        failed=$((failed + 1))
        printf '  FAIL   %s: %s\n' "$1" "$2"
        head -n 20 "$tmp/said" | sed 's/^/         /'
    fi
}

trace() {
    timeout -k 5 "$limit" "$program" trace "$@" </dev/null 2>>"$tmp/said"
}

read_swt() {
    timeout -k 5 "$limit" python3 tests/format/read_swt.py "$@"
}

# same_text FILE: prints why not, if the two readers do not print the same
same_text() {
    trace cat -o "$tmp/program" "$1" || { echo 'the program refuses it'; return; }
    read_swt "$1" >"$tmp/second" 2>>"$tmp/said" || { echo 'the second reader refuses it'; return; }
    cmp "$tmp/program" "$tmp/second" >>"$tmp/said" 2>&1 || echo 'the readers differ'
}

# check_both FILE NAME: the text, and the way back
check_both() {
    local why
    : >"$tmp/said"
    why=$(same_text "$1")
    verdict "$2" "$why"
    : >"$tmp/said"
    why=$(trace pack -o "$tmp/again" "$tmp/program" && cmp "$1" "$tmp/again" 2>&1) || why="another file: $why"
    verdict "$2 packed again" "$why"
}

# names: a trace of every number of a register, and of every system instruction with two registers
names() {
    printf 'trace 1\nsource names\n0 el1 sys opcode=0xd69f03e0 x=0\n'
    awk 'BEGIN {
        for (n = 32768; n < 65536; n++)
            printf "0 el1 msr reg=S%d_%d_C%d_C%d_%d value=0\n", n / 16384, n / 2048 % 8, n / 128 % 16, n / 8 % 16, n % 8
        for (n = 0; n < 32768; n++)
            printf "0 el1 sys opcode=%.0f x=0\n0 el1 sys opcode=%.0f x=0\n", 3573547008 + 32 * n + 5, 3573547008 + 32 * n + 31
    }'
}

check_names() {
    names >"$tmp/names"
    : >"$tmp/said"
    if trace pack -o "$tmp/names.swt" "$tmp/names"; then
        check_both "$tmp/names.swt" 'names of registers and instructions'
    else
        verdict 'names of registers and instructions' 'cannot be packed'
    fi
}

# check_cuts SAMPLE FROM: two halves hold the records of the stretch, each behind registers as they are there
check_cuts() {
    local from=$2 middle=$(($2 + half)) to=$(($2 + 2 * half)) name why=''
    name="$1 $from:$to"
    : >"$tmp/said"
    trace cut --records "$from:$to" -o "$tmp/cut.swt" "$1" && trace cut --records "$from:$middle" -o "$tmp/a.swt" "$1" &&
        trace cut --records "$middle:$to" -o "$tmp/b.swt" "$1" || why='cannot be cut'
    verdict "$name cut" "$why"
    [ -z "$why" ] || return
    check_both "$tmp/cut.swt" "$name"
    trace cat --records "$from:$to" -o "$tmp/records" "$1"
    : >"$tmp/said"
    for part in a b; do
        trace cat "$tmp/$part.swt" | tail -n "$half"
    done >"$tmp/halves"
    [ -s "$tmp/records" ] && tail -n "$((2 * half))" "$tmp/records" | cmp - "$tmp/halves" >>"$tmp/said" 2>&1 || why='records are lost or changed'
    verdict "$name in two halves" "$why"
}

# taken FOLDER: the files of a folder that the program takes, or dies of
taken() {
    local file status
    for file in "$1"/*; do
        timeout -k 5 "$limit" "$program" trace cat "$file" >/dev/null 2>"$tmp/message" </dev/null
        status=$?
        [ $status -eq 2 ] && [ -s "$tmp/message" ] || echo "${file##*/}: exit status $status"
    done
}

# check_second FOLDER NAME: the second reader refuses every file of a folder, each with a message
check_second() {
    local files=("$1"/*) why=''
    read_swt --size "${files[@]}" >"$tmp/said" 2>"$tmp/refusals"
    [ -s "$tmp/said" ] && why='the second reader takes some'
    [ "$(grep -c '^read_swt: ' "$tmp/refusals")" -eq ${#files[@]} ] || why=${why:-'the second reader stops'}
    [ "$why" != 'the second reader stops' ] || cp "$tmp/refusals" "$tmp/said"
    verdict "$2: the second reader refuses ${#files[@]}" "$why"
}

check_broken() {
    local file why files
    python3 tests/format/break_swt.py "$tmp/made" >"$tmp/said" 2>&1 || { verdict 'broken files' 'cannot be made'; return; }
    for file in "$tmp"/made/good/*; do
        : >"$tmp/said"
        why=$(same_text "$file")
        verdict "unusual: $(basename "$file" .swt)" "$why"
    done
    check_second "$tmp/made/bad" broken
    files=("$tmp"/made/bad/*)
    taken "$tmp/made/bad" >"$tmp/said"
    why=
    [ ! -s "$tmp/said" ] || why='not these'
    verdict "broken: the program refuses ${#files[@]}" "$why"
}

for file in tests/fuzz/seeds/swt/*.swt; do
    check_both "$file" "$file"
done
check_names
for file in traces/samples/*.swt; do
    if [ "$whole" = --whole ]; then
        check_both "$file" "$file"
    fi
    check_cuts "$file" 0
    check_cuts "$file" 1234567
done
check_broken
echo "format: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
