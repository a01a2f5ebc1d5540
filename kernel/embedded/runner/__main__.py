"""Executes one notebook and stores it, or with --check only validates notebooks, or with
--gallery writes stored notebooks as a site.

Speaks JSON lines on standard output; the program that starts it shows them.
"""
import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys

import document
import storing
from outputs import as_read


def say(event, **what):
    with contextlib.suppress(OSError):  # nobody may be left to read it; results are still stored
        print(json.dumps({"event": event, **what}), file=REPORT, flush=True)


def stop(*_):
    raise KeyboardInterrupt


def listen(handler):
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def shortened(text, most=10_000):
    """Both ends of a long text. A crash says why at the beginning."""
    return text if len(text) <= 2 * most else f"{text[:most]}\n…\n{text[-most:]}"


def tell(nb, code, failure):
    """Says which cell failed, where and why."""
    from blame import last_words

    say("failed", k=code.index(failure.cell) + 1, at=code.index(failure.at) + 1, line=failure.line,
        source=failure.source or nb.cells[failure.cell].source,
        name=failure.name, value=shortened(failure.value), stderr=as_read(shortened(last_words(nb.cells[failure.cell]))))


def save(nb, execution, args):
    """Stores the results. If they cannot be written to their place, they are kept elsewhere."""
    notebook = args.notebooks[0]
    if args.canonical:
        nb = document.canonical(nb)
    else:
        nb = document.kept(nb, execution.language_info, execution.begun)
    text = document.text(nb)
    say("ended")
    try:
        if args.written:
            storing.replace(args.written, text, notebook, args.was)
            say("saved", path=args.written)
        if args.page:
            storing.write(args.page, page(nb, args), notebook)
            say("saved", path=args.page)
    except Exception as e:
        why = str(e) if isinstance(e, storing.Changed) else f"{type(e).__name__}: {e}"
        say("lost", path=storing.rescue(os.path.basename(notebook), text), value=why)
        return False
    return True


def page(nb, args):
    from page import page

    title = os.path.splitext(os.path.basename(args.page))[0]
    return page(nb, title, os.path.dirname(args.notebooks[0]))


async def execute(nb, execution, args):
    """Executes and stores the notebook. Returns whether all went well. A signal that
    arrives while it is being stored waits until it is stored."""
    def interrupted():
        say("interrupted", k=len(execution.begun))
        if execution.begun:
            save(nb, execution, args)

    failure = await execution.run(interrupted)
    if execution.interrupted:
        raise KeyboardInterrupt
    if failure:
        tell(nb, execution.code, failure)
    return save(nb, execution, args) and not failure


def run(args):
    from execution import Execution

    notebook = args.notebooks[0]
    args.was = storing.digest(args.written)  # before reading, so that a change in between is noticed
    nb = document.read(notebook, args.canonical)
    execution = Execution(nb, os.path.dirname(notebook), args.timeout, args.transport, say)
    say("start", cells=len(execution.code))
    return 0 if asyncio.run(execute(nb, execution, args)) else 1


def check(args):
    status = 0
    for notebook in args.notebooks:
        try:
            document.read(notebook, args.canonical)
        except document.Refused as e:
            say("refused", path=notebook, value=str(e))
            status = 1
    return status


def gallery(args):
    from gallery import gallery

    if check(args):
        return 1
    gallery(args.gallery, [(path, document.read(path)) for path in args.notebooks])
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("notebooks", nargs="+")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--gallery")
    parser.add_argument("--written")
    parser.add_argument("--page")
    parser.add_argument("--timeout", type=float)
    parser.add_argument("--transport", default="tcp")
    parser.add_argument("--canonical", action="store_true")
    args = parser.parse_args()
    try:
        if args.gallery:
            return gallery(args)
        return check(args) if args.check else run(args)
    except document.Refused as e:
        say("refused", path=args.notebooks[0], value=str(e))
    except Exception as e:
        say("broken", value=f"{type(e).__name__}: {e}")
    return 1


if __name__ == "__main__":
    # Output of anything else must not mix with the report.
    REPORT = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    listen(stop)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
