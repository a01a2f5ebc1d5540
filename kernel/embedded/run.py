"""Executes one notebook and writes it back in one canonical form.

Speaks JSON lines on standard output; the program that starts it shows them.
"""
import argparse
import asyncio
import json
import os
import re
import signal
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from traitlets.config import Config

# The private folder of a kernel, which is another one at each run.
SESSION = re.compile(r"(?:/[^\s:]*)?/gonb_[0-9a-f]{8}/")

KERNEL = {"display_name": "Go (LieGG)", "language": "go", "name": "liegg"}


def say(event, **what):
    print(json.dumps({"event": event, **what}), file=REPORT, flush=True)


def overlay(line):
    """What a terminal shows of a line with carriage returns in it."""
    shown = ""
    for part in re.sub(r"\x1b\[[0-9;]*K", "", line).split("\r"):
        shown = part + shown[len(part):]
    return shown.rstrip() if "\r" in line else shown


def as_read(text):
    """A stream's text as a reader finds it on a terminal."""
    return "\n".join(overlay(line) for line in text.replace("\r\n", "\n").split("\n"))


def neighbour(result, out):
    """The output that a stream's text goes on from: progress on one stream does
    not break up the other."""
    if out.output_type != "stream":
        return None
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


def merged(outputs):
    """Outputs in which neighbours of one stream are one, as they read."""
    result = []
    for out in outputs:
        out.pop("execution_count", None)
        out.pop("transient", None)
        if out.output_type == "execute_result":
            out.output_type = "display_data"
        same = neighbour(result, out)
        if same:
            same.text += out.text
        else:
            result.append(out)
    for out in result:
        if out.output_type == "stream":
            out.text = as_read(SESSION.sub("", out.text))
    return [out for out in result if not is_blank(out)]


def canonical(nb):
    """Leaves in the notebook only what a reader needs and a rerun repeats."""
    nb.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "go"}})
    for i, cell in enumerate(nb.cells):
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        cell.setdefault("id", f"cell-{i + 1}")
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = merged(cell.outputs)
    nb.nbformat, nb.nbformat_minor = 4, 5
    return nb


def write(path, text):
    """Writes aside and renames."""
    aside = f"{path}.half-made"
    with open(aside, "w", encoding="utf-8") as f:
        f.write(text)
    os.replace(aside, path)


def save(nb, path):
    nb = canonical(nb)
    nbformat.validate(nb)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    plain = nbformat.v4.rwbase.strip_transient(nbformat.from_dict(nb))
    plain = nbformat.v4.rwbase.split_lines(plain)
    write(path, json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def read(path):
    with open(path, encoding="utf-8") as f:
        plain = json.load(f)
    for i, cell in enumerate(plain.get("cells", [])):
        cell.setdefault("id", f"cell-{i + 1}")  # the same at each run, where nbformat makes one up
    if plain.get("nbformat") == 4:
        plain["nbformat_minor"] = max(5, plain.get("nbformat_minor", 0))
    return nbformat.reads(json.dumps(plain), as_version=4)


def blame(cell):
    """The number and text of the source line that failed, as GoNB names it."""
    text = "\n".join(
        "\n".join(out.get("traceback", [])) + out.get("evalue", "") + out.get("text", "")
        for out in cell.outputs
    )
    lines = cell.source.split("\n")
    for found in re.finditer(r"Cell\s*(?:\[\d+\])?[^\n]{0,20}?Line\s*(\d+)", text):
        number = int(found.group(1))
        if 1 <= number <= len(lines):
            return number, lines[number - 1].strip()
    return blame_program(cell)


def blame_program(cell):
    """As blame, from the program that failed, which is there while the kernel lives.

    GoNB names lines in standard error as pieces of it come; it misses a place of
    which the Go runtime writes the file in one piece and the line in another.
    """
    said = "".join(out.get("text", "") for out in cell.outputs)
    lines = [line.strip() for line in cell.source.split("\n")]
    for path, number in re.findall(r"(/\S+/main\.go):(\d+)", said):
        try:
            with open(path, encoding="utf-8") as f:
                line = f.read().split("\n")[int(number) - 1].strip()
        except (OSError, IndexError):
            continue
        if line and lines.count(line) == 1:
            return lines.index(line) + 1, line
    return 0, ""


def executed(nb):
    """The indices of the cells that are executed, in order."""
    return [i for i, cell in enumerate(nb.cells) if cell.cell_type == "code" and cell.source.strip()]


class Failure(Exception):
    def __init__(self, index, name, value, place=(0, "")):
        self.index, self.name, self.value, self.place = index, name, value, place


def execute(nb, folder, timeout, transport):
    code = executed(nb)
    for i, cell in enumerate(nb.cells):
        if cell.cell_type == "code":
            cell.outputs = []
    say("start", cells=len(code))
    current, place = 0, (0, "")

    def started(cell, cell_index):
        nonlocal current
        if cell_index in code:
            current = cell_index
            say("cell", k=code.index(cell_index) + 1)

    def ended(cell, cell_index, execute_reply):
        if cell_index in code and execute_reply["content"]["status"] == "ok":
            say("done", k=code.index(cell_index) + 1)

    def failed(cell, cell_index, execute_reply):
        nonlocal place
        place = blame(cell)

    def begun(notebook):
        # nbclient would end the kernel and see the cell fail, which is then stored.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)

    client = NotebookClient(
        nb, config=Config({"KernelManager": {"transport": transport}}), timeout=timeout, startup_timeout=120, kernel_name=KERNEL["name"],
        resources={"metadata": {"path": folder}}, record_timing=False, store_widget_state=False,
        on_notebook_start=begun, on_cell_start=started, on_cell_executed=ended, on_cell_error=failed,
    )
    try:
        client.execute()
    except CellExecutionError as e:
        raise Failure(current, e.ename, e.evalue, place) from e
    except CellTimeoutError as e:
        raise Failure(current, "timeout", f"the cell ran longer than {timeout} s; --timeout allows more") from e
    except DeadKernelError as e:
        raise Failure(current, "kernel died", str(e)) from e


def mathml(nb_exporter):
    """Formulas as MathML, which browsers draw without a script."""
    from latex2mathml.converter import convert
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    def formula(text, display):
        try:
            return convert(text, display=display)
        except Exception:  # a formula beyond the converter is shown as it is written
            return None

    class Renderer(IPythonRenderer):
        def block_math(self, body):
            return formula(body, "block") or super().block_math(body)

        def inline_math(self, body):
            return formula(body, "inline") or super().inline_math(body)

    def render(source):
        return MarkdownWithMath(renderer=Renderer(escape=False)).render(source)

    nb_exporter.register_filter("markdown2html", render)


def page(nb, path):
    """Writes one page that needs nothing from the network."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        embed_images=True, mathjax_url="", require_js_url="", mermaid_js_url="", jquery_url="",
        theme="light",
    )
    mathml(exporter)
    title = os.path.splitext(os.path.basename(path))[0]
    body, _ = exporter.from_notebook_node(nb, resources={"metadata": {"name": title, "path": os.path.dirname(path)}})
    write(path, body)


def stop(*_):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("notebook")
    parser.add_argument("written")
    parser.add_argument("--timeout", type=float)
    parser.add_argument("--transport", default="tcp")
    parser.add_argument("--html", action="store_true")
    args = parser.parse_args()
    nb = read(args.notebook)
    failure = None
    try:
        execute(nb, os.path.dirname(args.notebook), args.timeout, args.transport)
    except Failure as e:
        failure = e
    if failure:
        line, source = failure.place
        outputs = nb.cells[failure.index].outputs
        error = [o for o in outputs if o.output_type == "error"]
        said = "".join(as_read(o.text) for o in outputs if o.output_type == "stream" and o.name == "stderr")
        detail = "\n".join(error[0].traceback) if error else ""
        say("failed", k=executed(nb).index(failure.index) + 1, line=line, source=source or nb.cells[failure.index].source,
            name=failure.name, value=failure.value, stderr=said, detail=detail)
    save(nb, args.written)
    say("saved", path=args.written)
    if args.html:
        where = os.path.splitext(args.written)[0] + ".html"
        page(nb, where)
        say("page", path=where)
    return 1 if failure else 0


if __name__ == "__main__":
    # Whatever else prints must not mix with the report.
    REPORT = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    signal.signal(signal.SIGTERM, stop)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
