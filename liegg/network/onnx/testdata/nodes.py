"""The cases of ONNX's own backend tests of operators, for nodes_test.go.

    python -m venv venv && venv/bin/pip install onnx==1.23.2
    venv/bin/python nodes.py

nodes.tar.gz holds NAME.onnx for every case that has an input of floats with at least
one axis, which becomes the input of the network, with an open batch axis; the other
inputs become initialisers. Floats of other widths are made float32. The initialiser
"given NAME" is what to put in as NAME, "expected NAME" what comes out as NAME. Cases
of more than LARGEST numbers are left out. Operators in REFUSED, which the conversion does not
know, carry zeros for their numbers, so that the file stays small.
"""

import io
import os
import tarfile
import warnings

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases

warnings.filterwarnings("ignore")
os.chdir(os.path.dirname(os.path.abspath(__file__)))
LARGEST = 2500
REFUSED = {"FlexAttention", "DeformConv", "TfIdfVectorizer", "ImageDecoder", "RoiAlign"}
floats = (np.float16, np.float32, np.float64)


def is_float(a):
    return isinstance(a, np.ndarray) and a.dtype in floats


def single(a):
    return a.astype(np.float32) if is_float(a) else a


def tensor(a, name):
    return numpy_helper.from_array(np.ascontiguousarray(a) if a.ndim else a, name)


def case(c):
    inputs, outputs = ([np.asarray(a) if isinstance(a, np.generic) else a for a in side] for side in c.data_sets[0])
    graph = onnx.GraphProto()
    graph.CopyFrom(c.model.graph)
    if not all(isinstance(a, np.ndarray) and a.dtype != object for a in list(inputs) + list(outputs)):
        return None
    if len(inputs) != len(graph.input) or sum(a.size for a in list(inputs) + list(outputs)) > LARGEST:
        return None
    at = next((i for i, a in enumerate(inputs) if is_float(a) and a.ndim > 0 and a.size > 0), None)
    if at is None:
        return None
    x = graph.input[at].name
    others = [tensor(single(a), v.name) for i, (a, v) in enumerate(zip(inputs, graph.input)) if i != at]
    del graph.input[:], graph.initializer[:], graph.value_info[:]
    graph.input.append(helper.make_tensor_value_info(x, TensorProto.FLOAT, ["N", *inputs[at].shape[1:]]))
    refused = len(graph.node) == 1 and graph.node[0].op_type in REFUSED
    if refused:
        others = [tensor(np.zeros_like(numpy_helper.to_array(t)), t.name) for t in others]
    graph.initializer.extend(others)
    graph.initializer.append(tensor(np.zeros(inputs[at].shape, np.float32) if refused else single(inputs[at]), "given " + x))
    for a, v in zip(outputs, graph.output):
        if is_float(a):
            v.CopyFrom(helper.make_tensor_value_info(v.name, TensorProto.FLOAT, None))
            graph.initializer.append(tensor(np.zeros((), np.float32) if refused else single(a), "expected " + v.name))
    model = helper.make_model(graph, opset_imports=c.model.opset_import, ir_version=c.model.ir_version, functions=c.model.functions)
    return model


def main():
    with tarfile.open("nodes.tar.gz", "w:gz", compresslevel=9) as tar:
        cases = total = 0
        for c in collect_testcases(None):
            total += 1
            model = case(c)
            if model is None:
                continue
            cases += 1
            contents = model.SerializeToString()
            info = tarfile.TarInfo(c.name.removeprefix("test_") + ".onnx")
            info.size = len(contents)
            tar.addfile(info, io.BytesIO(contents))
    print(f"{cases} of {total} cases")


main()
