#!/usr/bin/env bash
# Measures speed and peak memory of the program, and prints a table.
#
#   tools/bench.sh PROGRAM
#
#   import    `trace import` of each raw capture below $CAPTURES (a capture, or a directory of captures)
#   decode    `trace info --brief --check` of each trace: every record is read and looked at, none replayed
#   fast      `replay --engine fast` of each capture after its import and of each trace in traces/samples, full timing
#   verify    the same with every address, fault and AT result compared
#   tlm       `replay --engine tlm --quantum 1000`: the cores in time, and how its rate compares with that of fast
#   order     whether both engines give the same report in trace order, byte for byte
#
# $RUNS (5) runs each: least, median and greatest wall time; the rate is that of the median. A run that takes less than
# $LEAST (1) seconds replays its trace several times over, so that what is measured is not the start of the program.
# Peak memory is that of GNU time where it is installed, else that of the report.
set -u
program=${1:?usage: [CAPTURES=DIR] tools/bench.sh PROGRAM}
case "$program" in /*) ;; *) program=$PWD/$program ;; esac
cd "$(dirname "$0")/.." || exit 1
shopt -s nullglob

runs=${RUNS-5}
least=${LEAST-1}
tmp=$(mktemp -d "${TMPDIR-/tmp}/stagewalk-bench.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
gnu_time=$(type -P time || true)
failed=0

# once COMMAND...: runs it; sets `wall` (seconds) and `rss` (KiB, - when unknown). Output goes to $tmp/out.
once() {
    local start=$EPOCHREALTIME stop
    if [ -n "$gnu_time" ]; then
        "$gnu_time" -f '%M' -o "$tmp/rss" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    else
        "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    fi
    local status=$?
    stop=$EPOCHREALTIME
    wall=$(awk -v a="$start" -v b="$stop" 'BEGIN { printf "%.6f", b - a }')
    rss=-
    if [ -n "$gnu_time" ]; then
        rss=$(tail -n 1 "$tmp/rss")
    elif [ -f "$tmp/report.json" ]; then
        rss=$(json_number peak_rss_kib "$tmp/report.json")
    fi
    return $status
}

# json_number KEY FILE: the first number of that name.
json_number() { grep -o "\"$1\": *[0-9.]*" "$2" | head -n 1 | grep -o '[0-9.]*$'; }

# measure WHAT NAME EVENTS COMMAND...: one row of the table; sets `median`, seconds. EVENTS: how many events one run
# handles.
measure() {
    local what=$1 name=$2 events=$3 i walls=() peaks=()
    shift 3
    for ((i = 0; i < runs; i++)); do
        if ! once "$@"; then
            failed=1
            printf '%-8s %-28s failed: %s\n' "$what" "$name" "$(tail -n 1 "$tmp/err")"
            return
        fi
        walls+=("$wall")
        peaks+=("$rss")
    done
    local peak
    peak=$(printf '%s\n' "${peaks[@]}" | sort -n | tail -n 1)
    median=$(printf '%s\n' "${walls[@]}" | sort -n | awk '{ t[NR] = $1 } END { print NR % 2 ? t[(NR + 1) / 2] : (t[NR / 2] + t[NR / 2 + 1]) / 2 }')
    printf '%s\n' "${walls[@]}" | sort -n | awk -v what="$what" -v name="$name" -v events="$events" -v peak="$peak" '
        { t[NR] = $1 }
        END {
            median = NR % 2 ? t[(NR + 1) / 2] : (t[NR / 2] + t[NR / 2 + 1]) / 2
            rate = events ? sprintf("%.2f", events / median / 1e6) : "-"
            mib = peak == "-" ? "-" : sprintf("%.1f", peak / 1024)
            printf "%-8s %-28s %12s %9.3f %9.3f %9.3f %10s %9s\n", \
                what, name, events ? events : "-", t[1], median, t[NR], rate, mib
        }'
}

# replay_rows NAME TRACE: how fast it is decoded, and replayed without and with comparing.
replay_rows() {
    local name=$1 trace=$2 events times i traces=()
    if ! once "$program" replay -q --json "$tmp/report.json" "$trace"; then
        failed=1
        printf '%-8s %-28s failed: %s\n' replay "$name" "$(tail -n 1 "$tmp/err")"
        return
    fi
    events=$(json_number accesses "$tmp/report.json")
    times=$(awk -v w="$wall" -v least="$least" 'BEGIN { n = w < least ? int(least / w) + 1 : 1; print (n > 50 ? 50 : n) }')
    for ((i = 0; i < times; i++)); do traces+=("$trace"); done
    measure decode "$name" "${events:-0}" "$program" trace info --brief --check "$trace"
    [ "$times" -eq 1 ] || name+=" x$times"
    measure fast "$name" $((${events:-0} * times)) "$program" replay --engine fast -q --json "$tmp/report.json" "${traces[@]}"
    fast=$median
    measure verify "$name" $((${events:-0} * times)) "$program" replay --engine fast -q --verify --json "$tmp/report.json" "${traces[@]}"
    measure tlm "$name" $((${events:-0} * times)) "$program" replay --engine tlm -q --quantum 1000 --json "$tmp/report.json" "${traces[@]}"
    awk -v f="$fast" -v t="$median" 'BEGIN { printf "%-8s %-28s %.0f %% of the rate of fast\n", "", "", 100 * f / t }'
    same_order "$name" "$trace"
}

# same_order NAME TRACE: both engines in trace order; all of the report but `run`, its last member, is compared.
same_order() {
    local engine
    for engine in fast 'tlm --order trace'; do
        # shellcheck disable=SC2086 # two words
        "$program" replay -q --engine $engine --json "$tmp/report.json" "$2" >/dev/null 2>&1
        sed '/^  "run": {/,$d' "$tmp/report.json" >"$tmp/order-${engine%% *}"
    done
    if [ -s "$tmp/order-fast" ] && cmp -s "$tmp/order-fast" "$tmp/order-tlm"; then
        printf '%-8s %-28s the same report from both engines\n' order "$1"
    else
        failed=1
        printf '%-8s %-28s failed: the engines differ\n' order "$1"
    fi
}

if [ ! -x "$program" ]; then
    echo "bench: no program $program" >&2
    exit 2
fi
echo "$("$program" --version 2>/dev/null | head -n 1); $(nproc) processors; $runs runs each"
[ -n "$gnu_time" ] || echo 'peak memory: as the program reports it (GNU time is not installed)'
printf '%-8s %-28s %12s %9s %9s %9s %10s %9s\n' what trace events 'min s' 'median s' 'max s' 'M events/s' 'peak MiB'

if [ -z "${CAPTURES-}" ]; then
    echo 'import   skipped: CAPTURES does not name a directory of raw captures'
else
    found=0
    for bin in "$CAPTURES"/trace.bin.gz "$CAPTURES"/*/trace.bin.gz; do
        [ -f "$bin" ] || continue
        found=1
        dir=${bin%/*}
        name=${dir##*/}
        # Raw records are 32 bytes each; some records carry more of them, so this counts a few too many.
        events=$(($(gzip -dc "$bin" | wc -c) / 32))
        measure import "$name" "$events" "$program" trace import "$dir" -o "$tmp/$name.swt"
        [ ! -f "$tmp/$name.swt" ] || replay_rows "$name" "$tmp/$name.swt"
    done
    [ $found -eq 1 ] || echo "import   skipped: no trace.bin.gz in $CAPTURES or in a directory of it"
fi

found=0
for trace in traces/samples/*.swt; do
    found=1
    replay_rows "$(basename "$trace" .swt)" "$trace"
done
[ $found -eq 1 ] || echo 'replay   skipped: no trace in traces/samples'
exit $failed
