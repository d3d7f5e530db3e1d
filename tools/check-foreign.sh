#!/usr/bin/env bash
# Builds tests/foreign on an installed tree and nothing else, and runs it. Called by `make foreign`.
#
#   CC=... CXX=... CFLAGS=... CXXFLAGS=... tools/check-foreign.sh DIR
#
# DIR/tree is what `make install` with DESTDIR made; sources are copied to DIR/source, so that no header of this tree can
# stand in for one that is not installed. The last line is `foreign: N passed, M failed`.
set -u
dir=$(realpath "$1")
pc=$(find "$dir/tree" -name pkgconfig -type d)
export PKG_CONFIG_PATH=$pc LD_LIBRARY_PATH=${pc%/pkgconfig}
# the kernel's threads have stacks of their own, which this would take for misuse; and it frees nothing at the end
export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_stack_use_after_return=0:detect_leaks=0"
export UBSAN_OPTIONS="${UBSAN_OPTIONS-print_stacktrace=1}"
passed=0 failed=0

# verdict NAME REASON: an empty reason is a pass.
verdict() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
        printf '  ok     %s\n' "$1"
    else
        failed=$((failed + 1))
        printf '  FAIL   %s: %s\n' "$1" "$2"
    fi
}

# bench PROGRAM: it counts by itself.
bench() {
    local log=$dir/$1.log p=0 f=0 status
    timeout -k 5 "${TEST_SECONDS-300}" "$dir/out/$1" >"$log" 2>&1
    status=$?
    read -r p f <<<"$(awk '/^foreign: [0-9]+ passed, [0-9]+ failed$/ { print $2, $4 }' "$log")"
    [ "$status" -eq 0 ] || [ "${f:-0}" -gt 0 ] || f=1
    passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0}))
    printf '  %-6s %s: %d checks\n' "$([ "${f:-0}" -eq 0 ] && echo ok || echo FAIL)" "$1" "${p:-0}"
    [ "${f:-0}" -eq 0 ] || tail -n 40 "$log"
}

rm -rf "$dir/source" "$dir/out"
mkdir -p "$dir/source/tests" "$dir/out"
cp -r tests/foreign "$dir/source/tests/foreign"
if ! ${MAKE-make} --no-print-directory -C "$dir/source/tests/foreign" OUT="$dir/out" \
    CC="$CC" CXX="$CXX" CFLAGS="$CFLAGS" CXXFLAGS="$CXXFLAGS" >"$dir/build.log" 2>&1; then
    tail -n 40 "$dir/build.log"
    verdict 'build on the installed tree' 'failed'
    echo "foreign: $passed passed, $failed failed"
    exit 1
fi

bench bench
bench bench-static
for program in c_only c_only-static; do
    reason=$("$dir/out/$program" 2>&1 >/dev/null) || reason="exit status $? $reason"
    verdict "$program" "$reason"
    # of its own and of the models' library: what a sanitizer needs is not theirs
    verdict "$program is without SystemC and C++" \
        "$(readelf -dW "$dir/out/$program" "${pc%/pkgconfig}"/libstagewalk-models.so | grep -oE 'lib(systemc|stdc\+\+)[^]]*')"
done
verdict 'shared: linked to both libraries' \
    "$(for l in models tlm; do ldd "$dir/out/bench" | grep -q "libstagewalk-$l\.so\.[0-9]* => $dir" || echo "not $l"; done)"
verdict 'static: linked to neither' "$(ldd "$dir/out/bench-static" | grep -o 'libstagewalk[^ ]*')"
verdict 'no library has an sc_main' \
    "$(nm -A "${pc%/pkgconfig}"/libstagewalk-*.a 2>/dev/null | grep ' T .*sc_main')"

echo "foreign: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
