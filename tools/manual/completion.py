"""Completions for bash, zsh and fish: commands, options, and values that are of a known set; files for the rest."""
import re
import shlex

HEAD = "# Completion of stagewalk for {}. Made by tools/manual from what `stagewalk --help` and its like print.\n"
FILE = re.compile(r"(^|=)(FILE|DIR|SNAPSHOT|SCRIPT|TRACE|TEXT)\b")


def lines_of(program, command, names):
    """The option lines that tell of these names: the command's own, or those of the one to which its text refers."""
    referred = re.findall(r"`([a-z]+)`", command.text.raw)
    others = sorted(program.all_commands(), key=lambda c: c.words[-1] not in referred)
    return next((c.options(names) for c in [command] + others if c.options(names)), [])


def value_of(program, command, names):
    """What the value of an option may be: a list of words, "file", or "" for what nobody can tell."""
    words, is_file = [], False
    for line in lines_of(program, command, names):
        known = program.values.get("KEY=VALUE" if "-C" in names else line.value)
        words += known if known else line.literals()
        is_file = is_file or (not known and line.value != "TEXT" and FILE.search(line.value))
    return list(dict.fromkeys(words)) or ("file" if is_file else "")


def operand_of(program, command):
    """As value_of, for what is no option; the parts of a command that has any."""
    if command.parts:
        return [part.words[-1] for part in command.parts]
    words = [w for w in re.findall(r"[A-Z]+", command.text.synopsis[0]) if w in program.values]
    return program.values[words[0]] if words else "file"


def about(text):
    """The first clause of a text, for one line of a menu."""
    clause = re.split(r"; |(?<=\w{3})\. |(?<=.{12}): ", text)[0]
    return clause if len(clause) <= 72 else clause[:69].rsplit(" ", 1)[0] + "..."


def summaries(program):
    return [(c.words[-1], c.summary) for c in program.commands] + [("help", "tell how a command is used")]


# ---- bash ----

BASH = r'''
@SETS@
# Sets options, value (the kind or the words of what the option $2 takes) and operand of the command $1.
_stagewalk_of()
{
    options='' value='' operand=file
    case $1 in
@COMMANDS@    esac
}

# Offers those of the words in $1 that begin with "$2=$3", or with "$3" when $2 is empty, without "$2=".
_stagewalk_offer()
{
    local stem=${2:+$2=} word
    while IFS= read -r word; do
        COMPREPLY+=("${word#"$stem"}")
    done < <(compgen -W "$1" -- "$stem$3")
    [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
}

_stagewalk()
{
    local at=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]} stem='' prev command='' i=1 options value operand
    COMPREPLY=()
    # bash takes `name=value` for three words
    if [[ $cur == = ]]; then
        cur='' at=$((at - 1)) stem=${COMP_WORDS[at]}
    elif [[ ${COMP_WORDS[at - 1]} == = ]]; then
        at=$((at - 2)) stem=${COMP_WORDS[at]}
    fi
    prev=${COMP_WORDS[at - 1]}
    [[ $stem != -* ]] || prev=$stem stem=''
    while ((i < at)) && [[ ${COMP_WORDS[i]} == help || ${COMP_WORDS[i]} == --options ]]; do
        i=$((i + 1))
    done
    if ((i < at)); then
        command=${COMP_WORDS[i]}
        _stagewalk_of "$command" ''
        [[ $operand == file || -z ${COMP_WORDS[i + 1]-} ]] || ((i + 1 >= at)) ||
            [[ " $operand " != *" ${COMP_WORDS[i + 1]} "* ]] || command+=" ${COMP_WORDS[i + 1]}"
    fi
    _stagewalk_of "$command" "$prev"
    [[ $prev == -* && $value != operand ]] || value=$operand
    [[ $cur != -* || -n $stem || $value != "$operand" ]] || value=$options
    case $value in
    '') ;;
    file)
        compopt -o filenames
        while IFS= read -r i; do
            COMPREPLY+=("$i")
        done < <(compgen -f -- "$cur")
        ;;
    *) _stagewalk_offer "$value" "$stem" "$cur" ;;
    esac
}

complete -F _stagewalk stagewalk
'''


def bash_case(program, command):
    """The branch of _stagewalk_of for a command."""
    options = " ".join(name for names, _ in command.accepts for name in names)
    operand = operand_of(program, command)
    operand = operand if operand == "file" else " ".join(operand)
    out = [f"    {shlex.quote(' '.join(command.words))})", f"        options={shlex.quote(options)}",
           f"        operand={shlex.quote(operand)}", "        case $2 in"]
    for names, takes in command.accepts:
        value = value_of(program, command, names) if takes else "operand"
        value = value if isinstance(value, str) else " ".join(value)
        out.append(f"        {' | '.join(names)}) value={shlex.quote(value)} ;;")
    return "\n".join(out + ["        *) value=operand ;;", "        esac", "        ;;"]) + "\n"


def bash_sets(program, cases):
    """Returns variables for the long lists of words, and the cases with them."""
    sets = ""
    for number, words in enumerate(w for w in program.values.values() if len(w) > 3):
        value = shlex.quote(" ".join(words))
        sets += f"_stagewalk_set_{number}={value}\n"
        cases = cases.replace("=" + value, f"=$_stagewalk_set_{number}")
    return sets.rstrip("\n"), cases


def bash(program):
    commands = " ".join(name for name, _ in summaries(program))
    cases = f"    '') options='--help --version' value=operand operand={shlex.quote(commands)} ;;\n"
    cases += "".join(bash_case(program, command) for command in program.all_commands())
    sets, cases = bash_sets(program, cases)
    return HEAD.format("bash") + BASH.replace("@SETS@", sets).replace("@COMMANDS@", cases)


# ---- zsh ----

ZSH = r'''
# What may be followed by more without a space.
_stagewalk_keys() {
    compadd -S '' -- @KEYS@
}

_stagewalk() {
    local curcontext=$curcontext state line ret=1
    local -a names
    _arguments -C '(- *)'{-h,--help}'[tell the usage]' '(- *)--version[tell the version]' \
        '1:command:->command' '*::argument:->argument' && ret=0
    if [[ $state == command ]]; then
        names=(
@NAMES@        )
        _describe command names && ret=0
    elif [[ $state == argument ]]; then
        if [[ $words[1] == help ]]; then
            shift words
            ((CURRENT--))
        fi
        case $words[1]@PARTED@ in
@COMMANDS@        esac
    fi
    return ret
}

_stagewalk "$@"
'''


def zsh_text(text):
    return re.sub(r"([\[\]:\\])", r"\\\1", text)


def zsh_action(value):
    if value == "file":
        return "_files"
    if any(word.endswith("=") for word in value):
        return "_stagewalk_keys"
    return "(" + " ".join(value) + ")" if value else " "


def zsh_spec(program, command, names, takes):
    lines = lines_of(program, command, names)
    spec = "[" + zsh_text(about(lines[0].text)) + "]" if lines else ""
    if takes:
        word = lines[0].value if lines else "VALUE"
        spec += ":" + zsh_text(word) + ":" + zsh_action(value_of(program, command, names))
    if len(names) == 1:
        return shlex.quote("*" * takes + names[0] + spec)
    return "'*'" * takes + "{" + ",".join(names) + "}" + shlex.quote(spec)


def zsh_case(program, command):
    operand = operand_of(program, command)
    specs = [zsh_spec(program, command, names, takes) for names, takes in command.accepts]
    specs.append(shlex.quote("*:operand:" + zsh_action(operand)))
    pattern = shlex.quote(" ".join(command.words)) if len(command.words) > 1 else command.words[0] + "*"
    skip = "shift words\n            ((CURRENT--))\n            " if len(command.words) > 1 else ""
    lines = " \\\n                ".join(["_arguments -s -S"] + specs)
    return f"        {pattern})\n            {skip}{lines} && ret=0\n            ;;\n"


def zsh(program):
    names = "".join(f"            {shlex.quote(name + ':' + zsh_text(about(text)))}\n"
                    for name, text in summaries(program))
    commands = sorted(program.all_commands(), key=lambda command: -len(command.words))
    return "#compdef stagewalk\n" + HEAD.format("zsh") + ZSH.replace("@NAMES@", names).replace(
        "@KEYS@", " ".join(program.values["KEY=VALUE"])).replace("@PARTED@", "\\ $words[2]").replace(
        "@COMMANDS@", "".join(zsh_case(program, command) for command in commands))


# ---- fish ----

FISH = r'''
# The words before the cursor, without stagewalk and help.
function __stagewalk_words
    set -l words (commandline -opc)
    set -e words[1]
    test "$words[1]" = help; and set -e words[1]
    string join \n -- $words
end

# True when the command line is of this command, or part of a command.
function __stagewalk_in
    set -l words (__stagewalk_words)
    test (count $words) -ge (count $argv); and test "$words[1..$(count $argv)]" = "$argv"
end

# True when neither this nor anything else stands behind the command.
function __stagewalk_begins
    set -l words (__stagewalk_words)
    test "$words" = "$argv"
end

complete -c stagewalk -n 'test (count (commandline -opc)) -eq 1' -f -s h -l help -d 'tell the usage'
complete -c stagewalk -n 'test (count (commandline -opc)) -eq 1' -f -l version -d 'tell the version'
'''


def fish_quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_option(program, command, names, takes):
    lines = lines_of(program, command, names)
    line = "complete -c stagewalk -n " + fish_quote("__stagewalk_in " + " ".join(command.words))
    for name in names:
        line += f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}"
    value = value_of(program, command, names) if takes else ""
    line += (" -r -F" if value == "file" else " -x") if takes else ""
    line += " -a " + fish_quote(" ".join(value)) if isinstance(value, list) else ""
    return line + (" -d " + fish_quote(about(lines[0].text)) if lines else "")


def fish(program):
    out = [HEAD.format("fish") + FISH.rstrip("\n")]
    for name, text in summaries(program):
        out.append("complete -c stagewalk -n '__stagewalk_begins' "
                   f"-f -a {name} -d {fish_quote(about(text))}")
    for command in program.all_commands():
        where = " ".join(command.words)
        out += [f"complete -c stagewalk -n {fish_quote('__stagewalk_begins ' + where)} -f -a {part.words[-1]} "
                f"-d {fish_quote(about(part.summary))}" for part in command.parts]
        operand = operand_of(program, command)
        if not command.parts and operand != "file":
            out.append(f"complete -c stagewalk -n {fish_quote('__stagewalk_in ' + where)} -f "
                       f"-a {fish_quote(' '.join(operand))}")
        out += [fish_option(program, command, names, takes) for names, takes in command.accepts]
    return "\n".join(out) + "\n"


SHELLS = {"bash": bash, "zsh": zsh, "fish": fish}
