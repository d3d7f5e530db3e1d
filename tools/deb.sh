#!/usr/bin/env bash
# Makes Debian packages of the tree as it is, in build/deb, and lets lintian judge them. Called by `make deb`.
#
#   tools/deb.sh [--check]
#
# The source is what git has, changes included, with tools/debian as its debian/: names of libraries, what is needed to build,
# version, date and maintainer are filled in. The date is that of the last commit, the maintainer DEBFULLNAME and DEBEMAIL or
# who made that commit, so the same commit gives the same bytes. --check makes them twice, in different folders, compares, and
# installs them in a root of their own, to run and to build with what they hold. The last line of --check is `deb: N passed, M failed`.
set -euo pipefail
cd "$(dirname "$0")/.."
top=$PWD/build/deb
version=$(sed -n 's/^.define STAGEWALK_VERSION "\(.*\)"/\1/p' sim/version.h)
if [ -z "${SOURCE_DATE_EPOCH-}" ] && ! SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null); then
    echo 'deb: no git repository; say by SOURCE_DATE_EPOCH how old the sources are' >&2
    exit 2
fi
export SOURCE_DATE_EPOCH
maintainer="${DEBFULLNAME:-$(git log -1 --format=%an)} <${DEBEMAIL:-$(git log -1 --format=%ae)}>"

# assemble DIR: the source tree
assemble() {
    local debian=$1/debian file needed years
    mkdir -p "$1"
    git ls-files -z | xargs -0 -r ls -d 2>/dev/null | tar -cf - -T - | tar -xf - -C "$1"
    cp -r tools/debian "$debian"
    # build-essential is there without being named
    needed=$(tools/install-deps.sh list build | grep -vxE 'gcc|g\+\+|libc6-dev|make' | sed 's/^python3$/&:any/' | paste -sd, | sed 's/,/, /g')
    years=$(git log --format=%cd --date=format:%Y | sort -u | sed -n '1p;$p' | uniq | paste -sd-)
    sed -i "s/@SOVERSION@/${version%%.*}/; s/@MAINTAINER@/$(sed 's|[&/\\]|\\&|g' <<<"$maintainer")/; s/@BUILD_DEPENDS@/$needed/; s/@YEARS@/$years/" \
        "$debian/control" "$debian/copyright"
    for file in "$debian"/*@SOVERSION@*; do
        mv "$file" "${file//@SOVERSION@/${version%%.*}}"
    done
    printf 'stagewalk (%s) unstable; urgency=medium\n\n  * As of %s.\n\n -- %s  %s\n' "$version" \
        "$(git rev-parse --short=12 HEAD)" "$maintainer" "$(LC_ALL=C date -uRd "@$SOURCE_DATE_EPOCH")" >"$debian/changelog"
}

# packages DIR: builds below it
packages() {
    rm -rf "$1"
    assemble "$1/stagewalk-$version"
    echo "deb: building in ${1#"$PWD"/}"
    if ! (cd "$1/stagewalk-$version" && MAKEFLAGS='' dpkg-buildpackage -us -uc -b "-j$(nproc)") >"$1/build.log" 2>&1; then
        tail -n 40 "$1/build.log" >&2
        echo "deb: dpkg-buildpackage has failed; all it said is in $1/build.log" >&2
        exit 1
    fi
}

passed=0 failed=0
# verdict NAME FINDINGS: none is a pass.
verdict() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
        printf '  ok     %s\n' "$1"
    else
        failed=$((failed + 1))
        printf '  FAIL   %s\n' "$1"
        head -n 40 <<<"$2" | sed 's/^/         /'
    fi
}

judge() { lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$top"/*.changes 2>&1; }

# in_root ARGUMENT...: dpkg on a root of its own, which knows none of the system's packages and runs none of their scripts.
in_root() {
    fakeroot dpkg --root="$top/target" --force-depends --force-not-root --force-script-chrootless --no-triggers "$@" \
        >"$top/dpkg.log" 2>&1 || tail -n 20 "$top/dpkg.log"
}

# Links the program in C with the library of the packages, whose pkg-config files tell where it is by where they are.
build_on_dev() {
    local pc
    pc=$(echo "$top"/target/usr/lib/*/pkgconfig)
    # shellcheck disable=SC2046
    PKG_CONFIG_LIBDIR=$pc gcc -std=c11 -o "$top/c_only" tests/foreign/c_only.c \
        $(PKG_CONFIG_LIBDIR=$pc pkg-config --cflags --libs stagewalk-models) 2>&1
    LD_LIBRARY_PATH=${pc%/pkgconfig} "$top/c_only" 2>&1 >/dev/null || echo "exit status $?"
}

# Installs all packages in an empty root, tries what they hold, and removes them.
try() {
    local root=$top/target program=$top/target/usr/bin/stagewalk
    mkdir -p "$root/var/lib/dpkg"/{info,updates,triggers}
    touch "$root/var/lib/dpkg/status"
    verdict 'dpkg installs them in an empty root' "$(in_root --unpack "$top"/*.deb)"
    verdict 'the program runs there' "$(
        cd "$root/usr/share/doc/stagewalk/examples" && {
            [ "$("$program" --version)" = "stagewalk $version" ] || echo "another version than $version"
            "$program" replay -q --verify traces/samples/zcu102-domU.swt 2>&1 || echo "exit status $?"
            "$program" run -q tests/golden/nested-walk.sw 2>&1 || echo "exit status $?"
        })"
    verdict 'a C program is built with the development package' "$(build_on_dev)"
    verdict 'the models do without SystemC and C++' \
        "$(dpkg-deb -f "$top"/libstagewalk-models*_"$version"_*.deb Depends | grep -oE 'libsystemc[^,]*|libstdc[^,]*' || true)"
    # shellcheck disable=SC2046
    verdict 'purged, they leave nothing' "$(
        in_root --purge $(for deb in "$top"/*.deb; do dpkg-deb -f "$deb" Package; done)
        find "$root" -path "$root/var/lib/dpkg" -prune -o ! -type d -print)"
}

case ${1-} in
'') ;;
--check) export CCACHE_DISABLE=1 ;; # lest the second build be the first one's objects
*)
    echo 'usage: tools/deb.sh [--check]' >&2
    exit 2
    ;;
esac
rm -rf "$top"
packages "$top"
ls "$top"/*.deb | sed "s|^$PWD/|  |"
case ${1-} in
'')
    judge
    echo "deb: lintian finds nothing wrong"
    ;;
--check)
    verdict 'lintian finds nothing wrong' "$(judge || true)"
    packages "$top/again/elsewhere"
    verdict 'the same bytes again, built in another folder' "$(
        for deb in "$top"/*.deb; do cmp "$deb" "$top/again/elsewhere/${deb##*/}" 2>&1 || true; done)"
    try
    echo "deb: $passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    ;;
esac
