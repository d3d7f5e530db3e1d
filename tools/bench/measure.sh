# shellcheck shell=bash
# How `make bench` measures and prints: sourced by tools/bench.sh, which sets what stands in capitals here.
#
#   RUNS       how often each row is run; what is printed is the median
#   GOAL_REFERENCE  the reference loop's rate where the goals were set, M look-ups/s
#   TMP        a directory for what runs leave behind
#   REFERENCE  the program of the reference loop, tools/bench/reference.c
#   FAILED     set to 1 when something failed to run
#   REFERENCE_RATES       a file: one line for each run of the reference loop
#   REFERENCE_TRACE       what the reference loop looks up
# shellcheck disable=SC2034 # those that read them are in other files

GNU_TIME=$(type -P time || true)

# once COMMAND...: runs it. Sets `wall` and `cpu`, seconds, and `rss`, KiB, or - when unknown. Output goes to $TMP/out.
once() {
    local start=$EPOCHREALTIME stop status
    local TIMEFORMAT='%3U %3S'
    rss=-
    rm -f "$TMP/report.json"
    if [ -n "$GNU_TIME" ]; then
        { time "$GNU_TIME" -f '%M' -o "$TMP/rss" "$@" >"$TMP/out" 2>"$TMP/err" </dev/null; } 2>"$TMP/cpu"
    else
        { time "$@" >"$TMP/out" 2>"$TMP/err" </dev/null; } 2>"$TMP/cpu"
    fi
    status=$?
    stop=$EPOCHREALTIME
    wall=$(awk -v a="${start/,/.}" -v b="${stop/,/.}" 'BEGIN { printf "%.6f", b - a }')
    cpu=$(tail -n 1 "$TMP/cpu" | tr , . | awk '{ printf "%.3f", $1 + $2 }')
    if [ -n "$GNU_TIME" ]; then
        rss=$(tail -n 1 "$TMP/rss")
    elif [ -f "$TMP/report.json" ]; then
        rss=$(json_number peak_rss_kib "$TMP/report.json")
    fi
    return $status
}

# json_number KEY FILE: the first number of that name.
json_number() { grep -o "\"$1\": *[0-9.]*" "$2" | head -n 1 | grep -o '[0-9.]*$'; }

# median NUMBER...
median() {
    printf '%s\n' "$@" | sort -g |
        awk '{ t[NR] = $1 } END { printf "%.6g", NR % 2 ? t[(NR + 1) / 2] : (t[NR / 2] + t[NR / 2 + 1]) / 2 }'
}

# least, greatest NUMBER...
least() { printf '%s\n' "$@" | sort -g | head -n 1; }
greatest() { printf '%s\n' "$@" | sort -g | tail -n 1; }

# div A B [DIGITS]: A / B, or - when there is none.
div() {
    awk -v a="$1" -v b="$2" -v d="${3-2}" 'BEGIN { if (a == "-" || b + 0 == 0) print "-"; else printf "%.*f", d, a / b }'
}

mib() { div "$1" 1024 1; }

# verdict VALUE OPERATOR GOAL KIND: sets `said` to ok, below or above, or - when the goal is -; counts goals by kind.
declare -A goals=([rate]=0 [share]=0 [limit]=0) goals_met=([rate]=0 [share]=0 [limit]=0)
verdict() {
    said=-
    [ "$3" != - ] || return 0
    goals[$4]=$((goals[$4] + 1))
    if awk -v v="$1" -v g="$3" -v o="$2" 'BEGIN { exit !(o == ">=" ? v >= g : v <= g) }'; then
        said=ok
        goals_met[$4]=$((goals_met[$4] + 1))
    else
        said=$([ "$2" = '>=' ] && echo below || echo above)
    fi
}

# failed WHAT NAME: the row of what has not run, with its last words.
failed() {
    FAILED=1
    printf '%-11s %-18s failed: %s\n' "$1" "$2" "$(tail -n 1 "$TMP/err")"
}

# skipped WHAT NAME WHY
skipped() { printf '%-11s %-18s skipped: %s\n' "$1" "$2" "$3"; }

head_of_rates() {
    local form='%-11s %-18s %7s %7s %5s %6s %8s %5s %-5s  %5s %5s %5s %-5s %6s\n'
    # shellcheck disable=SC2059 # two rows of one form
    printf "\n$form" '' '' 'M/s' 'calm' '' 'least' 'greatest' 'goal' '' 'of' 'ref.' 'goal' '' 'peak'
    # shellcheck disable=SC2059
    printf "$form" what trace median M/s runs M/s M/s M/s '' wall CPU wall '' MiB
}

# reference_run TRACE: the reference loop, once; sets `ref_wall` and `ref_cpu`, M look-ups/s of that trace.
reference_run() {
    "$REFERENCE" "$1" >"$TMP/reference" 2>"$TMP/err" || return
    awk '{ printf "%s %s %s ", $1, $2, $3 } END { print "" }' "$TMP/reference" >>"$REFERENCE_RATES"
    read -r ref_wall ref_cpu <<<"$(awk '$1 == "trace" { print $2, $3 }' "$TMP/reference")"
}

# row WHAT EVENTS GOAL COMMAND...: a row for measure_rows: a command that handles so many events, and the rate it should
# reach, M/s, or -.
row_what=() row_events=() row_goal=()
row() {
    local -n words=row_command_${#row_what[@]}
    row_what+=("$1") row_events+=("$2") row_goal+=("$3")
    shift 3
    words=("$@")
}

# run_row K: row K once, and the reference loop over $REFERENCE_TRACE behind it; the ratios are those of these neighbours.
# The reference loop's rates before and behind are kept beside.
run_row() {
    local -n command=row_command_$1
    local rate before=$ref_wall
    once "${command[@]}" && reference_run "$REFERENCE_TRACE" || return
    rate=$(div "${row_events[$1]}" "${wall}e6" 4)
    rates[$1]+="$rate "
    beside[$1]+="$(least "$before" "$ref_wall") "
    all_beside+=("$ref_wall")
    shares[$1]+="$(div "$rate" "$ref_wall" 4) "
    cpu_shares[$1]+="$(div "$(div "${row_events[$1]}" "${cpu}e6" 4)" "$ref_cpu" 4) "
    peaks[$1]+="$rss "
}

# calm_rates K: the rates of row K's runs beside which, before and behind, the reference loop was within a fourteenth of
# what it makes when nothing disturbs it, which is taken to be what a tenth of its runs in these rounds exceed [choice:
# both]. Where all rounds were disturbed, so are calm runs.
calm_rates() {
    local undisturbed
    undisturbed=$(printf '%s\n' "${all_beside[@]}" | sort -g | awk '{ t[NR] = $1 } END { print t[int(0.9 * NR + 0.999)] }')
    paste <(tr ' ' '\n' <<<"${rates[$1]}") <(tr ' ' '\n' <<<"${beside[$1]}") |
        awk -v u="$undisturbed" 'NF == 2 && $2 >= u * 13 / 14 { print $1 }'
}

# print_row K NAME: what its runs have shown; sets rate_of[what], the median. The goal in M/s is for calm runs, where
# there are three.
# shellcheck disable=SC2086 # numbers
print_row() {
    local what=${row_what[$1]} goal=${row_goal[$1]} goal_share=- share said_rate calm calm_rate=-
    rate_of[$what]=$(median ${rates[$1]})
    mapfile -t calm < <(calm_rates "$1")
    [ "${#calm[@]}" -lt 3 ] || calm_rate=$(median "${calm[@]}")
    share=$(median ${shares[$1]})
    [ "$goal" = - ] || goal_share=$(div "$goal" "$GOAL_REFERENCE")
    verdict "$([ $calm_rate = - ] && echo "${rate_of[$what]}" || echo $calm_rate)" '>=' "$goal" rate
    said_rate=$said
    verdict "$share" '>=' "$goal_share" share
    printf '%-11s %-18s %7.2f %7s %5d %6.2f %8.2f %5s %-5s  %5.2f %5.2f %5s %-5s %6s\n' "$what" "$2" \
        "${rate_of[$what]}" "$(div $calm_rate 1)" "${#calm[@]}" "$(least ${rates[$1]})" "$(greatest ${rates[$1]})" "$goal" \
        "$said_rate" "$share" "$(median ${cpu_shares[$1]})" "$goal_share" "$said" "$(mib "$(greatest ${peaks[$1]})")"
}

# measure_rows NAME: runs the rows RUNS rounds, one after the other in each, so that what disturbs the machine for a while
# meets a run of each and not all of one; prints them, and forgets them. rate_of: of these rows.
declare -A rate_of
measure_rows() {
    local round k rates=() shares=() cpu_shares=() peaks=() bad=() beside=() all_beside=()
    rate_of=()
    reference_run "$REFERENCE_TRACE" || ref_wall=0
    for ((round = 1; round <= RUNS; round++)); do
        [ ! -t 2 ] || printf '%s: round %d of %d\r' "$1" $round "$RUNS" >&2
        for k in "${!row_what[@]}"; do
            [ -n "${bad[k]-}" ] || run_row "$k" || bad[k]=$(tail -n 1 "$TMP/err")
        done
    done
    [ ! -t 2 ] || printf '%*s\r' $((${#1} + 24)) '' >&2
    for k in "${!row_what[@]}"; do
        if [ -n "${bad[k]+there}" ]; then
            echo "${bad[k]}" >"$TMP/err"
            failed "${row_what[k]}" "$1"
        else
            print_row "$k" "$1"
        fi
    done
    row_what=() row_events=() row_goal=()
}

# limit WHAT NAME VALUE GOAL UNIT: one row of what should not be more than its goal.
limit() {
    verdict "$3" '<=' "$4" limit
    printf '%-11s %-18s %8.1f %-5s %18s  %s\n' "$1" "$2" "$3" "$5" "goal: at most $4" "$said"
}

# wall_ms COMMAND...: the median of its wall times; sets `ms`.
wall_ms() {
    local i walls=()
    for ((i = 0; i < RUNS; i++)); do
        once "$@" || return
        walls+=("$wall")
    done
    ms=$(awk -v s="$(median "${walls[@]}")" 'BEGIN { printf "%.1f", 1000 * s }')
}

# Prints what the reference loop did, over all runs.
reference_summary() {
    [ -s "$REFERENCE_RATES" ] || return 0
    local column name what=(decode trace synthetic) unit=('M records/s, inflated and decoded by one thread'
        'M look-ups/s of the trace' 'M look-ups/s of a made-up mix') i
    printf '\nreference loop: the medians of all %d runs, by wall clock and by CPU time\n' "$(wc -l <"$REFERENCE_RATES")"
    for i in 0 1 2; do
        name=${what[i]}
        column=$((3 * i + 2))
        # shellcheck disable=SC2046 # numbers
        printf '  %-10s %8.2f %8.2f   %s\n' "$name" "$(median $(cut -d' ' -f$column "$REFERENCE_RATES"))" \
            "$(median $(cut -d' ' -f$((column + 1)) "$REFERENCE_RATES"))" "${unit[i]}"
    done
}
