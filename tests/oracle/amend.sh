#!/bin/sh
# Prints an oracle script with its errata applied: amend.sh data/NAME.txt.gz > amended
# Every erratum must find its key on its line; otherwise the data and the errata do not belong together (exit 1).
set -eu
name=$(basename "$1")
{
    gzip -dc "$(dirname "$0")/errata.txt.gz"
    echo "---"
    gzip -dc "$1"
} | awk -v name="$name" '
    !in_script && $0 == "---" { in_script = 1; next }
    !in_script { if ($1 == name) { answer[$2] = $4; left++ } next }
    {
        line++
        if (line in answer) {
            key = answer[line]
            sub(/=.*/, "=", key)
            if (!sub(key "0x[0-9a-f]+", answer[line])) { bad = 1; exit }
            left--
        }
        print
    }
    END { if (bad || left) { print name ": errata do not fit, line " line > "/dev/stderr"; exit 1 } }'
