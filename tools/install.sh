#!/usr/bin/env bash
# Installs what has been built: program, headers, libraries, pkg-config files; or takes it away again. Called by
# `make install` and `make uninstall`.
#
#   [DESTDIR=DIR] PREFIX=DIR LIBDIR=DIR VERSION=X.Y.Z SOVERSION=N HEADERS='FILE...' [D3_LICENCE=FILE]
#     tools/install.sh install|uninstall BUILD_DIR
#
# Headers keep their paths, below PREFIX/include/stagewalk: they include each other by them. The pkg-config files tell
# PREFIX by where they themselves lie, so that a tree under DESTDIR can be used where it is, and moved.
set -euo pipefail
action=$1 build=$2
root=${DESTDIR-}
bin=$root$PREFIX/bin include=$root$PREFIX/include/stagewalk lib=$root$LIBDIR doc=$root$PREFIX/share/doc/stagewalk
libraries=(stagewalk-models stagewalk-tlm)

# pc NAME DESCRIPTION REQUIRES
pc() {
    cat <<EOF
prefix=\${pcfiledir}/$(realpath -ms --relative-to="$LIBDIR/pkgconfig" "$PREFIX")
libdir=\${pcfiledir}/..
includedir=\${prefix}/include

Name: $1
Description: $2
Version: $VERSION
Requires: $3
Libs: -L\${libdir} -l$1
Cflags: -I\${includedir}/stagewalk
EOF
}

install_all() {
    local name header
    install -d "$bin" "$include" "$lib/pkgconfig"
    install -m 755 "$build/stagewalk" "$bin/stagewalk"
    if [ -s "$build/page/after.html" ]; then # the program holds D3
        install -D -m 644 "$D3_LICENCE" "$doc/d3-copyright"
    fi
    for header in $HEADERS; do
        install -D -m 644 "$header" "$include/$header"
    done
    for name in "${libraries[@]}"; do
        install -m 644 "$build/lib$name.a" "$lib/lib$name.a"
        install -m 755 "$build/lib$name.so.$SOVERSION" "$lib/lib$name.so.$SOVERSION"
        ln -sfn "lib$name.so.$SOVERSION" "$lib/lib$name.so"
    done
    pc stagewalk-models "C models of the Cortex-A53's two-stage MMU, its caches and their cost" '' \
        >"$lib/pkgconfig/stagewalk-models.pc"
    pc stagewalk-tlm "SystemC/TLM-2.0 modules of the Cortex-A53's MMU and cluster" 'stagewalk-models systemc' \
        >"$lib/pkgconfig/stagewalk-tlm.pc"
}

uninstall_all() {
    local name header
    rm -f "$bin/stagewalk"
    for name in "${libraries[@]}"; do
        rm -f "$lib/lib$name".{a,so,so."$SOVERSION"} "$lib/pkgconfig/$name.pc"
    done
    for header in $HEADERS; do
        rm -f "$include/$header"
    done
    rm -f "$doc/d3-copyright"
    [ ! -d "$doc" ] || rmdir --ignore-fail-on-non-empty "$doc"
    [ ! -d "$include" ] || find "$include" -depth -type d -empty -delete
}

case $action in
install) install_all ;;
uninstall) uninstall_all ;;
*)
    echo "usage: tools/install.sh install|uninstall BUILD_DIR" >&2
    exit 2
    ;;
esac
