#!/usr/bin/env bash
# Runs all that CI runs, stage by stage, and counts. Called by `make check`.
#
# A stage is one make; the counts are the lines `<name>: N passed, M failed` that it prints. A stage without such a line is
# one check by itself, and one that ends badly without having counted a failure adds one. Logs: build/check/*.log.
# The last line is `N passed, M failed`, also kept in build/check/summary.
set -u
cd "$(dirname "$0")/.." || exit 1
make=${MAKE-make}
jobs=$(nproc)
dir=build/check
passed=0 failed=0 table=''
rm -rf "$dir"
mkdir -p "$dir"

finish() {
    printf '\n%s' "$table"
    echo "$passed passed, $failed failed" | tee "$dir/summary"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

# stage NAME COMMAND...
stage() {
    local name=$1 log=$dir/${1//[^a-z0-9]/-}.log start=$SECONDS status p f counted
    shift
    printf '== %s\n' "$name"
    "$@" 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    read -r p f counted <<<"$(awk '
        /^[a-z-]+: [0-9]+ passed, [0-9]+ failed$/ { p += $2; f += $4; counted = 1 }
        END { print p + 0, f + 0, counted + 0 }' "$log")"
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1
    elif [ "$counted" -eq 0 ] && [ "$status" -eq 0 ]; then
        p=1
    fi
    passed=$((passed + p)) failed=$((failed + f))
    table+=$(printf '%-28s %7d passed %4d failed %5d s' "$name" "$p" "$f" $((SECONDS - start)))$'\n'
    return "$status"
}

# Tests are run with -k: what one stage finds does not hide what the next would.
stage 'packages' tools/install-deps.sh test || finish
stage 'build gcc' "$make" -k -j"$jobs" MODE=release CC=gcc all tests
stage 'test release' "$make" -k MODE=release CC=gcc unit oracle golden
stage 'page' "$make" MODE=release CC=gcc page-check
stage 'foreign' "$make" -j"$jobs" MODE=release CC=gcc foreign
stage 'install' "$make" -j"$jobs" MODE=release CC=gcc install-check
stage 'calibrate' "$make" MODE=release CC=gcc calibrate
stage 'bench smoke' "$make" MODE=release CC=gcc bench RUNS=1 MILLIONS=1
stage 'capture smoke' "$make" MODE=release CC=gcc capture-smoke
stage 'build clang' "$make" -k -j"$jobs" MODE=release CC=clang all tests
stage 'build san' "$make" -k -j"$jobs" MODE=san CC=clang all tests
stage 'test san' "$make" -k MODE=san CC=clang unit oracle golden foreign
stage 'fuzz seeds' "$make" fuzz FUZZ_SECONDS=0
stage 'house' "$make" house
stage 'format' "$make" format-check
stage 'tidy' "$make" -k -j"$jobs" tidy
finish
