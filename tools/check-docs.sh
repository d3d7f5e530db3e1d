#!/usr/bin/env bash
# Runs the examples that stand in documents, and compares what they print.
#
#   tools/check-docs.sh PROGRAM FILE.md...
#
# An example is a block of a document that begins with ```console: each line `$ COMMAND` is run by bash in the document's
# folder, with `stagewalk` standing for PROGRAM, and what it writes to both outputs must be the lines that follow it; a
# status other than 0 is a last line `[exit status N]`. A command's line that ends in a backslash goes on in the next.
# REWRITE=1 puts what was printed in the documents.
# The last line is `docs: N passed, M failed`.
set -u
program=$(realpath "${1:?usage: tools/check-docs.sh PROGRAM FILE.md...}") || exit 1
shift
limit=${TEST_SECONDS-300}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin"
ln -s "$program" "$tmp/bin/stagewalk"
PATH=$tmp/bin:$PATH
passed=0 failed=0

# run FOLDER COMMAND
run() {
    local status
    (cd "$1" && timeout -k 5 "$limit" bash -c "$2") </dev/null 2>&1
    status=$?
    [ $status -eq 0 ] || echo "[exit status $status]"
}

# answer FILE: the document with its examples as they are now; the count of commands goes to $tmp/count
answer() {
    local folder line command inside='' count=0
    folder=$(dirname "$1")
    while IFS= read -r line; do
        case "$inside$line" in
        '```console'*) inside=yes ;;
        'yes```') inside='' ;;
        'yes$ '*)
            command=${line#'$ '}
            printf '%s\n' "$line"
            while [[ $command == *\\ ]] && IFS= read -r line; do
                printf '%s\n' "$line"
                command=${command%\\}$line
            done
            run "$folder" "$command"
            count=$((count + 1))
            continue
            ;;
        yes*) continue ;;
        esac
        printf '%s\n' "$line"
    done <"$1"
    echo "$count" >"$tmp/count"
}

for file; do
    answer "$file" >"$tmp/now"
    count=$(cat "$tmp/count")
    if [ -n "${REWRITE-}" ]; then
        cp "$tmp/now" "$file"
    fi
    if [ "$count" -eq 0 ]; then
        failed=$((failed + 1))
        printf '  FAIL   %s: no example\n' "$file"
    elif diff -u "$file" "$tmp/now" >"$tmp/diff"; then
        passed=$((passed + 1))
        printf '  ok     %s: %s\n' "$file" "$count"
    else
        failed=$((failed + 1))
        printf '  FAIL   %s: prints something else\n' "$file"
        tail -n +3 "$tmp/diff" | head -n 40 | sed 's/^/         /'
    fi
done
echo "docs: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
