"""What the program says of itself: its commands, their help texts, what they accept, which values there are.

The help text of a command is the only description of its options; from it are made the manual page and the completions.
A text is read by its layout:

    usage: stagewalk COMMAND ...          and lines below it that begin with spaces: the synopsis
    Exit status: ...                      a paragraph of its own, to the next empty line
      -x, --name VALUE  text              an option; deeper lines go on with its text, and VALUE is no word but the
                                          values themselves where it is written small: fast|tlm
                           term  text     deeper than the text: a row of a list in it
      term  text                          a row of a list
      anything else                       as it stands
    Examples:                             then as it stands
    text                                  a paragraph
"""
import csv
import io
import re
import subprocess

OPTION_NAME = re.compile(r"-([A-Za-z0-9]|-[a-z0-9][a-z0-9-]*)(?![A-Za-z0-9-])")
MENTION = re.compile(r"(?<![A-Za-z0-9-])--[a-z0-9][a-z0-9-]*")


class Option:
    """An option line: its names with their dashes, what stands for its value ("" when it takes none), its text, the rows
    (term, text) of a list in it, and what comes after that. `column`: where the text stands, 0 while there is none."""

    def __init__(self, names, value, text, column=0):
        self.names, self.value, self.text, self.column = names, value, text, column
        self.rows, self.after = [], ""

    def take(self, line):
        """A further line."""
        depth, row = len(line) - len(line.lstrip()), re.match(r" +(\S+(?: \S+)*)  +(\S.*)", line)
        self.column = self.column or depth
        if depth > self.column and row:
            self.rows.append([row[1], row[2]])
        elif depth > self.column and self.rows:
            self.rows[-1][1] += " " + line.strip()
        elif self.rows:
            self.after = (self.after + " " + line.strip()).strip()
        else:
            self.text = (self.text + " " + line.strip()).strip()

    def sentences(self):
        return " ".join([self.text] + [text for _, text in self.rows] + [self.after])

    def literals(self):
        """The values, where they are written themselves."""
        is_word = re.fullmatch(r"[a-z0-9][a-z0-9.-]*(\|[a-z0-9][a-z0-9.-]*)*", self.value)
        return self.value.split("|") if is_word else []


class Text:
    """A help text: synopsis is lines; parts are (kind, content) with kind one of paragraph (text), exit (text), option
    (Option), row (term, text), literal (lines), examples (lines)."""

    def __init__(self, text):
        self.synopsis, self.parts, self.raw = [], [], text
        self.gap, self.column = True, 0
        lines = text.split("\n")
        while lines and (lines[0].startswith("usage: ") or (self.synopsis and lines[0].startswith(" "))):
            self.synopsis.append(lines.pop(0)[len("usage: "):])
        for line in lines:
            self.take(line.rstrip())

    def last(self, *kinds):
        return self.parts and not self.gap and self.parts[-1][0] in kinds

    def take(self, line):
        if not line:
            self.gap = True
        elif line.startswith(" "):
            self.take_indented(line)
        elif re.fullmatch(r"Examples?:", line):
            self.parts.append(("examples", []))
            self.gap = False
        elif line.startswith("Exit status: "):
            self.add("exit", line[len("Exit status: "):])
        elif self.last("paragraph", "exit"):
            self.join(line)
        else:
            self.add("paragraph", line)

    def take_indented(self, line):
        depth = len(line) - len(line.lstrip())
        row = re.match(r"  (\S+(?: \S+)*)  +(\S.*)", line)
        if depth == 2 and not row and self.last("row"): # a term that leaves no room for a second space
            row = re.match(r"  (\S.{%d}) (\S.*)" % (self.column - 4), line)
        if self.last("examples"):
            self.parts[-1][1].append(line)
        elif depth > 5 and self.last("option"):
            self.parts[-1][1].take(line)
        elif depth > 5 and self.last("row"):
            self.join(line.strip())
        elif depth == 2 and OPTION_NAME.match(line, 2):
            self.add("option", read_option(line))
        elif row:
            self.column = row.start(2)
            self.add("row", [row[1], row[2]])
        elif self.last("literal"):
            self.parts[-1][1].append(line)
        else:
            self.add("literal", [line])

    def add(self, kind, content):
        self.parts.append((kind, content))
        self.gap = False

    def join(self, line):
        kind, content = self.parts[-1]
        if kind == "row":
            content[1] += " " + line
        else:
            self.parts[-1] = (kind, content + " " + line)

    def of(self, kind):
        return [content for k, content in self.parts if k == kind]

    def mentions(self):
        """The long options that its sentences name."""
        said = [c for k, c in self.parts if k in ("paragraph", "exit")] + [o.sentences() for o in self.of("option")]
        return set(MENTION.findall("\n".join(said)))


def read_option(line):
    names, value, at = [], "", 2
    while True:
        name = OPTION_NAME.match(line, at)
        names.append(name[0])
        at = name.end()
        word = re.match(r" ([^\s-]\S*)", line[at:])
        if word:
            value, at = word[1], at + word.end()
        if value.endswith(","):
            value = value[:-1]
        elif line.startswith(",", at):
            at += 1
        else:
            break
        if not OPTION_NAME.match(line, at + 1):
            break
        at += 1
    text = line[at:].strip()
    return Option(names, value, text, len(line) - len(text) if text else 0)


class Command:
    """`words` after stagewalk, `summary`, `text`; `accepts`: a list of (names, takes a value)."""

    def __init__(self, program, words, summary):
        self.words, self.summary, self.parts = words, summary, []
        self.accepts, text = [], program.run("help", "--options", *words)
        while text.startswith("-"):
            line, text = text.split("\n", 1)
            self.accepts.append((line.removesuffix(" VALUE").split(", "), line.endswith(" VALUE")))
        self.text = Text(text.lstrip("\n"))
        self.parts = [Command(program, words + [term], row) for term, row in self.text.of("row")
                      if re.search(r"\bCOMMAND\b", self.text.synopsis[0])]

    def options(self, names):
        return [o for o in self.text.of("option") if set(o.names) & set(names)]

    def disagreements(self):
        """Where text and command line differ, as sentences."""
        what = "stagewalk " + " ".join(self.words)
        for names, takes in self.accepts:
            lines = self.options(names)
            if not lines and names[-1] not in self.text.mentions():
                yield f"{what} accepts {names[-1]}, of which its help says nothing"
            for name in names:
                if lines and not any(name in line.names for line in lines):
                    yield f"{what} accepts {name}, but its help has only {', '.join(lines[0].names)}"
            if any(takes != bool(line.value) for line in lines):
                yield f"{what}: {names[-1]} takes {'a' if takes else 'no'} value, its help tells otherwise"
        accepted = {name for names, _ in self.accepts for name in names}
        for name in (name for line in self.text.of("option") for name in line.names):
            if name not in accepted:
                yield f"{what}: its help has {name}, which it does not accept"
        for part in self.parts:
            yield from part.disagreements()


class Program:
    """The program, and all that is known of it by asking it."""

    def __init__(self, path):
        self.path = path
        self.text = Text(self.run("--help"))
        self.commands = [Command(self, [term], row) for term, row in self.text.of("row")]
        params = list(csv.DictReader(io.StringIO(self.run("params", "--csv", "-"))))
        keys = [row["key"] + "=" + value for row in params
                for value in (row["range"].split("|") if "|" in row["range"] else [""])]
        first = re.compile(r"^([a-z0-9][\w.-]*) ", re.M)
        self.values = {"PRESET": first.findall(self.run("map", "--xen", "list")),
                       "FORMAT": first.findall(self.run("trace", "--format", "list")),
                       "CODE,...": first.findall(self.run("lint", "--list")),
                       "KEY=VALUE": keys,
                       "PATTERN": [row["key"] for row in params]}

    def run(self, *words):
        return subprocess.run([self.path, *words], check=True, stdout=subprocess.PIPE, encoding="utf-8",
                              stdin=subprocess.DEVNULL).stdout

    def all_commands(self):
        for command in self.commands:
            yield command
            yield from command.parts
