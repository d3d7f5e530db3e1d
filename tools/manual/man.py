"""A help text as a manual page in mdoc, whose macros mandoc and groff know."""
import re
import textwrap

MACRO_WORD = re.compile(r"^[A-Z%][a-z0-9A-Z]{1,2}$|^[|.,;:!?()\[\]]$")
LITERAL = re.compile(r"`([^`]+)`|(?<![\w-])(-(?:-[a-z0-9][a-z0-9-]*|[A-Za-z](?![A-Za-z-])))")
IN_TREE = re.compile(r"\b(?:traces/samples|tests/golden|platforms/xen/examples)/")
DOCUMENT = re.compile(r"\btraces/[A-Z]+\.md")
PREAMBLE = '''.\\" Made by tools/manual from what `stagewalk {what}--help` prints.
.Dd {date}
.Dt {title} 1
.Os
'''


def plain(text):
    """Text as it stands, each character itself."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    for char, name in (("'", "\\(aq"), ("`", "\\(ga"), ("^", "\\(ha"), ("~", "\\(ti"), ('"', "\\(dq")):
        text = text.replace(char, name)
    return "\\&" + text if text.startswith(".") else text


def word(text):
    """An argument of a macro that is not taken for one itself."""
    return ("\\&" if MACRO_WORD.match(text) else "") + plain(text)


def running(text):
    """Sentences, each on a line of its own; options and what stands in backquotes in bold."""
    out, at = [], 0
    for found in LITERAL.finditer(text):
        words = (found[1] or found[2]).split(" ")
        out += [prose(text[at:found.start()]), "\\fB" + " ".join("\\%" + plain(w) for w in words) + "\\fR"]
        at = found.end()
    sentences = re.sub(r"([.?!][)\"]?) +(?=[A-Z])", r"\1\n", "".join(out) + prose(text[at:])).split("\n")
    lines = [line for s in sentences for line in textwrap.wrap(s, 78, break_long_words=False, break_on_hyphens=False)]
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in lines)


def prose(text):
    return text.replace("\\", "\\e").replace("^", "\\(ha").replace("~", "\\(ti")


def synopsis(line):
    """`stagewalk replay [options] TRACE...` in macros: words, options and brackets apart."""
    words = line.split()
    count = next((i for i, w in enumerate(words) if not re.fullmatch(r"[a-z]+", w)), len(words))
    out = [".Nm " + " ".join(words[:count])]
    for text in words[count:]:
        inner = re.fullmatch(r"\[(.*)\]", text)
        text = inner[1] if inner else text
        macro = "Fl " + word(text[1:]) if text.startswith("-") else text if text == "|" else "Ar " + word(text)
        out.append("." + ("Op " if inner else "") + macro if text != "|" else "|")
    return "\n".join(out)


def option_head(option):
    names = " , ".join("Fl " + word(name[1:]) for name in option.names)
    return ".It " + names + (" Ar " + word(option.value) if option.value else "")


def option_body(option):
    out = [running(option.text)] * bool(option.text)
    if option.rows:
        out += [".Bl -tag -width Ds -compact"]
        for term, text in option.rows:
            out += [".It " + " ".join(word(part) for part in term.split()), running(text)]
        out += [".El"] + [running(option.after)] * bool(option.after)
    return out


def body(parts):
    """The parts of a text, lists opened and closed as they come."""
    out, list_kind, begun = [], "", False
    for kind, content in parts:
        wanted = kind if kind in ("option", "row") else ""
        if wanted != list_kind:
            out += [".El"] * bool(list_kind) + [".Bl -tag -width Ds"] * bool(wanted)
            begun = begun or bool(list_kind)
        list_kind = wanted
        if kind == "option":
            out += [option_head(content)] + option_body(content)
        elif kind == "row":
            out += [".It " + word(content[0]), running(content[1])]
        elif kind == "literal":
            out += [".Bd -literal", "\n".join(plain(line) for line in content), ".Ed"]
        else:
            out += [".Pp"] * begun + [running(content)]
        begun = True
    return out + [".El"] * bool(list_kind)


def split_options(parts):
    """What stands before the options, with them, and after them."""
    at = [i for i, (kind, _) in enumerate(parts) if kind == "option"]
    if not at:
        return parts, [], []
    first = at[0]
    while first and parts[first - 1][0] == "paragraph" and parts[first - 1][1].endswith(":"):
        first -= 1
    return parts[:first], parts[first:at[-1] + 1], parts[at[-1] + 1:]


def files(raw):
    """Where what the text names lies once it is installed."""
    out = []
    if IN_TREE.search(raw):
        out += [".It Pa @DOCDIR@/examples", "the files that examples name, below which they can be tried"]
    for name in sorted(set(DOCUMENT.findall(raw))):
        out += [".It Pa @DOCDIR@/" + name, "format description"]
    return [".Sh FILES", ".Bl -tag -width Ds"] + out + [".El"] if out else []


def see_also(names):
    return [".Sh SEE ALSO"] + [f".Xr {name} 1" + (" ," if name != names[-1] else "") for name in names]


def page(words, summary, text, related, date):
    """`words`: the command's, after stagewalk; `related`: pages beside it."""
    name = "-".join(["stagewalk"] + words)
    parts = [(k, c) for k, c in text.parts if k not in ("exit", "examples")]
    before, options, after = split_options(parts)
    out = [PREAMBLE.format(what="".join(w + " " for w in words), date=date, title=name.upper()) +
           ".Sh NAME", ".Nm " + name, ".Nd " + prose(summary), ".Sh SYNOPSIS"]
    out += [synopsis(line.strip()) for line in text.synopsis]
    out += [".Sh DESCRIPTION"] + body(before)
    if options:
        out += [".Sh OPTIONS"] + body(options)
    if after:
        out += [".Sh NOTES"] + body(after)
    out += files(text.raw)
    for told in text.of("exit"):
        out += [".Sh EXIT STATUS", running(told[0].upper() + told[1:])]
    for lines in text.of("examples"):
        out += [".Sh EXAMPLES", ".Bd -literal", "\n".join(plain(line[2:]) for line in lines), ".Ed"]
    return "\n".join(out + see_also(related)) + "\n"
