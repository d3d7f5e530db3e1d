#!/usr/bin/env python3
"""Makes manual pages and completions of the program's own help, or compares that with what the program accepts.

    manual.py PROGRAM FOLDER     writes FOLDER/man/*.1 and FOLDER/completion/{bash,zsh,fish}
    manual.py --check PROGRAM    prints each disagreement; exit status 1 if there is any

Pages bear the date of SOURCE_DATE_EPOCH, else of the program. In them @DOCDIR@ stands for where documents get installed.
"""
import datetime
import os
import sys

import completion
import man
import texts

SUMMARY = "simulator of the two-stage MMU of the ZynqMP's Cortex-A53"


def pages(program, date):
    """Yields (name, page)."""
    names = ["-".join(["stagewalk"] + c.words) for c in program.all_commands()]
    yield "stagewalk", man.page([], SUMMARY, program.text, sorted(names), date)
    for command, name in zip(program.all_commands(), names):
        parts = ["-".join(["stagewalk"] + part.words) for part in command.parts]
        related = sorted(["stagewalk"] + parts + ["-".join(["stagewalk"] + command.words[:1])] * (len(command.words) > 1))
        yield name, man.page(command.words, command.summary, command.text, related, date)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    if arguments[0] == "--check":
        found = [d for command in texts.Program(arguments[1]).commands for d in command.disagreements()]
        print("\n".join(found), end="\n" * bool(found))
        return 1 if found else 0
    program, folder = texts.Program(arguments[0]), arguments[1]
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or os.path.getmtime(arguments[0]))
    date = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%B %-d, %Y")
    for name, text in pages(program, date):
        write(f"{folder}/man/{name}.1", text)
    for shell in completion.SHELLS:
        write(f"{folder}/completion/{shell}", completion.SHELLS[shell](program))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
