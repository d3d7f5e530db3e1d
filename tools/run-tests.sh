#!/usr/bin/env bash
# Runs test programs, several at a time, and counts their cases.
#
#   [EACH='FILE...'] [TEST_JOBS=N] tools/run-tests.sh NAME LOGDIR PROGRAM...
#
# With EACH a program is run once with each of these files as its argument, else once without any.
# TEST_JOBS of them run at a time, as many as there are processors unless it is said; they are told in the order given.
# A program is counted by what it prints: the summaries of cmocka's groups, or a last line `... N passed, M failed`;
# else it is one case, by its exit status. A program that ends badly without a failed case of its own adds one.
# The output of a program is shown when it failed, or with V=1; of the others what they say of their `rounds: `, when they
# go fewer in a slow build (tests/unit/models/rounds.h). The slowest are told at the end, with their seconds. The last line is
# `NAME: N passed, M failed`.
set -u
shopt -s lastpipe # what is counted at the end of a pipe, is counted in this shell
name=$1 logs=$2
shift 2

export CMOCKA_MESSAGE_OUTPUT=stdout
export ASAN_OPTIONS="${ASAN_OPTIONS-detect_stack_use_after_return=1:strict_string_checks=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS-print_stacktrace=1}"
limit=${TEST_SECONDS-300}
passed=0 failed=0
mkdir -p "$logs"
tmp=$(mktemp -d)
export logs limit tmp
trap 'rm -rf "$tmp"' EXIT

# Prints "PASSED FAILED KNOWN" for a log; KNOWN is 0 when the log holds no count.
count() {
    awk '
        /^\[  PASSED  \] [0-9]+ test\(s\)/ { p += $4; known = 1 }
        /^\[  FAILED  \] [0-9]+ test\(s\)/ { f += $4; known = 1 }
        /^\[       OK \]/ { ok++ }
        { last = $0 }
        END {
            if (!known && match(last, /[0-9]+ passed, [0-9]+ failed$/)) {
                split(substr(last, RSTART), n, " ")
                p = n[1]; f = n[3]; known = 1
            }
            if (!known && ok) { p = ok; known = 1 }  # a crash in the middle: no summary
            print p + 0, f + 0, known + 0
        }' "$1"
}

# log_of PROGRAM [FILE]
log_of() {
    local short=${1##*/tests/}
    echo "$logs/${short//\//-}${2:+-${2##*/}}.log"
}

# run INDEX PROGRAM [FILE]: leaves "STATUS MICROSECONDS" in $tmp/INDEX, and prints the index.
run() {
    local index=$1 log start=${EPOCHREALTIME/[.,]/} status
    shift
    log=$(log_of "$@")
    { timeout -k 5 "$limit" "$@" >"$log" 2>&1; } 2>/dev/null # without the shell's own word on a crash
    status=$?
    echo "$status $((${EPOCHREALTIME/[.,]/} - start))" >"$tmp/$index"
    echo "$index"
}
export -f log_of run

# show INDEX PROGRAM [FILE]: counts and tells what a run has come to.
show() {
    local index=$1 short=${2##*/tests/}${3:+ ${3##*/}} log p f known status micros
    shift
    log=$(log_of "$@")
    read -r status micros <"$tmp/$index"
    printf '%d %s\n' "$micros" "$short" >>"$tmp/times"
    read -r p f known <<<"$(count "$log")"
    if [ "$known" -eq 0 ] && [ "$status" -eq 0 ]; then
        p=1
    elif [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1
    fi
    passed=$((passed + p)) failed=$((failed + f))
    if [ "$f" -eq 0 ]; then
        printf '  ok     %-52s %6d%s\n' "$short" "$p" "$(sed -n 's/^rounds: /  rounds: /p' "$log" | head -n 1)"
        [ "${V-0}" != 1 ] || cat "$log"
        return
    fi
    printf '  FAIL   %-52s %6d passed, %d failed, exit status %d\n' "$short" "$p" "$f" "$status"
    [ "$status" -ne 124 ] || echo "         stopped after $limit s"
    if [ "${V-0}" = 1 ]; then
        cat "$log"
    elif grep -q '^\[  PASSED' "$log"; then
        grep -v '^\[ RUN\|^\[       OK' "$log" | tail -n 60
    else
        tail -n 60 "$log"
    fi
}

runs=() # what is run: an index, a program, and perhaps a file; no name of ours holds a blank
for program in "$@"; do
    for file in ${EACH-''}; do
        runs+=("${#runs[@]} $program $file")
    done
done
next=0
# xargs and not the shell's own `&`, by which SIGINT would be ignored in what some tests interrupt.
# shellcheck disable=SC2016 # it is the other bash that expands it
printf '%s\n' ${runs[@]+"${runs[@]}"} | xargs -r -d '\n' -n 1 -P "${TEST_JOBS:-$(nproc)}" bash -c 'run $1' bash |
    while read -r _; do
        while [ -s "$tmp/$next" ]; do
            # shellcheck disable=SC2086 # words
            show ${runs[next]}
            next=$((next + 1))
        done
    done
if [ "$next" -ne ${#runs[@]} ]; then
    failed=$((failed + 1))
    printf '  FAIL   %d of %d runs\n' "$next" ${#runs[@]}
fi
[ ! -e "$tmp/times" ] || sort -rn "$tmp/times" | awk 'NR <= 10 && $1 >= 1e6 {
    micros = $1; $1 = ""; printf "  %-6s%-53s %6.1f s\n", NR == 1 ? "slow" : "", $0, micros / 1e6 }'
echo "$name: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
