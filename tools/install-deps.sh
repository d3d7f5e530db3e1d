#!/usr/bin/env bash
# Installs the Debian packages that stagewalk is built with (`build`), tested with (`test`) and made Debian packages of with
# (`deb`), if they are missing. `list GROUP` prints what a group adds.
#
# This is the only place that lists them. It does nothing, and needs no rights, when all are there.
# Exit status: 0 all there; 1 apt-get failed; 2 wrong usage, or no right to install.
set -euo pipefail

build_packages=(
    gcc libc6-dev make pkg-config
    zlib1g-dev      # traces and gzipped scripts
    libdeflate-dev  # packed traces, read
    libjansson-dev  # --json
    libcsv-dev      # reading tables of numbers
    libelf-dev      # symbols, snapshots
    libfdt-dev      # device trees
    g++ libsystemc-dev  # cores in time
    python3  # manual pages and completions
    node-d3         # the charts of --html
)
test_packages=(
    clang libclang-rt-14-dev  # the second compiler; sanitizers and libFuzzer
    clang-format clang-tidy
    lld  # links test programs
    libcmocka-dev
    libxen-dev  # libxlutil, the judge of xl configuration files
    device-tree-compiler  # examples that begin with a board's device tree
    gzip time
    mandoc man-db zsh fish  # judges of manual pages and completions
    chromium fonts-dejavu-core  # pages are looked at
    openmpi-bin libopenmpi-dev  # `explore` under mpirun
)
deb_packages=(
    dpkg-dev debhelper fakeroot lintian
)

if [ $# -eq 2 ] && [ "$1" = list ]; then
    declare -n group=${2}_packages
    [ ${#group[@]} -eq 0 ] || printf '%s\n' "${group[@]}"
    exit
fi
case "${1-}" in
build) wanted=("${build_packages[@]}") ;;
test) wanted=("${build_packages[@]}" "${test_packages[@]}") ;;
deb) wanted=("${build_packages[@]}" "${deb_packages[@]}") ;;
*)
    echo "usage: tools/install-deps.sh build|test|deb | list build|test|deb" >&2
    exit 2
    ;;
esac

# The SystemC shell is part of the program where it is part of the tree.
if compgen -G "$(dirname "$0")/../sim/tlm/*.cpp" >/dev/null && [ "$1" = build ]; then
    wanted+=(libsystemc-dev g++)
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "install-deps: not a Debian system; please install what these packages hold: ${wanted[*]}" >&2
    exit 2
fi

missing=()
for package in "${wanted[@]}"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || true
    [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null && ! { [ -t 0 ] && sudo -v; }; then
        echo "install-deps: missing: ${missing[*]}" >&2
        echo "install-deps: neither root nor sudo; as root, run: apt-get install ${missing[*]}" >&2
        exit 2
    fi
    as_root=(sudo)
fi

echo "install-deps: installing ${missing[*]}"
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "install-deps: apt-get could not install ${missing[*]}" >&2
    exit 1
fi
