#!/usr/bin/env bash
# Checks that each command's help names the options that it accepts, no more and no less, and what is made of it: manual
# pages and completions.
#
#   tools/check-manual.sh PROGRAM
#
# What needs a program that is not there is told as `none` and not counted. The last line is `manual: N passed, M failed`.
set -u
program=$(realpath "${1:?usage: tools/check-manual.sh PROGRAM}") || exit 1
cd "$(dirname "$0")/.." || exit 1
export PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0

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

# have PROGRAM NAME
have() {
    command -v "$1" >/dev/null || { printf '  none   %s: no %s here\n' "$2" "$1" && return 1; }
}

verdict 'each option is accepted and in the help' "$(python3 tools/manual/manual.py --check "$program" 2>&1)"
verdict 'pages and completions are made' "$(python3 tools/manual/manual.py "$program" "$tmp" 2>&1)"
verdict 'and are the same bytes again' \
    "$(python3 tools/manual/manual.py "$program" "$tmp/again" 2>&1; for d in man completion; do diff -r "$tmp/$d" "$tmp/again/$d"; done)"

# ---- A help and a command line that differ --------------------------------------------------------------------------

cat >"$tmp/liar" <<END
#!/bin/sh
"$program" "\$@" | if [ "\$1 \$3" = 'help run' ]; then sed "\$LIE"; else cat; fi
END
chmod +x "$tmp/liar"

# lie NAME SED-SCRIPT EXPECTED: changes what `help --options run` prints
lie() {
    local told
    told=$(LIE=$2 python3 tools/manual/manual.py --check "$tmp/liar" 2>&1)
    [ "$told" = "stagewalk run$3" ] && told=''
    verdict "found: $1" "$told"
}

lie 'an option without help' '1i --nonsense' ' accepts --nonsense, of which its help says nothing'
lie 'a letter without help' 's/^--annotate/-a, &/' ' accepts -a, but its help has only --annotate'
lie 'help without an option' '/^--annotate/d' ': its help has --annotate, which it does not accept'
lie 'a value that is not taken' 's/^--engine VALUE/--engine/' ': --engine takes no value, its help tells otherwise'
lie 'a value that is not told' 's/--engine tlm|fast /--engine            /' ': --engine takes a value, its help tells otherwise'

# ---- Pages ----------------------------------------------------------------------------------------------------------

! have mandoc 'lint of pages' || verdict 'mandoc finds nothing in the pages' "$(cd "$tmp/man" && mandoc -Tlint ./*.1 2>&1)"
! have man 'warnings on pages' || verdict 'man warns of nothing' \
    "$(for page in "$tmp"/man/*.1; do man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null; done)"
# The commands are those that the sources declare.
verdict 'a page for each command, and no other' "$(
    sed -n 's/^int cmd_\([a-z_]*\)(int argc.*/stagewalk-\1.1/p' sim/commands.h sim/trace/cmd_trace*.h | tr _ - | sort >"$tmp/declared"
    (cd "$tmp/man" && ls stagewalk-*) | sort | diff "$tmp/declared" -
)"

# What a page says is what the help says: all its words, in their order, but for `usage:` and the headings.
! have mandoc 'text of pages' || verdict 'a page says what the help says' "$(
    for name in $(sed 's/^stagewalk-//; s/\.1$//' "$tmp/declared"); do
        mandoc -Tutf8 -O width=100 "$tmp/man/stagewalk-$name.1" | col -b | tr -s ' \n\t' '\n' | sort -u >"$tmp/said"
        # shellcheck disable=SC2086
        "$program" help ${name/-/ } | grep -v '^Exit status' | tr -s ' \n\t' '\n' | tr -d '`' | sort -u |
            grep -vxE "usage:|\[?options\]?|[^A-Za-z]*|.*'.*|Examples:" | comm -23 - "$tmp/said" | sed "s/^/not in $name: /"
    done
)"

# ---- Completions ----------------------------------------------------------------------------------------------------

# What is completed: the line, | and words that must be offered; !WORD must not.
cat >"$tmp/rows" <<'END'
stagewalk re|replay !run
stagewalk |merge trace help
stagewalk help tr|trace
stagewalk help trace c|cat cut !pack
stagewalk trace |cat pack !replay
stagewalk trace cat --re|--records --recover !--verify
stagewalk replay --ver|--verify
stagewalk replay --engine |tlm fast !--verify
stagewalk replay --xen xen|xen-4.17 !seed
stagewalk trace info --format |lackey champsim
stagewalk map --linux |6.1 4.x
stagewalk explain --kind |load store fetch
stagewalk lint --only asid|asid-reused !vmid-reused
stagewalk replay -C cost.dd|cost.ddr=
stagewalk replay -C cache.l2.pol|cache.l2.policy=lru
stagewalk params cost.dd|cost.ddr
stagewalk replay traces/FO|traces/FORMAT.md !--verify
stagewalk replay --json traces/FO|traces/FORMAT.md
stagewalk replay --top |!traces !10
END

# offered SHELL: runs each row through the function complete_in_SHELL
offered() {
    local line wanted word got missing=''
    while IFS='|' read -r line wanted; do
        got=" $("complete_in_$1" "$line" | tr '\n' ' ')"
        for word in $wanted; do
            case $word in
            !*) [[ $got != *" ${word#!} "* ]] || missing+="$line: offers ${word#!}"$'\n' ;;
            *) [[ $got == *" $word "* ]] || missing+="$line: offers $got, not $word"$'\n' ;;
            esac
        done
    done <"$tmp/rows"
    printf '%s' "$missing"
}

complete_in_bash() {
    bash --norc -c '
        compopt() { :; } # only within a completion
        . "$1" && complete -p stagewalk >/dev/null || exit
        read -ra COMP_WORDS <<<"$2"
        [[ $2 != *" " ]] || COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _stagewalk
        printf "%s\n" "${COMPREPLY[@]}"' bash "$tmp/completion/bash" "$1" 2>&1
}

complete_in_fish() {
    fish --no-config -c "source $tmp/completion/fish; complete -C '$1'" 2>&1 | cut -f 1
}

verdict 'bash reads its completion' "$(bash -n "$tmp/completion/bash" 2>&1)"
verdict 'bash completes' "$(offered bash)"
verdict 'bash: --engine=f, of which it makes three words' "$(
    bash --norc -c 'compopt() { :; }; . "$1"; COMP_WORDS=(stagewalk replay --engine = f) COMP_CWORD=4; _stagewalk
        [ "${COMPREPLY[*]}" = fast ] || echo "${COMPREPLY[@]}"' bash "$tmp/completion/bash" 2>&1)"
! have fish 'completion of fish' || verdict 'fish completes' "$(offered fish)"
if have zsh 'completion of zsh'; then
    mkdir "$tmp/zsh"
    cp "$tmp/completion/zsh" "$tmp/zsh/_stagewalk"
    verdict 'zsh reads its completion' "$(zsh -n "$tmp/zsh/_stagewalk" 2>&1)"
    verdict 'zsh completes' "$(
        zsh -f tools/manual/complete.zsh "$tmp/zsh" 'stagewalk replay --eng' 'replay --engine' 2>&1
        zsh -f tools/manual/complete.zsh "$tmp/zsh" 'stagewalk trace cat --format champ' 'champsim' 2>&1
    )"
fi

echo "manual: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
