"""Converts a notebook to one page that needs nothing from the network."""
import os
import re
from html import escape

from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

STYLES = [os.path.join(os.path.dirname(__file__), name) for name in ("output.css", "page.css")]


def formula(text, display):
    """A formula as MathML, which browsers draw without a script, or None if the
    converter cannot handle it."""
    try:
        return convert(text, display=display)
    except Exception:
        return None


class Renderer(IPythonRenderer):
    """Renders Markdown. Formulas that the converter cannot handle stay as written."""

    def block_math(self, body):
        return formula(body, "block") or super().block_math(body)

    def inline_math(self, body):
        return formula(body, "inline") or super().inline_math(body)


def render(source):
    return MarkdownWithMath(renderer=Renderer(escape=False)).render(source)


IMAGE = re.compile(r'<img [^>]*?alt="No description[^>]*>')


def described(body, nb):
    """The page with the text beside each picture as its alternative text: nbconvert
    leaves it out."""
    texts = {}
    for cell in nb.cells:
        for out in cell.get("outputs", []):
            data = out.get("data", {})
            if "image/png" in data and data.get("text/plain"):
                texts["".join(data["image/png"].split())] = data["text/plain"]

    def named(found):
        image = found[0]
        source = re.search(r'base64,([^"]*)"', image)
        text = texts.get("".join(source[1].split())) if source else None
        return re.sub(r'alt="[^"]*"', lambda _: f'alt="{escape(text)}"', image) if text else image

    return IMAGE.sub(named, body)


def page(nb, title, folder):
    """The page of a notebook whose pictures and links are relative to folder."""
    nb.metadata.language_info = {"name": "go"}  # GoNB's own does not say how to colour it
    exporter = HTMLExporter(
        embed_images=True, mathjax_url="", require_js_url="", mermaid_js_url="", jquery_url="",
        theme="light",
    )
    exporter.register_filter("markdown2html", render)
    body, _ = exporter.from_notebook_node(nb, resources={"metadata": {"name": title, "path": folder}})
    body = described(body, nb)
    return body.replace("</head>", f"<style>\n{style(exporter)}</style>\n</head>", 1)


def style(exporter):
    """The style of a page beside nbconvert's own. It is dark for readers who prefer dark pages."""
    theme, *_ = exporter.environment.loader.get_source(exporter.environment, "static/theme-dark.css")
    parts = [f"@media screen and (prefers-color-scheme: dark) {{\n{theme}\n}}\n"]
    for path in STYLES:
        with open(path, encoding="utf-8") as f:
            parts.append(f.read())
    return "".join(parts)
