#!/usr/bin/env bash
# Prints how many lines and branches of each source file the tests reached, the least covered first.
#
#   tools/coverage.sh OBJECT_DIR      a directory built with --coverage whose programs have been run
set -euo pipefail
objects=${1:?usage: tools/coverage.sh OBJECT_DIR}

find "$objects" -name '*.gcno' -not -path '*/tests/*' | sort | while read -r notes; do
    source=${notes#"$objects"/}
    # gcov speaks of every header too; only the block of the source itself counts.
    gcov -n -b -o "${notes%/*}" "$notes" 2>/dev/null | awk -v source="${source%.gcno}.c" '
        /^File / { ours = ($0 == "File \047" source "\047") }
        ours && /^Lines executed:/ { split($0, a, /[:% ]+/); lines = $NF; line_pct = a[3] }
        ours && /^Branches executed:/ { branches = $NF }
        ours && /^Taken at least once:/ { split($0, b, /[:% ]+/); branch_pct = b[5] }
        END { if (lines) print line_pct, lines, branch_pct + 0, branches + 0, source }'
done | sort -n | awk '
    BEGIN { printf "%8s %8s %9s %9s  %s\n", "lines %", "lines", "branch %", "branches", "file" }
    {
        printf "%8.1f %8d %9s %9d  %s\n", $1, $2, $4 ? sprintf("%.1f", $3) : "-", $4, $5
        lines += $2; hit += $1 * $2 / 100; branches += $4; taken += $3 * $4 / 100
    }
    END {
        if (!NR) { print "coverage: nothing was built with --coverage"; exit 1 }
        printf "%8.1f %8d %9.1f %9d  all %d files\n", 100 * hit / lines, lines, branches ? 100 * taken / branches : 0, branches, NR
    }'
