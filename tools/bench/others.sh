# shellcheck shell=bash
# What else simulates TLBs or caches, or tells what a program accesses, where it is installed: how many events a second.
# Sourced by tools/bench.sh.
#
# Each runs a small program of this machine, `sort` over this README, from its start to its end. None does what stagewalk
# does: lackey only prints accesses, the others have one stage, or no translation at all; but their user waits for them as
# well.
# shellcheck disable=SC2034,SC2154 # of measure.sh and tools/bench.sh

other_work=(sort README.md)

# other_row NAME EVENTS WHAT: one line; `wall` is of the run.
other_row() {
    if [ "${2:-0}" -gt 0 ]; then
        printf '%-34s %8.2f M events/s   %s\n' "$1" "$(div "$2" "${wall}e6" 4)" "$3"
    else
        FAILED=1
        printf '%-34s failed: it told no number of accesses; %s\n' "$1" "$(tail -n 1 "$TMP/err")"
    fi
}

other_skipped() { printf '%-34s %s: skipped\n' "$1" "$2"; }

# sum_after PATTERN: the sum of the numbers that follow, of standard input; thousands may be set off by commas.
sum_after() { grep -oE "($1) *[0-9,]+" | sed 's/.*[^0-9,]//; s/,//g' | awk '{ s += $1 } END { printf "%d", s }'; }

others_valgrind() {
    if ! type -P valgrind >/dev/null; then
        other_skipped 'valgrind' 'not installed'
        return
    fi
    if once valgrind --tool=lackey --trace-mem=yes --log-file="$TMP/lackey" "${other_work[@]}"; then
        other_row 'valgrind, lackey --trace-mem=yes' "$(grep -cE '^(I | [LSM]) ' "$TMP/lackey")" 'prints each access'
    else
        failed lackey ''
    fi
    rm -f "$TMP/lackey"
    if once valgrind --tool=cachegrind --cache-sim=yes --cachegrind-out-file=/dev/null "${other_work[@]}"; then
        other_row 'valgrind, cachegrind --cache-sim=yes' "$(sum_after '[ID] +refs:' <"$TMP/err")" 'two levels of cache, no translation'
    else
        failed cachegrind ''
    fi
}

# The numbers are data and instruction accesses, columns 2 and 5 of a line a core [QEMU: docs/about/emulation.rst@10.0.0].
others_qemu() {
    local plugin='' qemu dir
    for dir in ${QEMU_PLUGINS-} /usr/lib/*/qemu /usr/lib/qemu /usr/lib/*/qemu/plugins /usr/local/lib/qemu/plugins; do
        [ ! -f "$dir/libcache.so" ] || plugin=$dir/libcache.so
    done
    qemu=$(type -P "qemu-$(uname -m)" || true)
    if [ -z "$plugin" ]; then
        other_skipped 'QEMU, cache plugin' "libcache.so not installed (Debian has none; QEMU_PLUGINS=DIR says where it is)"
    elif [ -z "$qemu" ]; then
        other_skipped 'QEMU, cache plugin' "qemu-$(uname -m) not installed"
    elif once "$qemu" -plugin "$plugin" -d plugin -D "$TMP/qemu.log" "$(type -P "${other_work[0]}")" "${other_work[@]:1}"; then
        other_row 'QEMU, cache plugin' "$(awk '/^core #/ { inside = 1; next } NF == 0 { inside = 0 }
            inside && $1 ~ /^[0-9]+$/ { n += $2 + $5 } END { printf "%d", n }' "$TMP/qemu.log")" 'one level of cache, no translation'
    else
        failed QEMU ''
    fi
}

# The numbers are the hits and misses of the first-level TLBs, not those of the last level, which come behind.
others_dynamorio() {
    if ! type -P drrun >/dev/null; then
        other_skipped 'DynamoRIO, TLB simulator' 'drrun not installed'
        return
    fi
    # Its releases name the tool in two ways.
    if once drrun -t drmemtrace -tool TLB_simulator -- "${other_work[@]}" ||
        once drrun -t drcachesim -simulator_type TLB -- "${other_work[@]}"; then
        other_row 'DynamoRIO, TLB simulator' "$(sed -n '/L1[ID] stats:/,/LL stats:/p' "$TMP/err" | sum_after 'Hits:|Misses:')" \
            'one stage, two levels of TLB, no walks'
    else
        failed DynamoRIO ''
    fi
}

printf '\n%s\n' "others, over all of \`${other_work[*]}\`, once each"
others_valgrind
others_qemu
others_dynamorio
