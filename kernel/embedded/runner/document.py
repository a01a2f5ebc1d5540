"""Reads and validates notebooks, and converts them to the form in which they are
stored."""
import copy
import json

import nbformat
from nbformat.v4 import rwbase

from outputs import merged, without_anew

KERNEL = {"display_name": "Go (LieGG)", "language": "go", "name": "liegg"}

# Names of kernels for Go, for notebooks that do not state the language.
GO_KERNELS = {"liegg", "gonb", "go", "gophernotes"}


class Refused(Exception):
    """A notebook that cannot be run, and why."""


def read(path, own=False):
    """The valid notebook at path. With own, a notebook of this repository, it is
    converted to the newest format. Raises Refused."""
    plain = parse(path)
    if not isinstance(plain, dict) or "nbformat" not in plain:
        raise Refused("it is JSON, but not a notebook: it names no nbformat")
    if not isinstance(plain.get("nbformat_minor", 0), int):
        raise Refused(f"it is not a valid notebook: nbformat_minor: {plain['nbformat_minor']!r} is not a number")
    if plain["nbformat"] not in (3, 4):
        raise Refused(f"it is a notebook of format {plain['nbformat']}; formats 3 and 4 can be run")
    try:
        nb = upgraded(plain) if plain["nbformat"] == 3 else nbformat.from_dict(plain)
        if own:
            nb.nbformat_minor = max(5, nb.get("nbformat_minor", 0))
        check(nb)
        check_kernel(nb.metadata)
        return rwbase.rejoin_lines(nb)
    except Refused:
        raise
    except Exception as e:  # the readers of nbformat expect a valid notebook
        raise Refused(f"it is not a valid notebook: {type(e).__name__}: {e}") from e


def parse(path):
    try:
        with open(path, encoding="utf-8-sig") as f:
            return json.load(f, parse_constant=no_number)
    except OSError as e:
        raise Refused(f"it cannot be read: {e.strerror}") from e
    except UnicodeDecodeError as e:
        raise Refused(f"it is not text in UTF-8: byte {e.start} is {e.object[e.start]:#04x}") from e
    except json.JSONDecodeError as e:
        if not e.doc.strip():
            raise Refused("the file is empty") from e
        cut = "; the file seems to be cut off" if e.pos >= len(e.doc.rstrip()) or "Unterminated" in e.msg else ""
        raise Refused(f"it is not valid JSON: line {e.lineno}, column {e.colno}: {e.msg}{cut}") from e
    except RecursionError as e:
        raise Refused("its JSON is nested too deeply") from e


def no_number(name):
    raise Refused(f"it is not valid JSON: it holds {name}, which JSON does not know")


def upgraded(plain):
    """A notebook of format 3, converted to format 4."""
    nb = nbformat.convert(nbformat.from_dict(plain), 4)
    for cell in nb.cells:
        cell.pop("id", None)  # a random one
    return nb


def check(nb):
    """Gives cells without an id one, the same in each run, and raises Refused unless the
    notebook is valid. Invalid outputs are dropped if a run makes new ones."""
    if not isinstance(nb.get("cells"), list) or not all(isinstance(cell, dict) for cell in nb.cells):
        raise Refused("it is not a valid notebook: it has no list of cells")
    if nb.get("nbformat_minor", 0) >= 5:
        name_cells(nb)
    try:
        nbformat.validate(copy.deepcopy(nb), relax_add_props=True)
        return
    except Exception:
        for i in executed(nb):
            nb.cells[i].outputs = []
    try:
        nbformat.validate(copy.deepcopy(nb), relax_add_props=True)
    except nbformat.ValidationError as e:
        raise Refused(f"it is not a valid notebook: {where(e)}{short(e.message)}") from e


def check_kernel(metadata):
    """Raises Refused if the notebook is for a kernel of another language. One
    without a kernel is assumed to be Go."""
    spec = metadata.get("kernelspec")
    if not spec:
        return
    name, language = str(spec.get("name", "")).lower(), str(spec.get("language", "")).lower()
    language = language or str(metadata.get("language_info", {}).get("name", "")).lower()
    if language != "go" and name not in GO_KERNELS:
        raise Refused(f"it is for the kernel {spec.get('display_name') or spec.get('name')}; nothing was run")


def name_cells(nb):
    known = {}
    for i, cell in enumerate(nb.cells):
        if "id" in cell and cell["id"] in known:
            raise Refused(f"it is not a valid notebook: cells {known[cell['id']]} and {i + 1} have the same id, {cell['id']!r}")
        if isinstance(cell.get("id"), str):
            known[cell["id"]] = i + 1
    for i, cell in enumerate(nb.cells):
        name = f"cell-{i + 1}"
        while "id" not in cell and name in known:
            name += "-"
        known[cell.setdefault("id", name)] = i + 1


def where(error):
    """The position of a validation error, counting cells as a reader does."""
    path = list(error.absolute_path)
    if path[:1] != ["cells"] or len(path) < 2:
        return "".join(f"{name}: " for name in path)
    return f"cell {path[1] + 1}: " + "".join(f"{name}: " for name in path[2:])


def short(text):
    return text if len(text) < 300 else text[:300] + " …"


def will_run(cell):
    """Whether nbclient runs a cell."""
    if cell.get("cell_type") != "code" or not "".join(cell.get("source", "")).strip():
        return False
    return "skip-execution" not in (cell.get("metadata", {}).get("tags") or [])


def executed(nb):
    """The indices of the cells that are executed, in order."""
    return [i for i, cell in enumerate(nb.cells) if will_run(cell)]


def kept(nb, language_info, ran):
    """The notebook with everything that it had before, such as its language_info. ran
    holds the indices of the cells that ran."""
    told = nb.metadata.get("language_info", {})  # from the kernel, with many empty fields
    nb.metadata.language_info = language_info or nbformat.from_dict(
        {"name": "go"} | {key: value for key, value in told.items() if value})
    nb.metadata.setdefault("kernelspec", nbformat.from_dict(KERNEL))
    for i in ran:
        nb.cells[i].outputs = merged(nb.cells[i].outputs)
    return nb


def canonical(nb):
    """Reduces the notebook to what a reader needs and a rerun repeats."""
    nb.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "go"}})
    nb.nbformat_minor = 5
    for cell in nb.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            cell.execution_count = None
            for out in cell.outputs:
                out.pop("execution_count", None)
                if out.output_type == "execute_result":
                    out.output_type = "display_data"
            cell.outputs = without_anew(merged(cell.outputs))
    return rwbase.strip_transient(nb)


def text(nb):
    """The notebook as text for its file."""
    plain = rwbase.split_lines(copy.deepcopy(nb))
    return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
