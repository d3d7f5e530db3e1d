#!/usr/bin/env bash
# Runs one stage of the check, keeps what it prints in a log, tells it when it is over, and counts. Called by tools/check.mk.
#
#   tools/check-stage.sh DIR NAME COMMAND...
#
# The counts are the lines `<name>: N passed, M failed` that the command prints. A stage without such a line is one check by
# itself, and one that ends badly without having counted a failure adds one. Of stages that run at the same time each is
# told whole. DIR/NAME.log is the log; DIR/table gets a line, PASSED FAILED SECONDS CPU-SECONDS NAME.
# The exit status is 0, whatever the stage finds: what one finds does not hide what the next would.
set -u
dir=$1 name=$2
log=$dir/${name//[^a-z0-9]/-}.log
shift 2
TIMEFORMAT='%0R %0U %0S'

echo "-- $name begins; it writes $log"
seconds=$({ time "$@" >"$log" 2>&1 </dev/null; } 2>&1; echo $?)
read -r wall user system status <<<"${seconds//$'\n'/ }"
read -r p f counted <<<"$(awk '
    /^[a-z-]+: [0-9]+ passed, [0-9]+ failed$/ { p += $2; f += $4; counted = 1 }
    END { print p + 0, f + 0, counted + 0 }' "$log")"
if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
    f=1
elif [ "$counted" -eq 0 ] && [ "$status" -eq 0 ]; then
    p=1
fi
exec 9>>"$dir/table"
flock 9
printf '== %s\n' "$name"
cat "$log"
echo "$p $f $wall $((user + system)) $name" >&9
