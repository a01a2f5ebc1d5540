"""Converts a notebook to one page that needs nothing from the network."""
import os

from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

STYLE = os.path.join(os.path.dirname(__file__), "output.css")


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


def page(nb, title, folder):
    """The page of a notebook whose pictures and links are relative to folder."""
    nb.metadata.language_info = {"name": "go"}  # GoNB's own does not say how to colour it
    exporter = HTMLExporter(
        embed_images=True, mathjax_url="", require_js_url="", mermaid_js_url="", jquery_url="",
        theme="light",
    )
    exporter.register_filter("markdown2html", render)
    body, _ = exporter.from_notebook_node(nb, resources={"metadata": {"name": title, "path": folder}})
    with open(STYLE, encoding="utf-8") as f:
        return body.replace("</head>", f"<style>\n{f.read()}</style>\n</head>", 1)
