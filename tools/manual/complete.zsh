# Completes a line in a zsh of its own, and prints what that shows: for tools/check-manual.sh.
#
#   zsh -f tools/manual/complete.zsh FOLDER LINE EXPECTED
#
# FOLDER holds _stagewalk. Ends when EXPECTED has been shown, or after 20 s, with exit status 1.
zmodload zsh/zpty
integer tries

# wait_for TEXT
wait_for() {
    local piece shown=''
    for ((tries = 0; tries < 200; tries++)); do
        while zpty -r -t inner piece; do
            shown+=$piece
        done
        [[ $shown != *$1* ]] || return 0
        sleep 0.1
    done
    print -r -- "$shown"
    return 1
}

zpty inner zsh -f -i
zpty -w inner "PROMPT=; stty -echo; fpath=($1 \$fpath); autoload -U compinit; compinit -u -D; bindkey '^I' complete-word; print rea''dy"
wait_for ready || exit 1
zpty -n -w inner "$2"$'\t'
wait_for "$3"
