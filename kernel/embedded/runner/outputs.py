"""Converts what a kernel sends to the outputs that a reader sees."""
import re

# The private folder of a session, which differs in each run.
SESSION = re.compile(r"/gonb_[0-9a-f]{8}(?=/)")

# What stands between words and paths.
BREAKS = re.compile(r"([\s:]+)")


def overlay(line):
    """What a terminal shows of a line with carriage returns."""
    if "\r" not in line:
        return line
    shown = ""
    for part in reversed(re.sub(r"\x1b\[[0-9;]*K", "", line).split("\r")):
        shown += part[len(shown):]
    return shown.rstrip()


def as_read(text):
    """The text of a stream as a terminal shows it."""
    return "\n".join(overlay(line) for line in text.replace("\r\n", "\n").split("\n"))


def without_session(text):
    """The text with the session's folder removed from all paths. It is first split into
    words, because a program may print megabytes of them."""
    if "/gonb_" not in text:
        return text
    return "\n".join(
        "".join(map(shortened, BREAKS.split(line))) if "/gonb_" in line else line
        for line in text.split("\n")
    )


def shortened(word):
    """A word, which may be a path, without the session's folder."""
    if "/gonb_" not in word:
        return word
    ends = [found.end() for found in SESSION.finditer(word)]
    return word[:word.index("/")] + word[ends[-1] + 1:] if ends else word


def neighbour(result, out):
    """The output that the text of a stream continues. Progress on one stream does not
    split the other."""
    for last in reversed(result):
        if last.output_type != "stream":
            return None
        if last.name == out.name:
            return last
    return None


def is_blank(out):
    """Whether an output shows nothing: wiped progress, or a stream of blanks."""
    if out.output_type == "stream":
        return not out.text.strip()
    return out.output_type == "display_data" and set(out.data) == {"text/plain"} and not out.data["text/plain"].strip()


# What package keep says if it computes a value anew, since something that it depends on has changed.
ANEW = re.compile(r"^keep: \".*\" is computed anew: .*\n?", re.M)


def without_anew(outputs):
    """Outputs without what package keep says of values that it computed anew: that depends on
    what this machine has kept, not on the notebook."""
    for out in outputs:
        if out.output_type == "stream" and out.name == "stderr":
            out.text = ANEW.sub("", out.text)
    return [out for out in outputs if not is_blank(out)]


def merged(outputs):
    """Outputs with neighbours of one stream merged, as a reader sees them."""
    result, pieces = [], {}
    for out in outputs:
        if out.output_type == "display_data" and is_blank(out):
            continue  # wiped progress does not part what is printed before and after it
        out.pop("transient", None)
        same = neighbour(result, out) if out.output_type == "stream" else None
        if same is None:
            result.append(out)
            same = out
        if out.output_type == "stream":
            pieces.setdefault(id(same), []).append(out.text)
    for out in result:
        if out.output_type == "stream":
            out.text = as_read(without_session("".join(pieces[id(out)])))
    return [out for out in result if not is_blank(out)]
