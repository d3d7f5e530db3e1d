#!/usr/bin/env bash
# Captures a guest on QEMU's ZynqMP as a trace. Called by `make capture`; `--help` tells all.
#
# Needs the programs that make builds before; the rest comes from Debian's packages.
# Exit status: 0 a trace that verifies; 1 one that does not; 2 nothing captured.
set -euo pipefail
shopt -s inherit_errexit
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)

say() { echo "capture: $*" >&2; }
give_up() {
    echo "capture: $*" >&2
    exit 2
}

usage() {
    cat <<'END'
usage: tools/capture/capture.sh [options]

Boots a guest on QEMU's ZynqMP (xlnx-zcu102, Cortex-A53), records what it does in a window as a
trace with the physical address of every access, and replays it: only a trace without a mismatch
is called done. QEMU, Xen, Linux and busybox are fetched from Debian's packages, by the machine's
own mirror, and unpacked below build/capture.

  -g, --guest KIND       dom0      Linux as Xen's dom0 (the default)
                         domU      Linux in a domU that Xen starts beside dom0
                         dom0less  the same without a dom0
                         linux     Linux without Xen
                         bare      a program without either: --elf
  -o, --output FILE      the trace; default build/capture/KIND.swt
  -n, --accesses N       the window closes after so many loads and stores; default 1000000
  -c, --command TEXT     what a Linux guest runs in the window, by busybox's sh; the window closes
                         when it ends
      --warm             run the command once before the window, too
      --beside           with dom0: a domU keeps itself busy beside it
  -m, --memory SIZE      of the machine: 1G to 2G, with bare to 4G; default 2G
      --cpus N           of the machine: 1 to 4; default 4, with bare 1
      --dom0-memory SIZE default 512M            --dom0-cpus N  default 2
      --domu-memory SIZE default 256M            --domu-cpus N  default 1
      --kernel FILE      your own Linux of arm64, an Image, instead of Debian's
      --initrd FILE      your own initrd; /stagewalk is laid over it, and /stagewalk/init runs
                         instead of its init
      --append TEXT      added to the command line of the captured kernel
      --xen FILE         your own Xen
      --xen-append TEXT  added to its command line
      --dtb FILE         your own device tree, of a board with the memory map of a ZCU102
      --elf FILE         bare: loaded where it says and entered at its entry
      --el 1|2           bare: the level it starts at; default 1, a machine without EL2
      --open ADDRESS     open the window when the instruction at this VA executes
  -t, --timeout SECONDS  give up when nothing has come forward for so long; default 300
      --qemu PROGRAM     another qemu-system-aarch64
      --busybox FILE     another static busybox of arm64
      --keep             keep the raw capture
      --prepare          fetch what is missing, and capture nothing
  -h, --help             this text

A guest of its own opens the window with the instruction HINT #0x70 and closes it with HINT #0x71,
at any exception level. Exit status: 0 a trace that verifies; 1 one that does not; 2 nothing
captured.

Examples:
  tools/capture/capture.sh -g domU -o domU.swt
  tools/capture/capture.sh -g dom0 --beside -n 3000000 -c 'find / -xdev | md5sum' -o dom0.swt
  tools/capture/capture.sh -g linux --kernel Image --initrd initrd.gz -c benchmark -o alone.swt
  tools/capture/capture.sh -g bare --elf firmware.elf --el 2 --open 0x100000 -o firmware.swt
END
}

# ---- What is asked for ----------------------------------------------------------------------------------------------

guest=dom0 output='' accesses=1000000 command='' warm='' beside='' memory=2G cpus='' timeout=300 keep='' prepare='' append=''
dom0_memory=512M dom0_cpus=2 domu_memory=256M domu_cpus=1 xen_append='' elf='' el=1 open=''
kernel='' initrd='' dtb='' xen='' own_qemu='' busybox=''

options=$(getopt -n capture -o g:o:n:c:m:t:h -l guest:,output:,accesses:,command:,warm,beside,memory:,cpus: \
    -l dom0-memory:,dom0-cpus:,domu-memory:,domu-cpus:,kernel:,initrd:,append:,xen:,xen-append:,dtb:,elf:,el: \
    -l open:,timeout:,qemu:,busybox:,keep,prepare,help -- "$@") || give_up 'see --help'
eval set -- "$options"
while [ "$1" != -- ]; do
    case $1 in
    -h | --help)
        usage
        exit 0
        ;;
    --warm | --beside | --keep | --prepare)
        declare "${1#--}=1"
        shift
        continue
        ;;
    -g | --guest) guest=$2 ;;
    -o | --output) output=$2 ;;
    -n | --accesses) accesses=$2 ;;
    -c | --command) command=$2 ;;
    -m | --memory) memory=$2 ;;
    -t | --timeout) timeout=$2 ;;
    --qemu) own_qemu=$2 ;;
    *)
        name=${1#--}
        declare "${name//-/_}=$2"
        ;;
    esac
    shift 2
done
[ $# -eq 1 ] || give_up "$2: no operands are taken; see --help"

# mib NAME SIZE LOW HIGH: the size in MiB
mib() {
    local value=${2%[MG]}
    [[ $2 =~ ^[1-9][0-9]{0,5}[MG]$ ]] || give_up "--$1 $2: not a size like 512M or 2G"
    [ "${2: -1}" = M ] || value=$((value * 1024))
    if [ "$value" -lt "$3" ] || [ "$value" -gt "$4" ]; then give_up "--$1 $2: not between $3M and $4M"; fi
    echo "$value"
}

# whole NAME NUMBER LOW HIGH
whole() {
    if ! [[ $2 =~ ^[1-9][0-9]{0,11}$ ]] || [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ]; then
        give_up "--$1 $2: not a number from $3 to $4"
    fi
}

check_options() {
    local name memory_max=2048 # QEMU tells a kernel of one range of RAM, and above 2 GB the ZynqMP has two
    case $guest in
    dom0 | domU | dom0less | linux) cpus=${cpus:-4} ;;
    bare) cpus=${cpus:-1} memory_max=4096 ;;
    *) give_up "--guest $guest: neither dom0, domU, dom0less, linux nor bare" ;;
    esac
    memory_mib=$(mib memory "$memory" 1024 $memory_max)
    dom0_mib=$(mib dom0-memory "$dom0_memory" 128 4096)
    domu_mib=$(mib domu-memory "$domu_memory" 64 4096)
    [ $((dom0_mib + domu_mib + 256)) -le "$memory_mib" ] || [[ $guest = linux || $guest = bare ]] ||
        give_up "--memory $memory: too little for Xen (256M), dom0 ($dom0_memory) and domU ($domu_memory)"
    whole accesses "$accesses" 1 1000000000
    whole timeout "$timeout" 1 86400
    whole cpus "$cpus" 1 4
    whole dom0-cpus "$dom0_cpus" 1 4
    whole domu-cpus "$domu_cpus" 1 4
    whole el "$el" 1 2
    [[ -z $open || $open =~ ^0x[0-9a-fA-F]{1,16}$ ]] || give_up "--open $open: not an address like 0x80000"
    [[ -z $beside || $guest = dom0 ]] || give_up '--beside goes with --guest dom0'
    [[ $guest != bare || -n $elf || -n $prepare ]] || give_up '--guest bare wants --elf FILE'
    [[ $guest != bare || $el = 2 || $cpus = 1 ]] || give_up '--el 1 has one core: nothing tells more apart there'
    for name in kernel initrd dtb xen elf busybox; do
        [ -z "${!name}" ] || [ -r "${!name}" ] || give_up "--$name ${!name}: cannot be read"
    done
    output=${output:-$top/build/capture/$guest.swt}
    for name in kernel initrd dtb xen elf busybox; do
        [[ -z ${!name} || ! ${!name} -ef $output ]] || give_up "-o $output: is also an input (--$name)"
    done
    [ -z "$elf" ] || [ "$(head -c 20 "$elf" | od -An -tx1 | tr -d ' \n' | cut -c '1-10,37-40')" = 7f454c4602b700 ] ||
        give_up "--elf $elf: no 64-bit ELF of AArch64"
    # QEMU takes a comma for the end of an option's value; so does the file's own name.
    for name in kernel initrd elf; do
        [[ ${!name} != *,* ]] || give_up "--$name ${!name}: QEMU takes no file name with a comma"
    done
    [ ! -d "$output" ] || give_up "-o $output: is a folder"
    [ -d "$(dirname "$output")" ] || [[ $output = "$top"/build/capture/* ]] || give_up "-o $output: no such folder"
}

check_options
programs=${CAPTURE_PROGRAMS:-$top/build/release}
cache=${CAPTURE_CACHE:-$top/build/capture}
for program in capture capture-plugin.so stagewalk; do
    [ -e "$programs/$program" ] || give_up "$programs/$program is missing: run \`make capture\`, which builds it"
done
[[ $cache$programs != *[,\"\'\\]* ]] || give_up "$cache: QEMU and apt take no folder with a comma, quote or backslash"
mkdir -p "$cache"
run=$(mktemp -d "$cache/run.XXXXXX")
qemu_pid=
cleanup() {
    [ -z "$qemu_pid" ] || kill "$qemu_pid" 2>/dev/null || true
    [ -n "$keep" ] || rm -rf "$run"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# shellcheck source=tools/capture/packages.sh
. "$here/packages.sh"
# shellcheck source=tools/capture/machine.sh
. "$here/machine.sh"

# ---- Capture, convert, verify ---------------------------------------------------------------------------------------

exec 9>"$cache/lock"
flock 9 # one fetches, the others wait
find_qemu "$own_qemu"
if [ -n "$prepare" ]; then
    [ "$guest" = bare ] || find_guest_files
    exit 0
fi
build_machine
exec 9>&-
boot
if grep -a 'stagewalk: the command ended' "$run/console" >"$run/status"; then
    say "in the guest, $(sed 's/.*stagewalk: //' "$run/status" | tr -cd '[:print:]'); its last words:"
    sed '1,/stagewalk: window opens/d; /stagewalk: the command ended/,$d; s/^/  /' "$run/console" | tr -cd '[:print:]\n' >&2
fi
say 'converting'
"$programs/capture" convert --source "$source_text" -o "$run/trace.swt" "$run" >&2 ||
    give_up 'the raw capture cannot be converted'
if ! "$programs/stagewalk" replay -q --verify "$run/trace.swt" >"$run/verify" 2>&1; then
    cat "$run/verify" >&2
    cp "$run/trace.swt" "$cache/unverified.swt"
    say "the trace does not verify: above, where QEMU and the models differ; it is kept as $cache/unverified.swt"
    exit 1
fi
mkdir -p "$(dirname "$output")"
if ! cp "$run/trace.swt" "$output.part.$$" || ! mv "$output.part.$$" "$output"; then
    rm -f "$output.part.$$"
    give_up "$output: cannot be written"
fi
"$programs/stagewalk" replay --verify "$output" | sed -n '/^Compared with the trace/,/^$/p'
say "$output: verified, $(stat -c %s "$output") bytes; source: $source_text"
[ -z "$keep" ] || say "the raw capture is in $run"
