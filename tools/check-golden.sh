#!/usr/bin/env bash
# Runs everything that carries its own answers through the program.
#
#   tools/check-golden.sh PROGRAM
#
#   tests/golden/*.sw                scripts: every `=>` must hold
#   tests/oracle/data/*.txt.gz      scripts with the answers of another implementation: with their errata applied every
#                                   `=>` must hold, and as recorded exactly as many must not as there are errata
#                                   and both engines must give the same answers, cycles too
#   tests/golden/bad/*.sw           scripts that must be refused: exit status 2 and a message with the file's name, a line
#                                   number and the text of the script's first line, `# expect: TEXT`
#   tests/golden/explain/*.sw       scripts whose first lines, `# explain: OPTIONS VA`, are questions to `explain`; the text
#                                   and exit status of the answers stand beside them, in *.txt. REWRITE=1 puts them there
#   tests/golden/lint/*.{sw,cfg}    files whose lines `# lint: OPTIONS`, {} for the file, are questions to `lint`; text and exit
#                                   status of the answers stand beside them, in *.txt. REWRITE=1 puts them there
#   tests/golden/snapshot/*.txt     questions about what gen_snapshot makes, `$ OPTIONS`, each with its answer and exit status.
#                                   REWRITE=1 puts them there
#   tests/golden/relayout/*.txt     questions about the samples under other page tables, in the same way
#   traces/samples/*.swt            traces of real guests: every address, fault and AT result must be reproduced, and not
#                                   without TLB maintenance or changes of table words; lint finds nothing wrong with them,
#                                   but does without their TLBIs or the DSBs around these
#   traces/samples/foreign/*.gz     traces in formats of others: what `trace info` and `replay --verify` tell of them stands in
#                                   tests/golden/foreign/*.txt (REWRITE=1 puts it there), with dom0's stage 2 below they verify
#                                   too, and those that say the same give the same records
#   tests/golden/readers/*          traces of other programs: `trace cat` must print what stands in *.txt, and the Tarmac ones
#                                   must be reproduced. REWRITE=1 puts the text there
#   tests/golden/tarmac.txt         the lines of `replay --tarmac` of a sample's first records; and of two cores in time, a
#                                   sample's Tarmac read back must be reproduced like the sample
#   tests/golden/generate/*.txt     patterns, `$ WORDS`, each with the records that `trace cat` prints of it. REWRITE=1 puts them
#                                   there; and lint finds nothing wrong with what switches, takes ASIDs back and remaps grants
#   tests/golden/merge-*.csv        expected combinations of attributes, and all 26,793 from the printed tables
#
# The last line is `golden: N passed, M failed`.
set -u
program=${1:?usage: tools/check-golden.sh PROGRAM}
case "$program" in */*) ;; *) program=./$program ;; esac
cd "$(dirname "$0")/.." || exit 1
shopt -s nullglob

limit=${TEST_SECONDS-300}
passed=0 failed=0
tmp=$(mktemp -d)
out=$tmp/out
trap 'rm -rf "$tmp"' EXIT

# verdict FILE REASON: an empty reason is a pass. A failure shows the end of what the program said.
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

# must_pass FILE ARGUMENT...
must_pass() {
    local file=$1 status
    shift
    timeout -k 5 "$limit" "$program" "$@" "$file" >"$out" 2>&1 </dev/null
    status=$?
    if [ $status -eq 0 ]; then verdict "$file" ''; else verdict "$file" "exit status $status"; fi
}

# must_match FILE: both engines give the same cycles for all that is asked, one statement after the other
must_match() {
    local file=$1 engine
    for engine in fast tlm; do
        { case "$file" in *.gz) gzip -dc "$file" ;; *) cat "$file" ;; esac; } | sed 's/=>.*/=> fetches=0 cycles=0/' |
            timeout -k 5 "$limit" "$program" run --engine "$engine" --annotate - >"$tmp/$engine" 2>"$out"
    done
    if [ ! -s "$tmp/fast" ] || ! grep -q ' cycles=[0-9]' "$tmp/fast"; then
        verdict "$file both engines" 'no cycles to compare'
    elif cmp "$tmp/fast" "$tmp/tlm" >"$out" 2>&1; then
        verdict "$file both engines" ''
    else
        verdict "$file both engines" 'the engines differ'
    fi
}

# must_differ FILE ARGUMENT...: a negative control, which has to find mismatches
must_differ() {
    local file=$1 status
    shift
    timeout -k 5 "$limit" "$program" "$@" "$file" >"$out" 2>&1 </dev/null
    status=$?
    if [ $status -eq 1 ]; then verdict "$file $*" ''; else verdict "$file $*" "exit status $status, not 1"; fi
}

# run_script FILE: prints "ANSWERS DIFFERENCES" of a script, nothing when it could not be run.
run_script() {
    timeout -k 5 "$limit" "$program" run "$1" >"$out" 2>&1 </dev/null
    sed -n 's/^.* statements, \([0-9]*\) answers compared, \([0-9]*\) differ$/\1 \2/p' "$out"
}

# must_agree FILE: the oracle's file, held to its errata
must_agree() {
    local file=$1 name=${1##*/} errata answers='' recorded amended='' classes reason=''
    read -r answers recorded <<<"$(run_script "$file")"
    errata=$(gzip -dc tests/oracle/errata.txt.gz | grep -c "^$name ")
    classes=$(gzip -dc tests/oracle/errata.txt.gz | awk -v name="$name" '
        $1 == name { count[$3]++ }
        END { for (class in count) printf ", %d %s", count[class], class }')
    if [ -z "$answers" ]; then
        reason='cannot be run'
    elif [ "$recorded" -ne "$errata" ]; then
        reason="$recorded of $answers answers differ as recorded, but it has $errata errata"
    elif ! tests/oracle/amend.sh "$file" >"$tmp/$name.sw" 2>"$out"; then
        reason='its errata do not fit'
    else
        read -r _ amended <<<"$(run_script "$tmp/$name.sw")"
        [ "$amended" = 0 ] || reason="with its errata applied ${amended:-?} answers differ"
    fi
    verdict "$file" "$reason"
    [ -n "$reason" ] || printf '         %d answers: %d as recorded, %d amended%s\n' "$answers" \
        $((answers - recorded)) "$errata" "${classes/, /: }"
}

# must_refuse FILE
must_refuse() {
    local file=$1 status expect reason=''
    expect=$(sed -n '1s/^# expect: *//p' "$file")
    timeout -k 5 "$limit" "$program" run -q "$file" >"$out" 2>&1 </dev/null
    status=$?
    if [ -z "$expect" ]; then
        reason='its first line is not `# expect: TEXT`'
    elif [ $status -ne 2 ]; then
        reason="exit status $status, not 2"
    elif ! grep -qE "(^|[^A-Za-z0-9_])$(basename "$file" .sw)\.sw[^0-9]{0,8}[0-9]+" "$out"; then
        reason='the message does not name file and line'
    elif ! grep -qF -- "$expect" "$out"; then
        reason="the message does not contain: $expect"
    fi
    verdict "$file" "$reason"
}

# must_tell FILE: the answers to its `# explain:` lines are those beside it
must_tell() {
    local file=$1 answers=${1%.sw}.txt line
    sed -n 's/^# explain: *//p' "$file" | while IFS= read -r line; do
        # shellcheck disable=SC2086 # words
        timeout -k 5 "$limit" "$program" explain ${line%"${line##* }"} "$file" "${line##* }" </dev/null 2>&1
        printf '[explain %s: exit status %d]\n\n' "$line" $?
    done >"$tmp/told"
    [ -z "${REWRITE-}" ] || cp "$tmp/told" "$answers"
    if diff -u "$answers" "$tmp/told" >"$out" 2>&1; then verdict "$file" ''; else verdict "$file" 'tells otherwise'; fi
}

# must_find FILE: the answers to its `# lint:` lines are those beside it
must_find() {
    local file=$1 answers=${1%.*}.txt line
    sed -n 's/^# lint: *//p' "$file" | while IFS= read -r line; do
        # shellcheck disable=SC2086 # words
        timeout -k 5 "$limit" "$program" lint ${line//'{}'/$file} </dev/null 2>&1
        printf '[lint %s: exit status %d]\n\n' "$line" $?
    done >"$tmp/found"
    [ -z "${REWRITE-}" ] || cp "$tmp/found" "$answers"
    if diff -u "$answers" "$tmp/found" >"$out" 2>&1; then verdict "$file" ''; else verdict "$file" 'finds otherwise'; fi
}

# must_lack FILE PATTERN CODE: without the records that match, lint finds what CODE says in the trace
must_lack() {
    local file=$1 pattern=$2 code=$3 status
    "$program" trace cat "$file" | grep -v "$pattern" >"$tmp/lacking.txt"
    "$program" trace pack -o "$tmp/lacking.swt" "$tmp/lacking.txt" >"$out" 2>&1
    timeout -k 5 "$limit" "$program" lint --fail-on note --only "$code" "$tmp/lacking.swt" >"$out" 2>&1 </dev/null
    status=$?
    if [ $status -eq 1 ]; then verdict "$file $code" ''; else verdict "$file $code" "exit status $status, not 1"; fi
}

# must_show FILE: what is told of a foreign trace is what stands in its golden file
must_show() {
    local file=$1 answers
    answers=tests/golden/foreign/$(basename "$file" .gz).txt
    for command in 'trace info' 'replay --verify'; do
        # shellcheck disable=SC2086 # words
        timeout -k 5 "$limit" "$program" $command "$file" 2>&1 </dev/null
        printf '[%s: exit status %d]\n\n' "$command" $?
    done | sed '/ engine, .* records\/s, /d' >"$tmp/shown"
    [ -z "${REWRITE-}" ] || cp "$tmp/shown" "$answers"
    if diff -u "$answers" "$tmp/shown" >"$out" 2>&1; then verdict "$file" ''; else verdict "$file" 'shows otherwise'; fi
}

# must_equal A B COUNT: the first records of two traces are the same
must_equal() {
    local file
    for file in "$1" "$2"; do
        timeout -k 5 "$limit" "$program" trace cat --records ":$3" "$file" 2>"$out" </dev/null | sed 1,2d >"$tmp/${file##*/}"
    done
    if [ "$(wc -l <"$tmp/${1##*/}")" -ne "$3" ]; then
        verdict "$1 and $2" "not $3 records"
    elif cmp "$tmp/${1##*/}" "$tmp/${2##*/}" >"$out" 2>&1; then
        verdict "$1 and $2" ''
    else
        verdict "$1 and $2" 'differ'
    fi
}

# must_read FILE: a trace of another program, as text
must_read() {
    local file=$1
    timeout -k 5 "$limit" "$program" trace cat "$file" >"$tmp/read" 2>&1 </dev/null
    [ -z "${REWRITE-}" ] || cp "$tmp/read" "$file.txt"
    if diff -u "$file.txt" "$tmp/read" >"$out" 2>&1; then verdict "$file" ''; else verdict "$file" 'is read otherwise'; fi
}

# must_write SAMPLE: the Tarmac of its first records stands in tests/golden/tarmac.txt
must_write() {
    "$program" trace cut --records :60 -o "$tmp/first.swt" "$1" 2>"$out" &&
        "$program" replay -q --engine fast --tarmac "$tmp/first.tarmac" "$tmp/first.swt" 2>>"$out"
    [ -z "${REWRITE-}" ] || cp "$tmp/first.tarmac" tests/golden/tarmac.txt
    if diff -u tests/golden/tarmac.txt "$tmp/first.tarmac" >>"$out" 2>&1; then
        verdict "$1 --tarmac" ''
    else
        verdict "$1 --tarmac" 'is written otherwise'
    fi
}

# must_return FILE: its Tarmac, in time, read back
must_return() {
    local tarmac=$tmp/$(basename "$1" .swt).tarmac
    "$program" trace cut --records :200000 -o "$tmp/cut.swt" "$1" 2>"$out" &&
        "$program" replay -q --engine tlm --tarmac "$tarmac" "$tmp/cut.swt" >>"$out" 2>&1
    must_pass "$tarmac" replay -q --verify
    rm -f "$tarmac"
}

# must_answer FILE FOLDER: the answers to its `$ ` lines, asked in the folder
must_answer() {
    local file=$1 folder=$2 here line
    here=$(realpath "$program")
    sed -n 's/^\$ //p' "$file" | while IFS= read -r line; do
        printf '$ %s\n' "$line"
        # shellcheck disable=SC2086 # words
        (cd "$folder" && timeout -k 5 "$limit" "$here" $line </dev/null 2>&1)
        printf '[exit status %d]\n\n' $?
    done | sed 's/^\(.* engine, .*: \)[0-9.]* s, .* KiB$/\1(speed)/' >"$tmp/told"
    [ -z "${REWRITE-}" ] || cp "$tmp/told" "$file"
    if diff -u "$file" "$tmp/told" >"$out" 2>&1; then verdict "$file" ''; else verdict "$file" 'answers otherwise'; fi
}

# must_generate FILE: the records of its `$ ` lines
must_generate() {
    local file=$1 line
    sed -n 's/^\$ //p' "$file" | while IFS= read -r line; do
        printf '$ %s\n' "$line"
        timeout -k 5 "$limit" "$program" trace cat --records : "generate:$line" 2>&1 </dev/null | sed 1,2d
        "$program" trace generate "$line" -o "$tmp/generated.swt" 2>&1 </dev/null
        "$program" trace cat --records : "$tmp/generated.swt" | sed 1,2d >"$tmp/packed"
        "$program" trace cat --records : "generate:$line" | sed 1,2d | cmp - "$tmp/packed" 2>&1
    done >"$tmp/told"
    [ -z "${REWRITE-}" ] || cp "$tmp/told" "$file"
    if diff -u "$file" "$tmp/told" >"$out" 2>&1; then verdict "$file" ''; else verdict "$file" 'generates otherwise'; fi
}

for file in tests/golden/*.sw tests/golden/*.sw.gz; do must_pass "$file" run -q; done
for file in tests/golden/*.sw tests/golden/*.sw.gz; do must_match "$file"; done
for file in tests/oracle/data/*.txt.gz; do must_agree "$file"; done
for file in tests/golden/bad/*.sw; do must_refuse "$file"; done
for file in tests/golden/explain/*.sw; do must_tell "$file"; done
for file in tests/golden/lint/*.sw tests/golden/lint/*.cfg; do must_find "$file"; done
for file in traces/samples/*.swt; do must_pass "$file" lint -q; done
for file in traces/samples/*.swt; do
    must_lack "$file" ' # TLBI ' break-before-make,tlbi-missing,spurious-fault
    must_lack "$file" ' opcode=0xd5033a9f ' tlbi-no-dsb-before # DSB ISHST
    must_lack "$file" ' opcode=0xd5033b9f ' tlbi-no-dsb-after  # DSB ISH
done
for file in traces/samples/*.swt; do must_pass "$file" replay -q --verify; done
for file in traces/samples/*.swt; do
    must_differ "$file" replay -q --verify --ignore tlbi -C mmu.main_tlb.entries=4096
    must_differ "$file" replay -q --verify --ignore tabw
done
for file in traces/samples/foreign/*.gz; do
    must_show "$file"
    must_pass "$file" replay -q --verify --xen xen-4.17
done
for format in csv drmemtrace; do
    must_equal traces/samples/foreign/pages.{lackey,$format}.gz 14998
done
must_equal traces/samples/foreign/pages.{lackey,view}.gz 2300
for file in tests/golden/readers/*[!t]; do must_read "$file"; done
for file in tests/golden/readers/*.tarmac; do must_pass "$file" replay -q --verify; done
must_write traces/samples/zcu102-domU.swt
for file in traces/samples/*.swt; do must_return "$file"; done
for file in tests/golden/generate/*.txt; do must_generate "$file"; done
for words in contexts,asids=5,cores=3,processes=9,every=50 worlds,cores=2,vcpus=5,every=60 dma,cores=4,remap=2; do
    must_pass "generate:$words,accesses=20000" lint -q
done
must_differ generate:contexts,asids=5,every=50,accesses=20000 replay -q --verify --ignore tlbi
for file in tests/golden/merge-*.csv; do must_pass "$file" merge -q --check; done
if [ -x "${program%/*}/tests/oracle/gen_combine" ]; then
    "${program%/*}/tests/oracle/gen_combine" >"$tmp/combine.csv"
    must_pass "$tmp/combine.csv" merge -q --check
fi
if [ -x "${program%/*}/tests/oracle/gen_snapshot" ]; then
    mkdir "$tmp/snapshots"
    cp platforms/xen/examples/shared-page.cfg "$tmp/snapshots/guest.cfg"
    cp traces/samples/zcu102-domU.swt "$tmp/snapshots/domU.swt"
    printf 'memory vmcore\nload el1 0xffffff8008200010 8 => pa=0x40200010\nmem 0x40082000 0x0\n' >"$tmp/snapshots/script.sw"
    printf 'at S1E1R 0xffffff8008200010 => ok\nmemory gone\n' >>"$tmp/snapshots/script.sw"
    "${program%/*}/tests/oracle/gen_snapshot" "$tmp/snapshots" || verdict gen_snapshot 'writes nothing'
    for file in tests/golden/snapshot/*.txt; do must_answer "$file" "$tmp/snapshots"; done
fi
mkdir "$tmp/relayout"
cp traces/samples/*.swt traces/samples/foreign/pages.lackey.gz "$tmp/relayout"
for file in tests/golden/relayout/*.txt; do must_answer "$file" "$tmp/relayout"; done

echo "golden: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
