#!/usr/bin/env bash
# Makes the text of the page that --html writes, in two halves between which the program puts the data.
#
#   tools/page.sh OUT_DIR [D3 LICENCE]     writes OUT_DIR/before.html and OUT_DIR/after.html; empty ones without D3
#
# D3 is the library as one file, LICENCE its copyright and terms, which go into every page as a comment. The page's own
# parts are sim/html/page/*: page.html is the frame, whose lines `@css@`, `@data@`, `@library@` and `@code@` are replaced.
set -euo pipefail
out=$1 d3=${2-} licence=${3-}
source=$(dirname "$0")/../sim/html/page
mkdir -p "$out"

if [ -z "$d3" ] || [ ! -f "$d3" ] || [ ! -f "$licence" ]; then
    : >"$out/before.html"
    : >"$out/after.html"
    echo "page: no D3 (node-d3 of Debian): the program is built without --html" >&2
    exit 0
fi

# What stands in a script or style element may not end it.
contained() {
    if grep -qi -e '</script' -e '</style' -e '<!--' "$@"; then
        echo "page: one of $* would end the element it stands in" >&2
        exit 1
    fi
}

library() {
    contained "$d3"
    echo '/* D3, which draws the charts of this page. Its copyright and terms:'
    sed 's|\*/|* /|g; s|</|< /|g' "$licence"
    echo '*/'
    cat "$d3"
    echo
}

# parts EXTENSION: all of a kind, in the order of their names.
parts() {
    contained "$source"/*."$1"
    cat "$source"/*."$1"
}

half=before
: >"$out/before.html"
: >"$out/after.html"
while IFS= read -r line; do
    case $line in
    @css@) parts css ;;
    @library@) library ;;
    @code@) parts js ;;
    @data@) half=after ;;
    *) printf '%s\n' "$line" ;;
    esac >>"$out/$half.html"
done <"$source/page.html"
truncate -s -1 "$out/before.html" # the data follow `>` at once
