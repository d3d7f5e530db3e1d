#!/usr/bin/env bash
# Captures the guest of guest/smoke.S on QEMU, at EL1 and from EL2, and holds the traces to what the guest does. Called by
# `make capture-smoke`.
#
# Needs clang and objcopy, and QEMU, which capture.sh fetches. Where one of them cannot be had, it says so and skips.
# The last line is `capture-smoke: N passed, M failed`.
set -u
here=$(cd "$(dirname "$0")" && pwd)
programs=${CAPTURE_PROGRAMS:?to be set to where make built}
capture=$here/capture.sh
passed=0 failed=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

finish() {
    echo "capture-smoke: $passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}

skip() {
    echo "  skipped: $1"
    finish
}

# verdict NAME REASON: an empty reason is a pass. A failure shows the end of what was said.
verdict() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
        printf '  ok     %s\n' "$1"
    else
        failed=$((failed + 1))
        printf '  FAIL   %s: %s\n' "$1" "$2"
        tail -n 20 "$tmp/out" | sed 's/^/         /'
    fi
}

# ends NAME STATUS TEXT COMMAND...: the command ends with this status, and says the text.
ends() {
    local name=$1 wanted=$2 text=$3 status
    shift 3
    timeout -k 5 120 "$@" >"$tmp/out" 2>&1 </dev/null
    status=$?
    if [ $status -ne "$wanted" ]; then
        verdict "$name" "exit status $status, not $wanted"
    elif [ -n "$text" ] && ! grep -qE -- "$text" "$tmp/out"; then
        verdict "$name" "does not say: $text"
    else
        verdict "$name" ''
    fi
}

# assemble NAME FLAG...: the section is the file, with its own ELF header.
assemble() {
    local name=$1
    shift
    clang --target=aarch64-none-elf "$@" -c "$here/guest/smoke.S" -o "$tmp/$name.o" &&
        objcopy -I elf64-little -O binary -j .text "$tmp/$name.o" "$tmp/$name.elf"
}

command -v clang >/dev/null || skip 'no clang to assemble the guest with'
command -v objcopy >/dev/null || skip 'no objcopy'
if ! { assemble smoke && assemble hang -DHANG; } >"$tmp/out" 2>&1; then
    verdict 'assemble the guest' 'cannot'
    finish
fi
# QEMU's numbers and the plugin's would be octal ones; what verifies would lie over what it came from.
ends 'a number that begins with 0' 2 'not a number from 1' "$capture" -g bare --elf "$tmp/smoke.elf" -n 0100
ends 'an output that is an input' 2 'is also an input' "$capture" -g bare --elf "$tmp/smoke.elf" -o "$tmp/./smoke.elf"
timeout 180 "$capture" --guest bare --prepare >"$tmp/out" 2>&1
status=$?
[ $status -ne 124 ] || skip 'QEMU could not be fetched in 180 s'
if [ $status -ne 0 ]; then
    ! grep -qE ': (cannot fetch|no package of QEMU|not a Debian system|the machine.s apt has no source)' "$tmp/out" ||
        skip "$(tail -n 1 "$tmp/out")"
    verdict 'fetch QEMU' 'cannot, for no reason that is known'
    finish
fi

# What the guest meets, counted: faults and AT results that are compared.
for level in '1 23 6' '2 28 12'; do
    read -r el faults ats <<<"$level"
    trace=$tmp/el$el.swt
    ends "EL$el: captured and verified" 0 "el$el.swt: verified" \
        "$capture" -g bare --elf "$tmp/smoke.elf" --el "$el" -o "$trace"
    ends "EL$el: all its faults are there" 0 "^ *faults  *$faults, 0 mismatched" \
        "$programs/stagewalk" replay --verify "$trace"
    ends "EL$el: all its ATs are there" 0 "^ *AT results  *$ats, 0 mismatched" \
        "$programs/stagewalk" replay --verify "$trace"
    ends "EL$el: not without TLB maintenance" 1 mismatch "$programs/stagewalk" replay -q --verify --ignore tlbi "$trace"
    ends "EL$el: not without changes of tables" 1 mismatch "$programs/stagewalk" replay -q --verify --ignore tabw "$trace"
    ends "EL$el: cut at its marker" 0 '' "$programs/stagewalk" trace cut --marker 0x72 -o "$tmp/cut.swt" "$trace"
    ends "EL$el: what is cut verifies" 0 "^ *faults  *[1-9][0-9]*, 0 mismatched" \
        "$programs/stagewalk" replay --verify "$tmp/cut.swt"
    ends "EL$el: captured again" 0 verified "$capture" -g bare --elf "$tmp/smoke.elf" --el "$el" -o "$tmp/again.swt"
    ends "EL$el: byte for byte the same" 0 '' cmp "$trace" "$tmp/again.swt"
done
ends 'a window opened at an address' 0 '^capture: window closed after 20 ' \
    "$capture" -g bare --elf "$tmp/smoke.elf" --open 0x100078 -n 20 -o "$tmp/short.swt"
ends 'a guest that hangs' 2 'nothing has come forward for 2 s' \
    "$capture" -g bare --elf "$tmp/hang.elf" -t 2 -o "$tmp/none.swt"
ends 'a guest that is none' 2 'no 64-bit ELF' "$capture" -g bare --elf "$here/smoke.sh" -o "$tmp/none.swt"
ends 'a QEMU that is none' 2 'not a QEMU' "$capture" -g bare --elf "$tmp/smoke.elf" --qemu /bin/true -o "$tmp/none.swt"
# A replay that finds mismatches, since it leaves TLB maintenance out.
mkdir "$tmp/programs"
ln -s "$programs/capture" "$programs/capture-plugin.so" "$tmp/programs"
printf '#!/bin/sh\nexec %s/stagewalk "$@" --ignore tlbi\n' "$programs" >"$tmp/programs/stagewalk"
chmod +x "$tmp/programs/stagewalk"
ends 'a trace that does not verify' 1 'does not verify' env CAPTURE_PROGRAMS="$tmp/programs" \
    "$capture" -g bare --elf "$tmp/smoke.elf" -o "$tmp/none.swt"
if [ -e "$tmp/none.swt" ]; then verdict 'no trace of a failure' 'there is one'; else verdict 'no trace of a failure' ''; fi
finish
