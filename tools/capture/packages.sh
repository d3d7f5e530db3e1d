# shellcheck shell=bash disable=SC2154,SC2034 # capture.sh has set what is used here, and uses what is set
# Debian's packages beside the system: sourced by capture.sh, which has set `cache` and `say`, `give_up`.
#
# A private apt has its own lists, sources and cache below $cache/apt: nothing of the system is changed, no rights are
# needed. Its mirror is the one that the machine's own apt names; apt itself checks signatures and hashes.

qemu_wanted=9.2 # the first with version 4 of the plugin API
apt_log=
apt_prepared=

# version_reaches WANTED FOUND
version_reaches() { dpkg --compare-versions "$2" ge "$1"; }

qemu_version() { "$@" --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p'; }

private_apt() {
    local command=$1
    shift
    APT_CONFIG=$cache/apt/apt.conf "$command" -q -o Acquire::Retries=1 -o Acquire::http::Timeout=20 \
        -o Acquire::https::Timeout=20 "$@"
}

# Prints `URI RELEASE` of each part of Debian that the machine's apt knows.
known_sources() {
    # shellcheck disable=SC2016 # apt's own fields
    apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
        awk -v name="$1" '$1 == "Debian" && $2 == "main" && ($4 == name || $4 == name "-updates" || $4 == name "-security") {
            print $3, $4 }' | sort -u
}

# Makes the private apt and has it read the lists.
prepare_apt() {
    local native name uri release key=/usr/share/keyrings/debian-archive-keyring.gpg option
    [ -z "$apt_prepared" ] && [ ! -e "$cache/apt/ready" ] || return 0
    if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
        give_up 'not a Debian system: give --qemu, --kernel, --xen, --dtb and --busybox, or capture on a Debian 12 or later'
    fi
    native=$(dpkg --print-architecture)
    name=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    rm -rf "$cache/apt"
    mkdir -p "$cache/apt"/{none,lists/partial,archives/partial}
    apt_log=$cache/apt/log
    known_sources "$name" >"$cache/apt/known"
    [ -s "$cache/apt/known" ] ||
        give_up "the machine's apt has no source of Debian main: see \`apt-get indextargets\` and add one"
    option="arch=$native,arm64"
    [ ! -r "$key" ] || option+=" signed-by=$key"
    while read -r uri release; do
        echo "deb [$option] $uri $release main"
        [ "$release" != "$name" ] || echo "deb [$option] $uri $name-backports main"
    done <"$cache/apt/known" >"$cache/apt/sources.list"
    cp /var/lib/dpkg/status "$cache/apt/status"
    (
        umask 077 # proxies may have passwords
        apt-config dump | grep '^Acquire::[^ ]*[a-z] ' || true
        cat <<END
Dir::Etc::main "/dev/null";
Dir::Etc::parts "$cache/apt/none";
Dir::Etc::sourcelist "$cache/apt/sources.list";
Dir::Etc::sourceparts "$cache/apt/none";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "$cache/apt/none";
Dir::State "$cache/apt";
Dir::State::lists "$cache/apt/lists";
Dir::State::status "$cache/apt/status";
Dir::Cache "$cache/apt";
Dir::Cache::archives "$cache/apt/archives";
APT::Architecture "$native";
APT::Architectures { "$native"; "arm64"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
END
    ) >"$cache/apt/apt.conf"
    say "reading the package lists of $name"
    apt_prepared=1
    if private_apt apt-get update --error-on=any >"$apt_log" 2>&1; then
        touch "$cache/apt/ready"
        return
    fi
    # A mirror may lack one list, of arm64 or of the backports, and have what is needed now.
    private_apt apt-get update >>"$apt_log" 2>&1 || true
    compgen -G "$cache/apt/lists/*_Packages*" >/dev/null || fetch_failed 'the package lists'
}

fetch_failed() {
    tail -n 6 "$apt_log" | sed 's/^/  /' >&2
    give_up "cannot fetch $1: is there a network, and does the machine's apt work?"
}

# candidate PACKAGE [OPTION...]: the upstream version that apt would install
candidate() {
    local package=$1
    shift
    private_apt apt-cache "$@" policy "$package" | sed -n 's/^  Candidate: \([0-9]*:\)\{0,1\}\([0-9.]*\).*/\2/p'
}

# Downloads QEMU and what it lacks on this machine, and unpacks all of it into $cache/host.
fetch_qemu() {
    local name release=() deb
    apt_log=$cache/apt/log
    prepare_apt
    name=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    version_reaches "$qemu_wanted" "$(candidate qemu-system-arm)" || release=(-t "$name-backports")
    version_reaches "$qemu_wanted" "$(candidate qemu-system-arm "${release[@]}")" ||
        give_up "no package of QEMU $qemu_wanted or later for $name; Debian 12 has it in backports. Give --qemu PROGRAM"
    say 'fetching QEMU'
    rm -f "$cache/apt/archives"/*.deb
    private_apt apt-get install -y --download-only --no-install-recommends "${release[@]}" qemu-system-arm \
        >"$apt_log" 2>&1 || fetch_failed QEMU
    rm -rf "$cache/host.new" "$cache/host"
    mkdir -p "$cache/host.new"
    for deb in "$cache/apt/archives"/*.deb; do dpkg -x "$deb" "$cache/host.new"; done
    rm -f "$cache/apt/archives"/*.deb
    mv "$cache/host.new" "$cache/host"
}

# Sets `qemu`, the command: --qemu's, the system's when new enough, else one of Debian's packages.
find_qemu() {
    local system version libs
    if [ -n "${1-}" ]; then
        qemu=("$1")
        version=$(qemu_version "$1")
        [ -n "$version" ] || give_up "$1: not a QEMU that can be run"
        version_reaches "$qemu_wanted" "$version" ||
            give_up "$1: QEMU $version; its plugins can read neither registers nor stored values before $qemu_wanted"
        return
    fi
    system=$(command -v qemu-system-aarch64 || true)
    if [ -n "$system" ] && version_reaches "$qemu_wanted" "$(qemu_version "$system")"; then
        qemu=("$system")
        return
    fi
    [ -x "$cache/host/usr/bin/qemu-system-aarch64" ] || fetch_qemu
    libs=$(find "$cache/host/usr/lib" -maxdepth 1 -name '*-linux-gnu' | head -n 1)
    # Some packages have their libraries in /lib, which is no link to /usr/lib here. Without the folder of its own modules it
    # aborts on those of an older QEMU of the system.
    qemu=(env LD_LIBRARY_PATH="$libs:$cache/host/lib/${libs##*/}" QEMU_MODULE_DIR="$libs/qemu" "$cache/host/usr/bin/qemu-system-aarch64"
        -L "$cache/host/usr/share/qemu")
    [ -n "$(qemu_version "${qemu[@]}")" ] || {
        "${qemu[@]}" --version >&2 || true
        rm -rf "$cache/host"
        give_up 'the QEMU just unpacked cannot be run'
    }
}

# Downloads kernel, Xen and busybox for arm64, and unpacks what is needed of them into $cache/arm64.
fetch_guest() {
    local kernel xen deb
    [ ! -d "$cache/arm64" ] || return 0
    apt_log=$cache/apt/log
    prepare_apt
    kernel=$(private_apt apt-cache depends linux-image-arm64:arm64 2>/dev/null |
        sed -n 's/^ *Depends: \(linux-image-[^:]*\).*/\1/p' | head -n 1) || true
    xen=$(private_apt apt-cache pkgnames xen-hypervisor- | sed 's/:arm64$//' | grep -E '^xen-hypervisor-[0-9.]+-arm64$' |
        sort -V | tail -n 1) || true
    if [ -z "$kernel" ] || [ -z "$xen" ]; then
        give_up "the mirror has no linux-image-arm64 or no xen-hypervisor of arm64: see $cache/apt/log"
    fi
    say "fetching $kernel, $xen and busybox-static for arm64"
    rm -rf "$cache/arm64.new"
    mkdir -p "$cache/arm64.new/debs"
    (cd "$cache/arm64.new/debs" && private_apt apt-get download "$kernel:arm64" "$xen:arm64" busybox-static:arm64) \
        >"$apt_log" 2>&1 || fetch_failed 'the packages of the guest'
    for deb in "$cache/arm64.new/debs"/*.deb; do
        dpkg --fsys-tarfile "$deb" | tar -x -C "$cache/arm64.new" --wildcards './boot/vmlinuz-*' './boot/xen-*' \
            './bin/busybox' './usr/bin/busybox' './usr/lib/linux-image-*/xilinx/*' 2>/dev/null || true
    done
    rm -rf "$cache/arm64.new/debs"
    mv "$cache/arm64.new" "$cache/arm64"
}

# newest PATTERN: the one file below $cache/arm64 that a pattern of find fits
newest() {
    local file
    file=$(find "$cache/arm64" -path "$cache/arm64/$1" -type f | sort -V | tail -n 1)
    [ -n "$file" ] || give_up "the packages hold no $1: remove $cache/arm64 and try again"
    printf '%s\n' "$file"
}
