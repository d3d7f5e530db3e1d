#!/usr/bin/env bash
# Holds `stagewalk explore` to what it promises: its numbers, and the same bytes however it is run.
#
#   tools/check-explore.sh PROGRAM
#
#   tests/golden/explore/dom0.*     what layouts of page tables do to the captured dom0: the CSV, the JSON and the text of it.
#                                   REWRITE=1 puts them there
#   -j 1, -j 2, mpirun -n 3, --part and --merge give the same CSV; so do runs that are killed or interrupted and begun again;
#   both engines find the same hits and misses
#
# The last line is `explore: N passed, M failed`. Without mpirun, or in a program that is built without MPI, that part is
# skipped, and says so.
set -u
program=${1:?usage: tools/check-explore.sh PROGRAM}
case "$program" in */*) ;; *) program=./$program ;; esac
cd "$(dirname "$0")/.." || exit 1

limit=${TEST_SECONDS-300}
passed=0 failed=0
tmp=$(mktemp -d)
out=$tmp/out
trap 'rm -rf "$tmp"' EXIT
export TMPDIR=$tmp # whoever is killed leaves his rewritten traces there
golden=tests/golden/explore

# verdict NAME REASON: an empty reason is a pass. A failure shows the end of what was said.
verdict() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
        printf '  ok     %s\n' "$1"
    else
        failed=$((failed + 1))
        printf '  FAIL   %s: %s\n' "$1" "$2"
        tail -n 20 "$out" | sed 's/^/         /'
    fi
}

# same NAME FILE FILE: the files have the same bytes.
same() {
    if cmp "$2" "$3" >"$out" 2>&1; then verdict "$1" ''; else verdict "$1" 'other bytes'; fi
}

# explore FILE OPTION...: the space of the tests, on the short trace; the CSV is FILE.
explore() {
    local file=$1
    shift
    timeout -k 5 "$limit" "$program" explore -q --space "$tmp/space" --csv "$file" "$@" "$tmp/short.swt" >"$out" 2>&1
}

# ---- Numbers of a captured guest ----

timeout -k 5 "$limit" "$program" explore --layout stage1=as-captured,pages,blocks --layout stage2=pages,2M,blocks \
    --csv "$tmp/dom0.csv" --json "$tmp/dom0.json" traces/samples/zcu102-dom0.swt >"$tmp/dom0.txt" 2>"$out" ||
    verdict 'explore of dom0' "exit status $?"
[ "${REWRITE-0}" != 1 ] || cp "$tmp"/dom0.* "$golden/"
for file in dom0.csv dom0.json dom0.txt; do
    diff -u "$golden/$file" "$tmp/$file" | cut -c1-200 >"$out"
    verdict "$golden/$file" "$([ ! -s "$out" ] || echo differs)"
done

# ---- The same bytes ----

"$program" trace cut --records 0:150000 traces/samples/zcu102-domU.swt -o "$tmp/short.swt" >"$out" 2>&1 ||
    verdict 'trace cut' "exit status $?"
cat >"$tmp/space" <<'EOF'
mmu.main_tlb.entries = 96, 128..512 # 96 is impossible
mmu.ipa_cache.entries = 16, 64
stage2 = as-captured, pages, 2M
EOF
explore "$tmp/one.csv" -j 1 || verdict 'one process' "exit status $?"
[ "$(wc -l <"$tmp/one.csv")" -eq 26 ] || verdict 'rows' "$(wc -l <"$tmp/one.csv"), not 26"
[ "$(grep -c ',impossible,' "$tmp/one.csv")" -eq 6 ] || verdict 'impossible points' 'not 6'
explore "$tmp/two.csv" -j 2
same 'two processes' "$tmp/one.csv" "$tmp/two.csv"
for k in 1 2 3; do explore "$tmp/part$k.csv" --part "$k/3" || verdict "part $k" "exit status $?"; done
"$program" explore --merge -o "$tmp/parts.csv" "$tmp"/part[321].csv >"$out" 2>&1
same 'three parts, merged' "$tmp/one.csv" "$tmp/parts.csv"
"$program" explore --merge -o "$tmp/few.csv" "$tmp"/part[31].csv >"$out" 2>&1
[ $? -eq 2 ] && grep -q 'points are missing, the first is 2; is a part missing?' "$out" && [ ! -e "$tmp/few.csv" ]
verdict 'a part is missing' "$([ $? -eq 0 ] || echo 'is not told')"

# The files of the parts, one after the other, are what a run begins with.
cp "$tmp/part2.csv" "$tmp/more.csv"
explore "$tmp/more.csv"
same 'a part, completed' "$tmp/one.csv" "$tmp/more.csv"

# Open MPI itself leaks what a sanitizer would complain of.
if ! command -v mpirun >/dev/null; then
    echo '  skip   mpirun: it is not there (openmpi-bin)'
elif ASAN_OPTIONS=detect_leaks=0 mpirun --allow-run-as-root --oversubscribe -n 3 "$program" explore -q \
    --space "$tmp/space" --csv "$tmp/mpi.csv" "$tmp/short.swt" >"$out" 2>&1 </dev/null; then
    same 'mpirun -n 3' "$tmp/one.csv" "$tmp/mpi.csv"
elif grep -q -e 'built without Open MPI' "$out"; then
    echo '  skip   mpirun: the program is built without Open MPI (libopenmpi-dev)'
else
    verdict 'mpirun -n 3' 'exit status'
fi

# ---- Killed and begun again ----

# rows FILE: how many rows a file has, 0 when there is none.
rows() {
    local count
    count=$(grep -c '^[0-9]' "$1" 2>/dev/null)
    echo "${count:-0}"
}

# begin_again SIGNAL FILE: runs, each ended by the signal once it has done two points more, until one is not.
begin_again() {
    local file=$2 runs=0 had pid status
    while [ ! -e "$file" ] || [ -e "$file.partial" ]; do
        [ $runs -lt 40 ] || break
        runs=$((runs + 1))
        had=$(rows "$file.partial")
        "$program" explore -q --space "$tmp/space" --csv "$file" -j 2 "$tmp/short.swt" >"$out" 2>&1 </dev/null &
        pid=$!
        while kill -0 $pid 2>/dev/null && [ "$(rows "$file.partial")" -lt $((had + 2)) ]; do sleep 0.01; done
        kill "-$1" $pid 2>/dev/null
        wait $pid 2>/dev/null
        status=$?
    done
    # The last one may have been ended when all was done; one before it between giving FILE its name and removing the other.
    [ -e "$file" ] && [ ! -e "$file.partial" ] && [ $runs -gt 2 ] && { [ $status -eq 0 ] || [ $status -gt 128 ]; }
    verdict "ended by $1 and begun again" "$([ $? -eq 0 ] || echo "after $runs runs, exit status $status")"
    same "the same rows after $1" "$tmp/one.csv" "$file"
}

begin_again KILL "$tmp/killed.csv"
begin_again TERM "$tmp/interrupted.csv" # a shell has its background processes ignore SIGINT

# What is done is printed, and the program ends by the signal.
"$program" explore --space "$tmp/space" --csv "$tmp/told.csv" -j 2 "$tmp/short.swt" >"$out" 2>"$tmp/said" </dev/null &
pid=$!
while kill -0 $pid 2>/dev/null && [ "$(rows "$tmp/told.csv.partial")" -lt 8 ]; do sleep 0.01; done
kill -TERM $pid 2>/dev/null
wait $pid
[ $? -eq 143 ] && grep -q '; INTERRUPTED$' "$out" && grep -q "goes on from .*/told.csv.partial$" "$tmp/said" &&
    [ ! -e "$tmp/told.csv" ]
verdict 'an interrupted run tells what is done' "$([ $? -eq 0 ] || echo 'not so')"

# kill_one FILE: runs, and kills the first process that works for a point. Returns the exit status.
kill_one() {
    local pid child
    "$program" explore -q --space "$tmp/space" --csv "$1" -j 1 "$tmp/short.swt" >"$out" 2>&1 </dev/null &
    pid=$!
    while kill -0 $pid; do
        [ "$(rows "$1.partial")" -gt 6 ] || continue
        read -r child _ <"/proc/$pid/task/$pid/children"
        [ -n "$child" ] && kill -KILL "$child" && break
    done 2>/dev/null
    wait $pid
}

# A process that is killed costs the point that it worked for, which is tried again. It may have ended before it was killed.
for ((i = 0; i < 10; i++)); do
    rm -f "$tmp/dead.csv"
    kill_one "$tmp/dead.csv"
    status=$?
    failures=$(grep -c ',failed,.*has been killed by signal 9' "$tmp/dead.csv")
    [ "$status" -eq 0 ] && [ "$failures" -eq 0 ] || break
done
[ "$status" -eq 1 ] && [ "$failures" -eq 1 ]
verdict 'a process is killed' "$([ $? -eq 0 ] || echo "exit status $status, failed points: $failures")"
explore "$tmp/dead.csv"
same 'its point, tried again' "$tmp/one.csv" "$tmp/dead.csv"

# ---- Engines ----

# What neither time nor layout decides: hits, misses, walks.
columns() { cut -d, -f2-5,16-23 "$1" | grep -v '^#'; }

explore "$tmp/tlm.csv" --engine tlm || verdict 'the tlm engine' "exit status $?"
columns "$tmp/one.csv" >"$tmp/one"
columns "$tmp/tlm.csv" >"$tmp/tlm"
same 'hits and misses by the tlm engine' "$tmp/one" "$tmp/tlm"
cmp -s "$tmp/one.csv" "$tmp/tlm.csv" && verdict 'cycles by the tlm engine' 'are those of the fast one'

echo "explore: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
