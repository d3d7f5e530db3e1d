#!/usr/bin/env bash
# Measures speed and memory of the program against goals and against a reference loop, and prints tables. A goal that is
# missed is a word in a table; the exit status tells whether everything ran and was right.
#
#   [CAPTURES=DIR] tools/bench.sh PROGRAM DIR      DIR has the programs of tools/bench: reference, repeat
#
# $CAPTURES is a directory with captures: raw ones, itself or in directories of it, and packed ones (.swt); or one .swt.
# The samples in traces/samples are always measured. A trace is measured repeated to the last of $MILLIONS (1 4 16)
# million records; such a trace must replay with --verify before.
#
#   import      `trace import` of a raw capture
#   decode      `trace info --brief --check`: every record is read and looked at, none replayed
#   fast        `replay --engine fast`: full timing, data accesses among it; end to end, on the processors there are
#   one core    the same on one processor
#   translate   the same without the cost of data accesses (-C cost.data_accesses=off)
#   verify      fast, with every address, fault and AT result compared
#   tlm         `replay --engine tlm --quantum 1000`: the cores in time; the goal is for traces of four cores
#   sample      the same with --sample
#   order       whether both engines give the same report in trace order, byte for byte
#   linear      the first million records over and over: what an event more costs, and whether the memory stays what it is
#   jobs        two traces with `replay -j 1` and `-j 2`
#   start       `stagewalk --version`, and a replay of a thousand records
#
# $RUNS (5) rounds, each with a run of each row of a trace. Rates are in million events a second: accesses and runs of
# instructions, as the report counts them; records for decode and import. "Of reference" is the rate as a share of the
# reference loop's in a run right behind, the median of these: by wall clock, which is what a user sees, and by the CPU
# time of all threads, which does not drift with what else the machine does. Goals were set on one machine: as a share of
# what the reference loop makes there they hold for others, in M/s for such a machine that does nothing else. Where others
# disturb it, that is told by the calm runs: those beside which the reference loop was not slowed down. Their median is
# what a goal in M/s is held against, where there are three. Peak memory is that of GNU time where it is installed, else
# that of the report.
set -u
program=${1:?usage: [CAPTURES=DIR] tools/bench.sh PROGRAM DIR} programs=${2:?usage: [CAPTURES=DIR] tools/bench.sh PROGRAM DIR}
program=$(realpath -m "$program") programs=$(realpath -m "$programs")
[ -z "${CAPTURES-}" ] || CAPTURES=$(realpath -m "$CAPTURES")
cd "$(dirname "$0")/.." || exit 1
shopt -s nullglob

# ---- The goals ------------------------------------------------------------------------------------------------------

goal_fast=60 goal_one=40 goal_translate=90 goal_tlm=30 # M events/s,
GOAL_REFERENCE=215 # M look-ups/s of a real trace, or up to 267, by such a loop where they were set [measured]
goal_mib=256 goal_start=50                             # MiB; ms

RUNS=${RUNS-5}
read -r -a millions <<<"${MILLIONS-1 4 16}"
most=${millions[-1]}
TMP=$(mktemp -d "${TMPDIR-/tmp}/stagewalk-bench.XXXXXX")
trap 'rm -rf "$TMP"' EXIT
REFERENCE=$programs/reference
REFERENCE_RATES=$TMP/reference.rates
FAILED=0
. tools/bench/measure.sh

for p in "$program" "$REFERENCE" "$programs/repeat"; do
    [ -x "$p" ] || {
        echo "bench: no program $p: \`make bench\` builds it" >&2
        exit 2
    }
done

processors=$(nproc) # those that this process may use
one_core=()
if type -P taskset >/dev/null; then
    one_core=(taskset -c "$(taskset -cp $$ | sed 's/.*: *//; s/[,-].*//')")
fi
options=$("$program" help --options replay 2>/dev/null)
has_option() { grep -qE -- "^$1([ ,]|\$)" <<<"$options"; }
quiet=(-q --json "$TMP/report.json")

# ---- What is measured of a trace ------------------------------------------------------------------------------------

# long NAME TRACE: makes the trace that is measured, $TMP/long.swt, and sees that it replays well; sets `events` and
# `cores`.
long() {
    "$programs/repeat" "${most}000000" 1000000000 "$2" "$TMP/long.swt" 2>"$TMP/err" &&
        once "$program" replay --engine fast --verify "${quiet[@]}" "$TMP/long.swt" || return
    events=$(json_number accesses "$TMP/report.json")
    cores=$("$program" trace info --brief "$2" | sed -n 's/^cores: *\([0-9]*\).*/\1/p')
}

# same_order NAME TRACE: both engines in trace order; all of the report but `run`, its last member, is compared.
same_order() {
    local engine
    for engine in fast 'tlm --order trace'; do
        rm -f "$TMP/report.json"
        # shellcheck disable=SC2086 # two words
        "$program" replay --engine $engine "${quiet[@]}" "$2" >/dev/null 2>"$TMP/err"
        sed '/^  "run": {/,$d' "$TMP/report.json" >"$TMP/order-${engine%% *}"
    done
    if [ -s "$TMP/order-fast" ] && cmp -s "$TMP/order-fast" "$TMP/order-tlm"; then
        printf '%-11s %-18s the same report from both engines\n' order "$1"
    else
        echo 'the engines differ' >>"$TMP/err"
        failed order "$1"
    fi
}

# translate_row NAME: a program that does not know the key says so, and that is no failure.
translate_row() {
    local off=(-C cost.data_accesses=off)
    if "$program" params "${off[@]}" >/dev/null 2>&1; then
        row translate "$events" $goal_translate "$program" replay --engine fast "${off[@]}" "${quiet[@]}" "$TMP/long.swt"
    else
        skipped translate "$1" "not there: -C cost.data_accesses=off is refused"
    fi
}

# trace_rows NAME TRACE: all rows of a trace.
trace_rows() {
    local name="$1 ${most}M"
    REFERENCE_TRACE=$2
    if ! long "$1" "$2"; then
        failed replay "$name"
        return
    fi
    row decode "${most}000000" - "$program" trace info --brief --check "$TMP/long.swt"
    if [ "$processors" -gt 1 ]; then
        row fast "$events" $goal_fast "$program" replay --engine fast "${quiet[@]}" "$TMP/long.swt"
    else
        skipped fast "$name" 'there is one processor: see the row below'
    fi
    if [ "${#one_core[@]}" -gt 0 ]; then
        row 'one core' "$events" $goal_one "${one_core[@]}" "$program" replay --engine fast "${quiet[@]}" "$TMP/long.swt"
    else
        skipped 'one core' "$name" 'taskset is not installed'
    fi
    translate_row "$name"
    row verify "$events" - "$program" replay --engine fast --verify "${quiet[@]}" "$TMP/long.swt"
    row tlm "$events" "$([ "$cores" = 4 ] && echo $goal_tlm || echo -)" \
        "$program" replay --engine tlm --quantum 1000 "${quiet[@]}" "$TMP/long.swt"
    if has_option --sample; then
        row sample "$events" - "$program" replay --engine tlm --sample 1M,20K,100K "${quiet[@]}" "$TMP/long.swt"
    else
        skipped sample "$name" 'not there: replay has no --sample'
    fi
    measure_rows "$name"
    [ -z "${rate_of[tlm]-}" ] || [ -z "${rate_of[fast]-}" ] ||
        printf '%-11s %-18s %8s %% of the rate of fast\n' tlm "$name" "$(div "${rate_of[tlm]}e2" "${rate_of[fast]}" 0)"
    same_order "$1" "$2"
}

# ---- What is measured once ------------------------------------------------------------------------------------------

# marginal EVENTS_CPU...: what an event more costs from each to the next of pairs "events seconds": ns, and how far the
# largest is above the least.
marginal() {
    printf '%s\n' "$@" | awk 'NR > 1 { ns = 1e9 * ($2 - s) / ($1 - n); t = t sprintf("%.1f ", ns)
                                       if (NR == 2 || ns > most) most = ns
                                       if (NR == 2 || ns < least) least = ns }
                              { n = $1; s = $2 }
                              END { apart = (least > 0) ? 100 * (most / least - 1) : 0; printf "%sns %.1f %%", t, apart }'
}

# linear_rows NAME TRACE: one engine after the other, each length after the other, RUNS rounds: what drifts meets all
# alike. What the program does but once is in none of the differences.
linear_rows() {
    local engine n i events=() cpus=() peaks=() points=() costs
    for n in "${millions[@]}"; do
        "$programs/repeat" "${n}000000" 1000000 "$2" "$TMP/linear-$n.swt" 2>"$TMP/err" || {
            failed linear "$1"
            return
        }
    done
    for engine in fast tlm; do
        cpus=() peaks=() points=()
        for ((i = 0; i < RUNS; i++)); do
            for n in "${!millions[@]}"; do
                once "$program" replay --engine $engine "${quiet[@]}" "$TMP/linear-${millions[n]}.swt" || {
                    failed linear "$engine"
                    return
                }
                events[n]=$(json_number accesses "$TMP/report.json")
                cpus[n]+="$cpu "
                peaks[n]+="$rss "
            done
        done
        for n in "${!millions[@]}"; do
            # shellcheck disable=SC2086 # numbers
            points+=("${events[n]} $(median ${cpus[n]})")
            # shellcheck disable=SC2086 # numbers
            limit memory "$engine ${millions[n]}M" "$(mib "$(greatest ${peaks[n]})")" $goal_mib MiB
        done
        [ "${#points[@]}" -gt 1 ] || continue
        costs=$(marginal "${points[@]}")
        printf '%-11s %-18s %8s ns of CPU an event more, %s; apart by %s\n' linear "$engine" "${costs% ns*}" \
            "$(printf 'to %sM, ' "${millions[@]:1}")from ${millions[0]}M on" "${costs#*ns }"
    done
}

# jobs_row NAME TRACE
jobs_row() {
    local i j walls=()
    if ! has_option -j; then
        skipped jobs "$1" 'not there: replay has no -j'
        return
    fi
    for ((i = 0; i < RUNS; i++)); do
        for j in 1 2; do
            once "$program" replay --engine fast -j $j "${quiet[@]}" "$TMP/long.swt" "$TMP/long.swt" || {
                failed jobs "$1"
                return
            }
            walls[j]+="$wall "
        done
    done
    # shellcheck disable=SC2086 # numbers
    printf '%-11s %-18s %8s times as fast with -j 2 as with -j 1, two traces\n' jobs "$1" \
        "$(div "$(median ${walls[1]})" "$(median ${walls[2]})")"
}

start_rows() {
    local ms
    if wall_ms "$program" --version; then
        limit start '--version' "$ms" $goal_start ms
    else
        failed start '--version'
    fi
    if "$programs/repeat" 1000 1000 "$1" "$TMP/tiny.swt" 2>"$TMP/err" && wall_ms "$program" replay -q "$TMP/tiny.swt"; then
        limit start '1000 records' "$ms" $goal_start ms
    else
        failed start '1000 records'
    fi
}

# import_rows DIR: raw captures in it; what they become is measured as the others are.
import_rows() {
    local bin dir name records
    for bin in "$1"/trace.bin.gz "$1"/*/trace.bin.gz; do
        [ -f "$bin" ] || continue
        dir=${bin%/*}
        name=${dir##*/}
        REFERENCE_TRACE=$TMP/$name.swt
        # A first import, not measured, for the number of records, and for the reference loop.
        if ! once "$program" trace import "$dir" -o "$REFERENCE_TRACE"; then
            failed import "$name"
            continue
        fi
        records=$("$program" trace info --brief "$REFERENCE_TRACE" | sed -n 's/^records: *//p')
        row import "$records" - "$program" trace import "$dir" -o "$TMP/again.swt"
        measure_rows "$name"
        trace_rows "$name" "$REFERENCE_TRACE"
        found=1
    done
}

# ---- The tables -----------------------------------------------------------------------------------------------------

version=$("$program" --version 2>/dev/null | head -n 1)
echo "$version; $processors processors; $RUNS rounds of each trace's rows, each run with one of the reference loop behind it"
[ -n "$GNU_TIME" ] || echo 'peak memory: as the program reports it (GNU time is not installed)'
head_of_rates

samples=(traces/samples/*.swt)
found=0
if [ -z "${CAPTURES-}" ]; then
    skipped import '' 'CAPTURES does not name a directory of captures'
elif [ -f "$CAPTURES" ]; then
    trace_rows "$(basename "$CAPTURES" .swt)" "$CAPTURES"
    found=1
else
    import_rows "$CAPTURES"
    for trace in "$CAPTURES"/*.swt; do
        trace_rows "$(basename "$trace" .swt)" "$trace"
        found=1
    done
    [ $found -eq 1 ] || skipped import '' "no trace.bin.gz in $CAPTURES or in a directory of it, and no .swt"
fi
for trace in "${samples[@]}"; do
    trace_rows "$(basename "$trace" .swt)" "$trace"
done

echo
if [ "${#samples[@]}" -gt 0 ]; then
    start_rows "${samples[-1]}"
    jobs_row "$(basename "${samples[-1]}" .swt) ${most}M"
    linear_rows "$(basename "${samples[-1]}" .swt)" "${samples[-1]}"
else
    skipped replay '' 'no trace in traces/samples'
fi
reference_summary
. tools/bench/others.sh
type -P valgrind >/dev/null && printf '\n%s\n' 'make bench-count counts instructions a record'
printf '\nbench: goals met: %d of %d as shares of the reference loop, %d of %d in M/s here, %d of %d of start and memory%s\n' \
    "${goals_met[share]}" "${goals[share]}" "${goals_met[rate]}" "${goals[rate]}" "${goals_met[limit]}" "${goals[limit]}" \
    "$([ $FAILED -eq 0 ] || echo '; not everything ran or was right: see "failed" above')"
exit $FAILED
