"""Finds the line of a notebook's source at which a cell failed."""
import re

from document import executed

# How GoNB names a place: in errors of the compiler "Cell[3]: Line 4", in traces of
# the stack "[[ Cell [3] Line 4 ]]"; without a number for the cell that runs.
PLACE = re.compile(r"Cell\s*(?:\[(\d+)\])?[^\n]{0,20}?Line\s*(\d+)")

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
    for found in PLACE.finditer("\n".join([*texts, said])):
        cell, number = numbered(nb, found[1], current), int(found[2])
        lines = nb.cells[cell].source.split("\n")
        if 1 <= number <= len(lines):
            return cell, number, lines[number - 1].strip()
    return blame_program(nb, current, said)


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


def blame_program(nb, current, said):
    """Like blame, from the program that failed, which exists while the kernel lives.

    GoNB names lines in standard error piece by piece. It misses a position if the
    Go runtime writes the file in one piece and the line in another.
    """
    for path, number in re.findall(r"(/\S+/main\.go):(\d+)", said):
        try:
            with open(path, encoding="utf-8") as f:
                line = f.read().split("\n")[int(number) - 1].strip()
        except (OSError, IndexError, UnicodeDecodeError):
            continue
        places = [(i, k + 1) for i in executed(nb) if i <= current
                  for k, text in enumerate(nb.cells[i].source.split("\n")) if line and text.strip() == line]
        own = [place for place in places if place[0] == current]
        for candidates in (own, places):
            if len(candidates) == 1:
                return *candidates[0], line
    return current, 0, ""
