#!/usr/bin/env bash
# Installs below a folder, moves the tree elsewhere, builds a C and a C++ program on it alone, runs what is installed, and takes
# it away again. Called by `make install-check`, which has built everything.
#
#   MODE=... CC=... CXX=... CFLAGS=... tools/check-install.sh BUILD_DIR
#
# `make foreign` is the thorough one; this is quick. The last line is `install: N passed, M failed`.
set -u
build=$(realpath "$1")
dir=$build/staged
tree=$dir/moved/opt
passed=0 failed=0
unset PKG_CONFIG_PATH DESTDIR PREFIX LIBDIR DOCDIR ZSHDIR

# verdict NAME FINDINGS: none is a pass.
verdict() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
        printf '  ok     %s\n' "$1"
    else
        failed=$((failed + 1))
        printf '  FAIL   %s\n' "$1"
        head -n 20 <<<"$2" | sed 's/^/         /'
    fi
}

# quiet COMMAND...: prints what the command says only if it fails, or if it failed without a word, that it did.
quiet() {
    local said
    said=$("$@" 2>&1) || printf '%s\n' "${said:-exit status $?}"
}

# making TARGET ROOT: make, with what is installed as a packager would have it: not all below one PREFIX/lib. Flags of ours in
# its environment would have it build all anew.
making() {
    env -u CFLAGS ${MAKE-make} --no-print-directory "$1" MODE="$MODE" CC="$CC" CXX="$CXX" DESTDIR="$2" PREFIX=/opt/tools \
        LIBDIR=/opt/tools/lib/some-arch
}

rm -rf "$dir"
mkdir -p "$dir/source" "$dir/out"
verdict 'make install' "$(quiet making install "$dir/root")"
mkdir -p "$dir/moved"
mv "$dir/root/opt" "$tree"
rmdir "$dir/root" 2>/dev/null
verdict 'nothing is written beside DESTDIR/PREFIX' "$([ ! -e "$dir/root" ] || find "$dir/root")"
prefix=$tree/tools lib=$tree/tools/lib/some-arch
export PKG_CONFIG_LIBDIR=$lib/pkgconfig:$(pkg-config --variable pc_path pkg-config) LD_LIBRARY_PATH=$lib
# the kernel's threads have stacks of their own, and it frees nothing at the end
export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_stack_use_after_return=0:detect_leaks=0"

# ---- Libraries ------------------------------------------------------------------------------------------------------

cp tests/foreign/c_only.c "$dir/source/"
cat >"$dir/source/two_cores.cpp" <<'END'
#include "sim/tlm/cluster.h"
#include "platforms/zynqmp/params.h"

int sc_main(int, char **)
{
    struct config config;
    params_default(&config);
    stagewalk::context shared(config);
    stagewalk::cluster a53("a53", shared, 2);
    return a53.in.size() == 2 ? 0 : 1;
}
END
# shellcheck disable=SC2086,SC2046
build_c() { (cd "$dir/source" && $CC -std=c11 $CFLAGS -o ../out/c c_only.c $(pkg-config --cflags --libs stagewalk-models)); }
# shellcheck disable=SC2086,SC2046
build_cpp() {
    (cd "$dir/source" && $CXX -std=c++17 $CFLAGS -o ../out/cpp two_cores.cpp $(pkg-config --cflags --libs stagewalk-tlm))
}
# shellcheck disable=SC2086,SC2046
build_static() {
    (cd "$dir/source" && $CC -std=c11 $CFLAGS -o ../out/static c_only.c $(pkg-config --cflags stagewalk-models) \
        "$(pkg-config --variable=libdir stagewalk-models)/libstagewalk-models.a")
}
verdict 'a C program builds on the moved tree' "$(quiet build_c)"
verdict 'and runs' "$(quiet "$dir/out/c")"
verdict 'and with the static library' "$(quiet build_static; quiet "$dir/out/static")"
verdict 'a C++ program with SystemC builds' "$(quiet build_cpp)"
verdict 'and runs' "$(quiet "$dir/out/cpp")"
version=$(pkg-config --modversion stagewalk-tlm 2>&1)
verdict 'libraries are versioned' "$(
    for name in models tlm; do
        file=$lib/libstagewalk-$name.so
        [ "$(realpath "$file")" = "$file.$version" ] || echo "$file leads to $(realpath "$file")"
        soname=$(readelf -dW "$file" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')
        [ "$soname" = "libstagewalk-$name.so.${version%%.*}" ] || echo "$file is $soname"
        [ -L "$lib/$soname" ] || echo "no link $soname"
    done)"

# ---- The program and its papers -------------------------------------------------------------------------------------

program=$prefix/bin/stagewalk
verdict 'the program tells the version of the libraries' \
    "$([ "$("$program" --version)" = "stagewalk $version" ] || echo "$version: $("$program" --version 2>&1)")"
verdict 'examples of the help run where examples are installed' "$(
    cd "$prefix/share/doc/stagewalk/examples" || exit
    for args in 'replay -q --verify traces/samples/foreign/pages.lackey.gz' 'run -q tests/golden/nested-walk.sw' \
        'merge -q --check tests/golden/merge-xen.csv' 'explain --el 0 tests/golden/nested-walk.sw 0x10'; do
        # shellcheck disable=SC2086
        quiet "$program" $args
    done
    for command in $("$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
        "$program" "$command" --help
    done | grep -oE '(traces/samples|tests/golden|platforms/xen/examples)/[A-Za-z0-9./_-]*[a-z]' | sort -u |
        while read -r file; do [ -e "$file" ] || echo "$file is named in a help, and not installed"; done)"
verdict 'pages name folders that exist' "$(
    grep -ho '^\.It Pa .*' "$prefix"/share/man/man1/*.1 | sort -u | while read -r _ _ file; do
        [ -e "$tree/${file#/opt/}" ] || echo "$file"
    done
    grep -l @ "$prefix"/share/man/man1/stagewalk.1)"
verdict 'a page for each command, completions, documents' "$(
    cd "$prefix/share" || exit
    for file in man/man1/stagewalk{,-replay,-trace-cat}.1 bash-completion/completions/stagewalk zsh/site-functions/_stagewalk \
        fish/vendor_completions.d/stagewalk.fish doc/stagewalk/{README.md,LICENSE,traces/FORMAT.md}; do
        [ -s "$file" ] || echo "no $file"
    done)"
verdict 'nothing is writable or executable that need not be' "$(
    find "$tree" -type f -perm /022
    find "$tree" -type f -perm /111 ! -path '*/bin/stagewalk' ! -name '*.so.*')"

# ---- Away with it ---------------------------------------------------------------------------------------------------

mkdir -p "$dir/again/opt/tools/share/man/man1"
touch "$dir/again/opt/tools/share/man/man1/other.1"
verdict 'make install, then uninstall' "$(quiet making install "$dir/again"; quiet making uninstall "$dir/again")"
verdict 'uninstall leaves nothing of ours' "$(
    find "$dir/again" \( -type f -o -type l \) ! -name other.1
    find "$dir/again" -type d -name '*stagewalk*')"
verdict 'and what is of others' "$([ -f "$dir/again/opt/tools/share/man/man1/other.1" ] || echo 'other.1 is gone')"
verdict 'a relative PREFIX is refused' "$(
    env -u CFLAGS ${MAKE-make} install MODE="$MODE" CC="$CC" CXX="$CXX" PREFIX=relative 2>&1 | grep -q "'relative' is no absolute path" ||
        echo 'it is not')"

echo "install: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
