#!/usr/bin/env bash
# Runs all that CI runs, and counts. Called by `make check`.
#
#   tools/check.sh [STAGE...]     default: all of them; else these, and those that they wait for
#
# The stages, and what they wait for, are in tools/check.mk; what each comes to is counted by tools/check-stage.sh. Their logs
# are build/check/*.log. The last line is `N passed, M failed`, also kept in build/check/summary.
set -u
cd "$(dirname "$0")/.." || exit 1
make=${MAKE-make}
dir=build/check
rm -rf "$dir"
mkdir -p "$dir"

# finish MORE: the table and the sum, with as many failures more.
finish() {
    awk -v more="$1" '
        BEGIN { printf "\n%-28s %7s %13s %9s %9s\n", "stage", "", "", "seconds", "of CPU" }
        {
            passed += $1; failed += $2
            printf "%-28s %7d passed %4d failed %9d %9d\n", $5 " " $6, $1, $2, $3, $4
        }
        END { print passed + 0 " passed, " failed + more " failed" }' "$dir/table" | tee "$dir/told"
    tail -n 1 "$dir/told" >"$dir/summary"
    grep -q '^[1-9].* passed, 0 failed$' "$dir/summary"
    exit
}

tools/check-stage.sh "$dir" packages tools/install-deps.sh test
read -r _ failed _ <"$dir/table"
[ "$failed" -eq 0 ] || finish 0
"$make" -j"$(nproc)" -f tools/check.mk DIR="$dir" "$@"
status=$?
[ "$status" -eq 0 ] || echo 'check: not every stage has run'
finish "$((status != 0))"
