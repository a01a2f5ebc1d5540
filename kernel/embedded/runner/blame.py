"""Finds the line of a notebook's source at which a cell failed."""
import re

from document import executed

# How GoNB names a place: in errors of the compiler "Cell[3]: Line 4", in traces of
# the stack "[[ Cell [3] Line 4 ]]"; without a number for the cell that runs.
PLACE = re.compile(r"Cell\s*(?:\[(\d+)\])?[^\n]{0,20}?Line\s*(\d+)")

# How the Go runtime names a position in the program of a cell.
POSITION = re.compile(r"(/\S+/main\.go):(\d+)")

# Where the runtime begins to say why it ends a program.
END = re.compile(r"^(?:panic: |fatal error: )", re.MULTILINE)

# More of standard error than this tells nothing new.
ENOUGH = 1 << 20


def blame(nb, current):
    """The index of a cell, a line number in it, and the text of that line, at which the
    cell of index current failed. The fault may be in an earlier cell whose function
    the current one uses. The number is 0 if the line is unknown."""
    errors = [out for out in nb.cells[current].outputs if out.output_type == "error"]
    said = stderr(nb.cells[current])
    ends = list(END.finditer(said))
    if ends:
        said = said[ends[-1].start():]
    texts = ["\n".join(out.get("traceback", [])) + "\n" + out.get("evalue", "") for out in errors]
    for line in "\n".join([*texts, said]).split("\n"):
        if place := named(nb, current, line) or unnamed(nb, current, line):
            return place
    return current, 0, ""


def last_words(cell):
    """What a cell wrote to standard error shortly before its program ended, and after."""
    said = stderr(cell)
    ends = list(END.finditer(said))
    if not ends:
        return said
    start = ends[-1].start()
    return "\n".join(said[:start].split("\n")[-6:]) + said[start:]


def stderr(cell):
    """The end of what a cell has written to standard error."""
    pieces = [out.text for out in cell.outputs if out.output_type == "stream" and out.name == "stderr"]
    return "".join(pieces)[-ENOUGH:]


def numbered(nb, count, current):
    """The index of the count-th cell that the kernel executed."""
    code = executed(nb)
    return code[int(count) - 1] if count and 1 <= int(count) <= len(code) else current


def named(nb, current, line):
    """The place that GoNB names in a line of an error: an index of a cell, a line number
    in it and the text of that line. None if it names none."""
    for found in PLACE.finditer(line):
        cell, number = numbered(nb, found[1], current), int(found[2])
        lines = nb.cells[cell].source.split("\n")
        if 1 <= number <= len(lines):
            return cell, number, lines[number - 1].strip()
    return None


def unnamed(nb, current, line):
    """Like named, for a position in the program that failed, which exists while the
    kernel lives.

    GoNB names positions in standard error piece by piece. It misses one if the
    Go runtime writes the file in one piece and the line in another.
    """
    for path, number in POSITION.findall(line):
        try:
            with open(path, encoding="utf-8") as f:
                text = f.read().split("\n")[int(number) - 1].strip()
        except (OSError, IndexError, UnicodeDecodeError):
            continue
        places = [(i, k + 1) for i in executed(nb) if i <= current
                  for k, own in enumerate(nb.cells[i].source.split("\n")) if text and own.strip() == text]
        here = [place for place in places if place[0] == current]
        for candidates in (here, places):
            if len(candidates) == 1:
                return *candidates[0], text
    return None
