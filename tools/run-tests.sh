#!/usr/bin/env bash
# Runs test programs one after the other and counts their cases.
#
#   [EACH='FILE...'] tools/run-tests.sh NAME LOGDIR PROGRAM...
#
# With EACH a program is run once with each of these files as its argument, else once without any.
# A program is counted by what it prints: the summaries of cmocka's groups, or a last line `... N passed, M failed`;
# else it is one case, by its exit status. A program that ends badly without a failed case of its own adds one.
# The output of a program is shown when it failed, or with V=1. The last line is `NAME: N passed, M failed`.
set -u
name=$1 logs=$2
shift 2

export CMOCKA_MESSAGE_OUTPUT=stdout
export ASAN_OPTIONS="${ASAN_OPTIONS-detect_stack_use_after_return=1:strict_string_checks=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS-print_stacktrace=1}"
limit=${TEST_SECONDS-300}
passed=0 failed=0
mkdir -p "$logs"

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

# run_one PROGRAM [FILE]
run_one() {
    local short=${1##*/tests/} status p f known log
    log=$logs/${short//\//-}${2:+-${2##*/}}.log
    short+=${2:+ ${2##*/}}
    { timeout -k 5 "$limit" "$@" >"$log" 2>&1; } 2>/dev/null # without the shell's own word on a crash
    status=$?
    read -r p f known <<<"$(count "$log")"
    if [ "$known" -eq 0 ] && [ "$status" -eq 0 ]; then
        p=1
    elif [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1
    fi
    passed=$((passed + p)) failed=$((failed + f))
    if [ "$f" -eq 0 ]; then
        printf '  ok     %-52s %6d\n' "$short" "$p"
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

for program in "$@"; do
    if [ -z "${EACH-}" ]; then
        run_one "$program"
    else
        for file in $EACH; do run_one "$program" "$file"; done
    fi
done
echo "$name: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
