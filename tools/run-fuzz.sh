#!/usr/bin/env bash
# Runs libFuzzer programs, each for a bounded time, from the seeds in tests/fuzz/seeds/<name>/ (<name>: the program's
# name, with or without fuzz_).
#
#   tools/run-fuzz.sh SECONDS BUILD_DIR PROGRAM...
#
# The corpus grows in BUILD_DIR/corpus, an input that fails is kept in BUILD_DIR/artifacts. SECONDS of 0 only replays the
# seeds: always the same work. The last line is `fuzz: N passed, M failed`.
set -u
# Programs make a file for each input: in memory, unless the user says where.
[ -n "${TMPDIR-}" ] || [ ! -w /dev/shm ] || export TMPDIR=/dev/shm
seconds=$1 build=$2
shift 2

passed=0 failed=0
for program in "$@"; do
    name=${program##*/}
    corpus=$build/corpus/$name artifacts=$build/artifacts/$name log=$build/logs/$name.log
    mkdir -p "$corpus" "$artifacts" "${log%/*}"
    seeds=()
    for dir in "tests/fuzz/seeds/$name" "tests/fuzz/seeds/${name#fuzz_}"; do
        [ ! -d "$dir" ] || seeds+=("$dir")
    done
    if [ "$seconds" -eq 0 ]; then
        inputs=("${seeds[@]}") bound=-runs=0
    else
        inputs=("$corpus" "${seeds[@]}") bound=-max_total_time=$seconds
    fi
    # libFuzzer without any input directory would run for ever in memory; an empty corpus is enough to stop it.
    [ ${#inputs[@]} -gt 0 ] || inputs=("$corpus")
    if "$program" "$bound" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$artifacts/" \
        "${inputs[@]}" >"$log" 2>&1; then
        passed=$((passed + 1))
        runs=$(awk '/number_of_executed_units/ { print $2 }' "$log")
        printf '  ok     %-44s %9d runs, %d seed directories\n' "$name" "${runs:-0}" "${#seeds[@]}"
    else
        failed=$((failed + 1))
        printf '  FAIL   %s (see %s)\n' "$name" "$log"
        tail -n 40 "$log"
    fi
done
echo "fuzz: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
