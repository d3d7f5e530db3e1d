#!/usr/bin/env bash
# Installs what has been built: program, libraries, headers, pkg-config files, manual pages, completions, documents, examples;
# or takes it away again. Called by `make install` and `make uninstall`.
#
#   [DESTDIR=DIR] PREFIX=DIR LIBDIR=DIR DOCDIR=DIR ZSHDIR=DIR VERSION=X.Y.Z SOVERSION=N HEADERS='FILE...' \
#       [D3_LICENCE=FILE] tools/install.sh install|uninstall BUILD_DIR
#
# Headers keep their paths, below PREFIX/include/stagewalk: they include each other by them. Examples keep theirs, too, below
# DOCDIR/examples: so they are as the manual and the README name them. The pkg-config files tell PREFIX by where they
# themselves lie, so that a tree under DESTDIR can be used where it is, and moved. Only folders that nobody else has are
# taken away.
set -euo pipefail
action=$1 build=$2
root=${DESTDIR-}
share=$root$PREFIX/share include=$root$PREFIX/include/stagewalk lib=$root$LIBDIR doc=$root$DOCDIR
libraries=(stagewalk-models stagewalk-tlm)

for dir in "$PREFIX" "$LIBDIR" "$DOCDIR" "$ZSHDIR"; do
    case $dir in
    /*) ;;
    *)
        echo "install: '$dir' is no absolute path; PREFIX, LIBDIR, DOCDIR and ZSHDIR have to be" >&2
        exit 2
        ;;
    esac
done

# put MODE SOURCE DESTINATION: installs a file, or takes it away.
put() {
    if [ "$action" = install ]; then
        install -D -m "$1" "$2" "$3"
    else
        rm -f "$3"
    fi
}

# put_text DESTINATION COMMAND...: the same for what a command prints.
put_text() {
    local file=$1
    shift
    put 644 /dev/null "$file"
    [ "$action" != install ] || "$@" >"$file"
}

# put_link TARGET DESTINATION
put_link() {
    rm -f "$2"
    [ "$action" != install ] || ln -s "$1" "$2"
}

# pc NAME DESCRIPTION REQUIRES
pc() {
    cat <<END
prefix=\${pcfiledir}/$(realpath -ms --relative-to="$LIBDIR/pkgconfig" "$PREFIX")
libdir=\${pcfiledir}/..
includedir=\${prefix}/include

Name: $1
Description: $2
Version: $VERSION
Requires: $3
Libs: -L\${libdir} -l$1
Cflags: -I\${includedir}/stagewalk
END
}

put_libraries() {
    local name file header
    for name in "${libraries[@]}"; do
        file=lib$name.so
        put 644 "$build/lib$name.a" "$lib/lib$name.a"
        put 755 "$build/$file.$SOVERSION" "$lib/$file.$VERSION"
        put_link "$file.$VERSION" "$lib/$file.$SOVERSION"
        put_link "$file.$SOVERSION" "$lib/$file"
    done
    put_text "$lib/pkgconfig/stagewalk-models.pc" \
        pc stagewalk-models "C models of the Cortex-A53's two-stage MMU, its caches and their cost" ''
    put_text "$lib/pkgconfig/stagewalk-tlm.pc" \
        pc stagewalk-tlm "SystemC/TLM-2.0 modules of the Cortex-A53's MMU and cluster" 'stagewalk-models systemc'
    for header in $HEADERS; do
        put 644 "$header" "$include/$header"
    done
}

# The pages are those of an earlier version when they are taken away.
put_manual() {
    local page
    rm -f "$share"/man/man1/stagewalk{,-*}.1
    for page in "$build"/manual/man/*.1; do
        [ "$action" != install ] || put_text "$share/man/man1/${page##*/}" sed "s|@DOCDIR@|$DOCDIR|g" "$page"
    done
    put 644 "$build/manual/completion/bash" "$share/bash-completion/completions/stagewalk"
    put 644 "$build/manual/completion/zsh" "$root$ZSHDIR/_stagewalk"
    put 644 "$build/manual/completion/fish" "$share/fish/vendor_completions.d/stagewalk.fish"
}

put_documents() {
    local file
    for file in README.md LICENSE traces/*.md; do
        put 644 "$file" "$doc/$file"
    done
    if [ "$action" = uninstall ] || [ -s "$build/page/after.html" ]; then # the program holds D3
        put 644 "${D3_LICENCE-}" "$doc/d3-copyright"
    fi
    find traces/samples platforms/xen/examples tests/golden/*.{sw,csv} tests/golden/{explain,lint} -type f \
        ! -name '*~' ! -path 'tests/*.txt' | while IFS= read -r file; do
        put 644 "$file" "$doc/examples/$file"
    done
}

case $action in
install | uninstall) ;;
*)
    echo "usage: tools/install.sh install|uninstall BUILD_DIR" >&2
    exit 2
    ;;
esac
put 755 "$build/stagewalk" "$root$PREFIX/bin/stagewalk"
put_libraries
put_manual
put_documents
[ "$action" = install ] || for dir in "$include" "$doc"; do
    [ ! -d "$dir" ] || find "$dir" -depth -type d -empty -delete
done
