# shellcheck shell=bash disable=SC2154,SC2034 # capture.sh has set what is used here, and uses what is set
# The machine and its boot: sourced by capture.sh, which has checked all options.

# Where QEMU's loader puts what Xen is to start: above Xen itself and below 1 GB, each at 2 MB.
module_at=$((0x20000000))

# place FILE: prints PA,BYTES, and has the loader put the file there
place() {
    local bytes
    bytes=$(stat -c %s "$1")
    [ $((module_at + bytes)) -lt $((0x3f000000)) ] || give_up "$1: kernels and initrds take more than 496 MB"
    placed=$(printf '0x%x,%d' "$module_at" "$bytes")
    arguments+=(-device "loader,file=$1,addr=$(printf '0x%x' "$module_at"),force-raw=on")
    module_at=$(((module_at + bytes + 0x1fffff) / 0x200000 * 0x200000))
}

# The initrd of all Linux guests.
build_initrd() {
    local files=("stagewalk/init=$here/guest/init.sh" "stagewalk/work=$here/guest/work.sh" "stagewalk/busybox=$busybox")
    if [ -n "$command" ]; then
        printf '%s\n' "$command" >"$run/command"
        files+=("stagewalk/command=$run/command")
    else
        files+=("stagewalk/command=$here/guest/work.sh" "stagewalk/warm=/dev/null")
    fi
    [ -z "$warm" ] || files+=("stagewalk/warm=/dev/null")
    "$programs/capture" archive ${initrd:+--initrd "$initrd"} -o "$run/initrd" "${files[@]}" || exit 2
}

# What of the packages is not given.
find_guest_files() {
    [[ -n $kernel && -n $dtb && -n $busybox && (-n $xen || $guest = linux) ]] || fetch_guest
    kernel=${kernel:-$(newest 'boot/vmlinuz-*')}
    dtb=${dtb:-$(newest '*/zynqmp-zcu102-rev1.0.dtb')}
    busybox=${busybox:-$(newest '*bin/busybox')}
    [ "$guest" = linux ] || xen=${xen:-$(newest 'boot/xen-*-arm64')}
    kernel_name=$(name "$kernel")
    if gzip -t "$kernel" 2>/dev/null; then
        gzip -dc "$kernel" >"$run/Image"
        kernel=$run/Image
    fi
    [ "$(dd if="$kernel" bs=1 skip=56 count=4 2>/dev/null | tr -d '\0')" = ARMd ] ||
        give_up "--kernel $kernel: no Image of Linux for arm64"
}

# name FILE: a version from a file's name, for the trace's source text
name() { basename "$1" | sed 's/^vmlinuz-/Linux /; s/^xen-/Xen /; s/-arm64$//'; }

# Xen, and the domains that are asked for.
add_xen() {
    local tree=() role0=beside roleu=capture
    local dom0_args='console=hvc0 earlycon=xen panic=1 rdinit=/stagewalk/init stagewalk='
    local domu_args='console=ttyAMA0 earlycon=pl011,0x22000000 panic=1 rdinit=/stagewalk/init stagewalk='
    [ "$guest" != dom0 ] || role0=capture roleu=beside
    if [ "$guest" != dom0less ]; then
        place "$kernel"
        tree+=(--dom0-kernel "$placed")
        place "$run/initrd"
        dom0_args+=$role0
        [ $role0 = beside ] || dom0_args+=" $append"
        tree+=(--dom0-initrd "$placed" --dom0 "$dom0_args")
    fi
    if [ "$guest" != dom0 ] || [ -n "$beside" ]; then
        place "$kernel"
        tree+=(--domu-kernel "$placed")
        place "$run/initrd"
        domu_args+=$roleu
        [ $roleu = beside ] || domu_args+=" $append"
        tree+=(--domu-initrd "$placed" --domu "$domu_args" --domu-kib $((domu_mib * 1024)) --domu-cpus "$domu_cpus")
    fi
    "$programs/capture" tree -o "$run/board.dtb" "${tree[@]}" --xen "console=dtuart dtuart=serial0 dom0_mem=${dom0_mib}M \
dom0_max_vcpus=$dom0_cpus bootscrub=0 iommu=no noreboot=no $xen_append" "$dtb" || exit 2
    arguments+=(-kernel "$xen" -dtb "$run/board.dtb")
    core=TPIDR_EL2 # each core's own offset in Xen
    source_text="$guest${beside:+ beside a domU}: $(name "$xen"), $kernel_name"
}

# Sets `arguments`, what QEMU is called with, and `source_text`.
build_machine() {
    local virtualization=on plugin
    arguments=() core=VMPIDR_EL2 # as nobody but a hypervisor writes it, it is each core's own
    case $guest in
    bare)
        [ "$el" = 2 ] || virtualization=off core=''
        [ "$cpus" -gt 1 ] || core=''
        arguments+=(-device "loader,file=$elf,cpu-num=0")
        source_text="bare, EL$el: $(basename "$elf")"
        ;;
    linux)
        find_guest_files
        build_initrd
        arguments+=(-kernel "$kernel" -initrd "$run/initrd" -dtb "$dtb" -append
            "earlycon=cdns,mmio,0xff000000,115200n8 keep_bootcon console=ttyPS0 panic=1 rdinit=/stagewalk/init \
stagewalk=capture $append")
        source_text="Linux alone: $kernel_name"
        ;;
    *)
        find_guest_files
        build_initrd
        add_xen
        ;;
    esac
    source_text=$(printf '%s; QEMU %s' "$source_text" "$(qemu_version "${qemu[@]}")" | tr -cd '[:print:]' | cut -c 1-127)
    plugin="$programs/capture-plugin.so,dir=$run,accesses=$accesses${open:+,open=$open}${core:+,core=$core}"
    # One thread, time by instructions, a clock that begins at one time: the same guest gives the same bytes.
    # shellcheck disable=SC2054 # QEMU's commas
    arguments+=(-M "xlnx-zcu102,virtualization=$virtualization,memory-backend=ram" -smp "$cpus" -m "${memory_mib}M"
        -object "memory-backend-memfd,id=ram,size=${memory_mib}M" -rtc base=2026-01-01T00:00:00,clock=vm
        -accel tcg,thread=single -icount shift=2,sleep=off -plugin "$plugin"
        -display none -audio none -nodefaults -serial "file:$run/console" -monitor none -no-reboot)
}

# Shows the end of what the guest and QEMU have said, then gives up.
boot_failed() {
    kill "$qemu_pid" 2>/dev/null || true
    qemu_pid=
    if [ -s "$run/console" ]; then
        echo 'The last lines of the console:'
        tail -n 15 "$run/console" | tr -cd '[:print:]\n\t' | sed 's/^/  /'
    else
        echo 'The guest has written nothing to its console.'
    fi >&2
    grep -v 'warning: nic\|^capture: ' "$run/qemu" | tail -n 5 | sed 's/^/  QEMU: /' >&2 || true
    give_up "$1"
}

# Passes on what the plugin has said since the last time. Returns 1 when it has said nothing.
tell_new() {
    local count
    count=$(grep -c '^capture: ' "$run/qemu" || true)
    [ "$count" -gt "$told" ] || return 1
    grep '^capture: ' "$run/qemu" | sed -n "$((told + 1)),${count}p" >&2
    told=$count
}

# The last line of the console.
last_words() {
    if [ -s "$run/console" ]; then
        tail -n 1 "$run/console" | tr -cd '[:print:]' | cut -c 1-90
    else
        echo 'nothing on the console'
    fi
}

# Runs QEMU until the window is closed.
boot() {
    local began=$SECONDS since=$SECONDS size=0 new next=$((SECONDS + 10)) status=0
    told=0
    : >"$run/console"
    say "booting: $source_text"
    "${qemu[@]}" "${arguments[@]}" >"$run/qemu" 2>&1 </dev/null &
    qemu_pid=$!
    while kill -0 "$qemu_pid" 2>/dev/null; do
        sleep 0.2
        new=$(stat -c %s "$run/console")
        if tell_new || [ "$new" -ne "$size" ]; then
            since=$SECONDS
            size=$new
        fi
        if [ "$SECONDS" -ge "$next" ]; then
            next=$((SECONDS + 10))
            [ "$told" -gt 0 ] || say "booting, $((SECONDS - began)) s: $(last_words)"
        fi
        if grep -qE 'Kernel panic - not syncing|Panic on CPU' "$run/console"; then
            boot_failed 'the guest has panicked'
        fi
        [ $((SECONDS - since)) -lt "$timeout" ] || boot_failed "nothing has come forward for $timeout s: it hangs"
    done
    wait "$qemu_pid" || status=$?
    tell_new || true
    grep -q '^capture: window closed' "$run/qemu" || {
        ! grep -q '^capture: window open' "$run/qemu" || boot_failed "QEMU ended in the window, exit status $status"
        boot_failed "QEMU ended before the window was opened, exit status $status"
    }
    qemu_pid=
}
