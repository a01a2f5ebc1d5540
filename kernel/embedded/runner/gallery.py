"""Writes a gallery: stored notebooks as pages, and an index that shows them."""
import base64
import os
import re
import struct
from html import unescape
from urllib.parse import quote, unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import page as pages

KINDS = {"png": "png", "jpeg": "jpg", "gif": "gif", "svg+xml": "svg"}
BACK = '<nav class="gallery"><a href="index.html">All notebooks</a></nav>\n'
BRIEF = 220  # characters after which a card has no further sentence
LINK = re.compile(r'<a href="([^"#:]+)(#[^"]*)?"[^>]*>(.*?)</a>', re.DOTALL)
IMAGE = re.compile(r'<img [^>]*?src="data:image/([a-z+]+);base64,([^"]*)"[^>]*>')


def gallery(folder, notebooks):
    """Writes the pages, pictures and index.html of a gallery to a folder. notebooks
    are pairs of a path and what was read there, each of a name of its own."""
    names = {stem(path) for path, _ in notebooks}
    cards = [card(folder, path, nb, names) for path, nb in notebooks]
    templates = Environment(loader=FileSystemLoader(os.path.dirname(__file__)), autoescape=True, undefined=StrictUndefined)
    write(folder, "index.html", templates.get_template("gallery.html").render(cards=cards).encode())


def card(folder, path, nb, names):
    """Writes one notebook's page and picture, and returns what the index says of it."""
    title, question = heading(nb, stem(path))
    body = pages.page(nb, title, os.path.dirname(path))
    body = linked(body, names).replace("<main>", "<main>\n" + BACK, 1)
    write(folder, stem(path) + ".html", body.encode("utf-8", "replace"))
    return {"page": quote(stem(path)) + ".html", "title": title, "question": flat(pages.render(brief(question))),
            "picture": picture(folder, stem(path), nb)}


def stem(path):
    return os.path.splitext(os.path.basename(path))[0]


def write(folder, name, data):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)


def heading(nb, otherwise):
    """The title of a notebook and the paragraph below it, in Markdown."""
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            parts = [part.strip() for part in re.split(r"\n\s*\n", cell.source.strip())]
            if not parts[0].startswith("# "):
                return otherwise, parts[0]
            title, _, rest = parts[0].partition("\n")
            return title.removeprefix("# ").strip(), rest or " ".join(parts[1:2])
    return otherwise, ""


def brief(text):
    """The first sentences of a paragraph."""
    sentences = re.split(r"(?<=[.?!])\s+(?=[A-Z$*])", text)
    kept = sentences[0]
    for sentence in sentences[1:]:
        if len(kept) + len(sentence) > BRIEF:
            break
        kept += " " + sentence
    return kept


def flat(html):
    """HTML without links: a card is a link itself."""
    return re.sub(r"</?a\b[^>]*>", "", html)


def linked(body, names):
    """A page whose links lead to the pages of other notebooks, and to the index where they
    led to the README. A link to another file becomes plain text: the gallery has none."""
    def led(link):
        target, place, text = unescape(link[1]), link[2] or "", link[3]
        name, extension = os.path.splitext(unquote(target))
        if extension == ".ipynb" and name in names:
            return f'<a href="{quote(name)}.html{place}">{text}</a>'
        if os.path.basename(target) == "README.md":
            return f'<a href="index.html">{text}</a>'
        return text

    return LINK.sub(led, body)


def picture(folder, name, nb):
    """Writes the first picture of a notebook. Returns its file, size if known, and text."""
    for cell in nb.cells:
        for out in cell.get("outputs", []):
            kind, data, text = shown(out.get("data", {}))
            if kind:
                write(folder, f"{name}.{KINDS[kind]}", data)
                return {"file": f"{quote(name)}.{KINDS[kind]}", "size": size(kind, data), "text": text}
    return None


def shown(data):
    """The kind, bytes and text of the picture of an output, (None, None, None) if it has none."""
    for kind in KINDS:
        if f"image/{kind}" in data:
            source = data[f"image/{kind}"]
            return kind, source.encode() if kind == "svg+xml" else base64.b64decode(source), data.get("text/plain", "")
    found = IMAGE.search(data.get("text/html", ""))
    if not found or found[1] not in KINDS:
        return None, None, None
    text = re.search(r' alt="([^"]*)"', found[0])
    return found[1], base64.b64decode(found[2]), unescape(text[1]) if text else ""


def size(kind, data):
    """Width and height of a PNG in pixels."""
    return struct.unpack(">II", data[16:24]) if kind == "png" and len(data) >= 24 else None
