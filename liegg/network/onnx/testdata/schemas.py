"""Writes ../internal/schema/schemas.txt: what every operator of ONNX takes, and since when.

    python -m venv venv && venv/bin/pip install onnx==1.23.2
    venv/bin/python schemas.py

The first line tells the newest operator set. Then there is one line for each version of
an operator that takes other things than the one before: name, operator set, "-" if that
set took the operator out, the least and most numbers of inputs and of outputs, and
attributes as name:type=default, where the type is ONNX's own word for it.
"""

import os

from onnx import AttributeProto, defs, helper

os.chdir(os.path.dirname(os.path.abspath(__file__)))
many = 2147483647


def number(n):
    return "*" if n == many else str(n)


def attribute(a):
    text = f"{a.name}:{a.type.name}"
    if a.default_value.type != AttributeProto.UNDEFINED:
        value = helper.get_attribute_value(a.default_value)
        if isinstance(value, float):
            value = repr(value)
        elif isinstance(value, bytes):
            value = value.decode()
        elif isinstance(value, list):
            value = ",".join(v.decode() if isinstance(v, bytes) else str(v) for v in value)
        text += f"={value}"
    return text


lines = []
for s in defs.get_all_schemas_with_history():
    if s.domain:
        continue
    gone = "-" if s.deprecated else "+"
    counts = [number(n) for n in (s.min_input, s.max_input, s.min_output, s.max_output)]
    lines.append((s.name, s.since_version, [gone, *counts, *(attribute(a) for _, a in sorted(s.attributes.items()))]))
with open("../internal/schema/schemas.txt", "w") as f:
    print("newest", defs.onnx_opset_version(), file=f)
    before = None
    for name, version, rest in sorted(lines):
        if (name, rest) != before:
            print(name, version, *rest, file=f)
        before = name, rest
